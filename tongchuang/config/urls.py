"""Every address of the application: each app's own list, named by hand."""

from django.urls import URLPattern, URLResolver, include, path

from tongchuang.config.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tongchuang.desk.urls")),
    path("", include("tongchuang.core.urls")),
    path("accounts/", include("tongchuang.accounts.urls")),
    path("standards/", include("tongchuang.standards.urls")),
    path("places/", include("tongchuang.places.urls")),
    path("campaigns/", include("tongchuang.campaigns.urls")),
    path("changeovers/", include("tongchuang.changeover.urls")),
    path("projects/", include("tongchuang.projects.urls")),
    path("priorities/", include("tongchuang.priorities.urls")),
    path("cases/", include("tongchuang.cases.urls")),
    path("dossiers/", include("tongchuang.dossiers.urls")),
    path("inspections/", include("tongchuang.inspections.urls")),
    path("assessment/", include("tongchuang.assessment.urls")),
    path("meetings/", include("tongchuang.meetings.urls")),
    path("followup/", include("tongchuang.followup.urls")),
    path("supervision/", include("tongchuang.supervision.urls")),
    path("calendar/", include("tongchuang.calendar.urls")),
    path("p/", include("tongchuang.public.urls")),
    path("api/", api.urls),
    path("language/", include("django.conf.urls.i18n")),
]
