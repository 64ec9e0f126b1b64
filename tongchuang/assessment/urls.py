"""Addresses of assessment."""

from django.urls import URLPattern, URLResolver, path

from tongchuang.assessment import baseline_views, forecast_views, reuse_views, views

app_name = "assessment"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.heat, name="heat"),
    path("export/", views.heat_export, name="heat_export"),
    path("recompute/", views.recompute, name="recompute"),
    path("readiness/", views.readiness, name="readiness"),
    path("campaigns/<slug:code>/start/", baseline_views.campaign_start, name="start"),
    path("campaigns/<slug:code>/keep/", baseline_views.campaign_keep, name="keep"),
    path("campaigns/<slug:code>/baseline/", baseline_views.baseline, name="baseline"),
    path(
        "campaigns/<slug:code>/baseline/export/",
        baseline_views.baseline_export,
        name="baseline_export",
    ),
    path("cells/<str:clause>/<str:unit>/", views.cell, name="cell"),
    path("forecast/", forecast_views.forecast_page, name="forecast"),
    path("forecast/export/", forecast_views.forecast_export, name="forecast_export"),
    path("reuse/", reuse_views.reuse_page, name="reuse"),
    path("reuse/export/", reuse_views.reuse_export, name="reuse_export"),
    path("figures/", views.figure_list, name="figure_list"),
    path("figures/export/", views.figure_export, name="figure_export"),
    path("figures/import/", views.figure_import, name="figure_import"),
    path("figures/<str:measure>/", views.figure_uses, name="figure_uses"),
    path("figures/<str:measure>/enter/", views.figure_enter, name="figure_enter"),
]
