"""Addresses for citizens, and for the office that answers them."""

from django.urls import URLPattern, URLResolver, path

from tongchuang.public.views import citizen, office

app_name = "public"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", citizen.report, name="report"),
    path("s/<slug:plate>/", citizen.qr, name="qr"),
    path("t/", citizen.track_form, name="track_form"),
    path("t/<slug:code>/", citizen.track, name="track"),
    path("t/<slug:code>/thanks/", citizen.thanks, name="thanks"),
    path("t/<slug:code>/rate/", citizen.rate, name="rate"),
    path("t/<slug:code>/photos/<slug:moment>/", citizen.photo, name="photo"),
    path("results/", citizen.results, name="results"),
    path("results/<int:pk>/<slug:moment>/", citizen.result_photo, name="result_photo"),
    path("reports/", office.report_list, name="report_list"),
    path("reports/code/<slug:code>/", office.report_by_code, name="report_by_code"),
    path("reports/<int:pk>/", office.report_detail, name="report_detail"),
    path("reports/<int:pk>/photos/<int:photo>/", office.report_photo, name="report_photo"),
    path("reports/<int:pk>/contact/", office.report_contact, name="report_contact"),
    path("reports/<int:pk>/answer/", office.report_answer, name="report_answer"),
    path("reports/<int:pk>/file/", office.report_file, name="report_file"),
    path("reports/<int:pk>/reopening/", office.report_reopening, name="report_reopening"),
    path("reports/<int:pk>/publish/", office.report_publish, name="report_publish"),
]
