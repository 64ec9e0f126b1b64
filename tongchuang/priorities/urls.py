"""Addresses of highlights; the other decisions are taken on the pages of `followup`."""

from django.urls import path

from tongchuang.priorities import views

app_name = "priorities"
urlpatterns = [
    path("highlights/", views.highlight_list, name="highlight_list"),
    path("highlights/new/", views.highlight_new, name="highlight_new"),
    path("highlights/export/", views.highlight_export, name="highlight_export"),
    path("highlights/files/<int:pk>/<str:kind>/", views.evidence_file, name="evidence_file"),
    path("highlights/<int:pk>/", views.highlight_detail, name="highlight_detail"),
    path("highlights/<int:pk>/edit/", views.highlight_edit, name="highlight_edit"),
    path("highlights/<int:pk>/evidence/", views.evidence_new, name="evidence_new"),
    path("highlights/<int:pk>/spread/", views.spread_new, name="spread_new"),
    path("highlights/<int:pk>/paper/", views.highlight_paper, name="highlight_paper"),
    path("highlights/<int:pk>/<str:move>/", views.highlight_move, name="highlight_move"),
]
