"""Addresses of cases."""

from django.urls import URLPattern, URLResolver, path

from tongchuang.cases import views

app_name = "cases"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.case_list, name="list"),
    path("map/", views.case_map, name="map"),
    path("points.json", views.case_points, name="points"),
    path("export/", views.case_export, name="export"),
    path("bulk-dispatch/", views.bulk_dispatch, name="bulk_dispatch"),
    path("ownership/", views.ownership_list, name="ownership_list"),
    path("ownership/export/", views.ownership_export, name="ownership_export"),
    path("ownership/<int:pk>/", views.ownership_detail, name="ownership_detail"),
    path("ownership/<int:pk>/hold/", views.ownership_hold, name="ownership_hold"),
    path("ownership/<int:pk>/rule/", views.ownership_rule, name="ownership_rule"),
    path("ownership/<int:pk>/docx/", views.ownership_docx, name="ownership_docx"),
    path("new/", views.case_new, name="new"),
    path("photos/<int:pk>/<slug:kind>/", views.case_photo, name="photo"),
    path("<int:pk>/", views.case_detail, name="detail"),
    path("<int:pk>/print/", views.case_print, name="print"),
    path("<int:pk>/verify/", views.case_verify, name="verify"),
    path("<int:pk>/reject/", views.case_reject, name="reject"),
    path("<int:pk>/merge/", views.case_merge, name="merge"),
    path("<int:pk>/dispatch/", views.case_dispatch, name="dispatch"),
    path("<int:pk>/ownership/", views.ownership_open, name="ownership_open"),
    path("<int:pk>/accept/", views.case_accept, name="accept"),
    path("<int:pk>/return/", views.case_return, name="return"),
    path("<int:pk>/reply/", views.case_reply, name="reply"),
    path("<int:pk>/check/", views.case_check, name="check"),
    path("<int:pk>/extend/", views.case_extend, name="extend"),
    path("<int:pk>/extension/", views.case_decide_extension, name="decide_extension"),
    path("<int:pk>/pause/", views.case_pause, name="pause"),
    path("<int:pk>/resume/", views.case_resume, name="resume"),
    path("<int:pk>/reopen/", views.case_reopen, name="reopen"),
    path("<int:pk>/resubmit/", views.case_resubmit, name="resubmit"),
    path("<int:pk>/helpers/", views.case_helper, name="helper"),
]
