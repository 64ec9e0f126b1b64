"""Addresses of the joint calendar."""

from django.urls import path

from tongchuang.calendar import views

app_name = "calendar"
urlpatterns = [
    path("", views.calendar, name="calendar"),
    path("export/", views.calendar_export, name="export"),
    path("brief/", views.brief, name="brief"),
    path("load/", views.load, name="load"),
    path("load/export/", views.load_export, name="load_export"),
    path("load/<str:code>/", views.unit, name="unit"),
    path("warnings/", views.warnings, name="warnings"),
    path("warnings/export/", views.warnings_export, name="warnings_export"),
]
