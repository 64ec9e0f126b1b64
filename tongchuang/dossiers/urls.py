"""Addresses of dossiers."""

from django.urls import URLPattern, URLResolver, path

from tongchuang.dossiers import views

app_name = "dossiers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("papers/", views.paper_list, name="paper_list"),
    path("papers/new/", views.paper_new, name="paper_new"),
    path("papers/export/", views.paper_export, name="paper_export"),
    path("papers/<int:pk>/", views.paper_detail, name="paper_detail"),
    path("papers/<int:pk>/accept/", views.paper_accept, name="paper_accept"),
    path("papers/<int:pk>/return/", views.paper_return, name="paper_return"),
    path("papers/<int:pk>/resubmit/", views.paper_resubmit, name="paper_resubmit"),
    path("papers/<int:pk>/supersede/", views.paper_supersede, name="paper_supersede"),
    path("papers/<int:pk>/file/", views.paper_file, name="paper_file"),
    path("clauses/<str:code>/", views.clause_evidence, name="clause_evidence"),
]
