"""Addresses of projects."""

from django.urls import path

from tongchuang.projects.views import matching, projects, records

app_name = "projects"
urlpatterns = [
    path("", projects.project_list, name="list"),
    path("new/", projects.project_new, name="new"),
    path("export/", projects.project_export, name="export"),
    path("import/", projects.project_import, name="import"),
    path("clauses/", projects.clause_list, name="clause_list"),
    path("matching/", matching.round_list, name="round_list"),
    path("matching/<int:pk>/", matching.round_detail, name="round_detail"),
    path("matching/<int:pk>/close/", matching.round_close, name="round_close"),
    path("matching/<int:pk>/export/", matching.round_export, name="round_export"),
    path("nodes/<int:pk>/", records.node_edit, name="node_edit"),
    path("nodes/<int:pk>/done/", records.node_done, name="node_done"),
    path("photos/<int:pk>/<str:kind>/", records.photo_file, name="photo_file"),
    path("<int:pk>/", projects.project_detail, name="detail"),
    path("<int:pk>/edit/", projects.project_edit, name="edit"),
    path("<int:pk>/funding/", records.funding_edit, name="funding_edit"),
    path("<int:pk>/photos/", records.photo_new, name="photo_new"),
    path("<int:pk>/<str:move>/", projects.project_move, name="move"),
]
