"""Addresses of the kernel: the state of the server, background jobs."""

from django.urls import URLPattern, URLResolver, path

from tongchuang.core import views

app_name = "core"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("jobs/<int:pk>/", views.job_detail, name="job_detail"),
    path("jobs/<int:pk>/file/", views.job_file, name="job_file"),
    path("jobs/<int:pk>/retry/", views.job_retry, name="job_retry"),
]
