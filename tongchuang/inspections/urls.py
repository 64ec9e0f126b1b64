"""Addresses of inspections."""

from django.urls import path

from tongchuang.inspections import views

app_name = "inspections"
urlpatterns = [
    path("", views.round_list, name="round_list"),
    path("new/", views.round_new, name="round_new"),
    path("<int:pk>/", views.round_detail, name="round_detail"),
    path("<int:pk>/draw/", views.round_draw, name="round_draw"),
    path("<int:pk>/questions/", views.round_questions, name="round_questions"),
    path("<int:pk>/close/", views.round_close, name="round_close"),
    path("<int:pk>/export/", views.round_export, name="round_export"),
    path("mine/", views.my_visits, name="my_visits"),
    path("visits/start/", views.visit_start, name="visit_start"),
    path("visits/import/", views.visit_import, name="visit_import"),
    path("visits/<int:pk>/", views.visit, name="visit"),
    path("visits/<int:pk>/finish/", views.visit_finish, name="visit_finish"),
    path("visits/<int:pk>/result/", views.visit_detail, name="visit_detail"),
    path("photos/<int:pk>/<slug:kind>/", views.photo, name="photo"),
    path("places/<str:code>/", views.place_visits, name="place_visits"),
]
