"""Addresses of assessment."""

from django.urls import URLPattern, URLResolver, path

from tongchuang.assessment import views

app_name = "assessment"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.heat, name="heat"),
    path("export/", views.heat_export, name="heat_export"),
    path("recompute/", views.recompute, name="recompute"),
    path("readiness/", views.readiness, name="readiness"),
    path("cells/<str:clause>/<str:unit>/", views.cell, name="cell"),
    path("figures/", views.figure_list, name="figure_list"),
    path("figures/export/", views.figure_export, name="figure_export"),
    path("figures/import/", views.figure_import, name="figure_import"),
    path("figures/<str:measure>/", views.figure_uses, name="figure_uses"),
    path("figures/<str:measure>/enter/", views.figure_enter, name="figure_enter"),
]
