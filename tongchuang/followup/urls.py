"""Addresses of what follows from the states of clauses."""

from django.urls import path

from tongchuang.followup.views import decisions, lists

app_name = "followup"
urlpatterns = [
    path("weak/", lists.weak_list, name="weak_list"),
    path("weak/export/", lists.weak_export, name="weak_export"),
    path("weak/<str:clause>/reason/", decisions.reason_new, name="reason_new"),
    path("reasons/<int:pk>/<str:move>/", decisions.reason_move, name="reason_move"),
    path("gaps/", lists.gap_list, name="gap_list"),
    path("gaps/export/", lists.gap_export, name="gap_export"),
    path("strengths/", lists.strength_list, name="strength_list"),
    path("strengths/export/", lists.strength_export, name="strength_export"),
    path("targets/<str:measure>/", decisions.target_set, name="target_set"),
    path("keys/", lists.key_list, name="key_list"),
    path("keys/export/", lists.key_export, name="key_export"),
    path("keys/<str:clause>/", decisions.key_edit, name="key_edit"),
    path("keys/<str:clause>/end/", decisions.key_end, name="key_end"),
    path("items/", lists.item_list, name="item_list"),
    path("items/export/", lists.item_export, name="item_export"),
]
