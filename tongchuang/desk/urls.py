"""Addresses of the desk: it composes what the apps know."""

from django.urls import URLPattern, URLResolver, path

from tongchuang.desk import views

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.todo, name="todo"),
    path("cockpit/", views.cockpit, name="cockpit"),
    path("search/", views.search, name="search"),
    path("clauses/<str:code>/", views.clause, name="clause"),
]
