"""Addresses of the desk: it composes what the apps know."""

from django.urls import URLPattern, URLResolver, path

from tongchuang.desk import views

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.todo, name="todo"),
    path("cockpit/", views.cockpit, name="cockpit"),
    path("cockpit/export/<slug:table>/", views.cockpit_export, name="cockpit_export"),
    path("search/", views.search, name="search"),
    path("clauses/<str:code>/", views.clause, name="clause"),
    path("package/", views.package, name="package"),
    path("package/make/", views.package_make, name="package_make"),
    path("messages/", views.message_list, name="message_list"),
    path("messages/read/", views.messages_read, name="messages_read"),
    path("messages/failed/", views.messages_failed, name="messages_failed"),
    path("messages/<int:pk>/", views.message_open, name="message_open"),
    path("messages/<int:pk>/read/", views.message_read, name="message_read"),
    path("messages/<int:pk>/retry/", views.message_retry, name="message_retry"),
]
