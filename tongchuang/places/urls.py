"""Addresses of places."""

from django.urls import path

from tongchuang.places import views

app_name = "places"
urlpatterns = [
    path("sites/", views.site_list, name="site_list"),
    path("sites/map/", views.site_map, name="site_map"),
    path("sites/points.json", views.site_points, name="site_points"),
    path("sites/new/", views.site_new, name="site_new"),
    path("sites/export/", views.site_export, name="site_export"),
    path("sites/import/", views.site_import, name="site_import"),
    path("sites/plates/", views.site_plates, name="site_plates"),
    path("sites/<str:code>/", views.site_detail, name="site_detail"),
    path("sites/<str:code>/edit/", views.site_edit, name="site_edit"),
    path("sites/<str:code>/close/", views.site_close, name="site_close"),
    path("areas.json", views.area_shapes, name="area_shapes"),
    path("areas/import/", views.boundary_import, name="boundary_import"),
    path("areas/export/", views.boundary_export, name="boundary_export"),
    path("leads/", views.lead_rule_list, name="lead_rule_list"),
    path("leads/new/", views.lead_rule_new, name="lead_rule_new"),
    path("leads/export/", views.lead_rule_export, name="lead_rule_export"),
    path("leads/<int:pk>/end/", views.lead_rule_end, name="lead_rule_end"),
    path("rules/", views.rule_list, name="rule_list"),
    path("rules/<slug:code>/", views.rule_edit, name="rule_edit"),
]
