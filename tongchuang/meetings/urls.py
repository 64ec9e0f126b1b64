"""Addresses of meetings."""

from django.urls import path

from tongchuang.meetings.views import agenda, bodies, matters, meetings, minutes, policies

app_name = "meetings"
urlpatterns = [
    path("", meetings.meeting_list, name="list"),
    path("new/", meetings.meeting_new, name="new"),
    path("export/", meetings.meeting_export, name="export"),
    path("types/", bodies.type_list, name="type_list"),
    path("types/new/", bodies.type_edit, name="type_new"),
    path("types/<int:pk>/", bodies.type_edit, name="type_edit"),
    path("bodies/", bodies.body_list, name="body_list"),
    path("bodies/ask/", bodies.body_ask, name="body_ask"),
    path("bodies/export/", bodies.body_export, name="body_export"),
    path("bodies/<int:pk>/", bodies.body_edit, name="body_edit"),
    path("rulings/", agenda.ruling_list, name="ruling_list"),
    path("rulings/export/", agenda.ruling_export, name="ruling_export"),
    path("items/<int:pk>/discussion/", agenda.item_discuss, name="item_discuss"),
    path("items/<int:pk>/<str:way>/", agenda.item_move, name="item_move"),
    path("matters/", matters.matter_list, name="matter_list"),
    path("matters/new/", matters.matter_new, name="matter_new"),
    path("matters/export/", matters.matter_export, name="matter_export"),
    path("matters/<int:pk>/", matters.matter_detail, name="matter_detail"),
    path("matters/<int:pk>/edit/", matters.matter_edit, name="matter_edit"),
    path("matters/<int:pk>/<str:move>/", matters.matter_move, name="matter_move"),
    path("policies/", policies.policy_list, name="policy_list"),
    path("policies/new/", policies.policy_new, name="policy_new"),
    path("policies/export/", policies.policy_export, name="policy_export"),
    path("policies/import/", policies.policy_import, name="policy_import"),
    path("policies/<int:pk>/", policies.policy_detail, name="policy_detail"),
    path("policies/<int:pk>/edit/", policies.policy_edit, name="policy_edit"),
    path("policies/<int:pk>/file/", policies.policy_file, name="policy_file"),
    path("policies/<int:pk>/upload/", policies.policy_upload, name="policy_upload"),
    path("policies/<int:pk>/<str:move>/", policies.policy_move, name="policy_move"),
    path("<int:pk>/", meetings.meeting_detail, name="detail"),
    path("<int:pk>/agenda/", agenda.agenda, name="agenda"),
    path("<int:pk>/agenda/new/", agenda.item_new, name="item_new"),
    path("<int:pk>/attendance/", meetings.attendance_edit, name="attendance"),
    path("<int:pk>/sign-in/", meetings.sign_in, name="sign_in"),
    path("<int:pk>/units/", meetings.meeting_units, name="units"),
    path("<int:pk>/rulings/new/", agenda.ruling_new, name="ruling_new"),
    path("<int:pk>/minutes/", minutes.minutes_edit, name="minutes_edit"),
    path("<int:pk>/minutes/docx/", minutes.minutes_docx, name="minutes_docx"),
    path("<int:pk>/minutes/<str:move>/", minutes.minutes_move, name="minutes_move"),
    path("<int:pk>/<str:move>/", meetings.meeting_move, name="move"),
]
