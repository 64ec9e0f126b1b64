"""Addresses of changeovers."""

from django.urls import path

from tongchuang.changeover.views import changeovers, lines

app_name = "changeover"
urlpatterns = [
    path("", changeovers.changeover_list, name="list"),
    path("new/", changeovers.changeover_new, name="new"),
    path("export/", changeovers.changeover_export, name="export"),
    path("<int:pk>/", changeovers.changeover_detail, name="detail"),
    path("<int:pk>/lines/<int:ordinal>/", lines.line_edit, name="line_edit"),
    path("<int:pk>/ledger/export/", changeovers.ledger_export, name="ledger_export"),
    path("<int:pk>/ledger/import/", lines.ledger_import, name="ledger_import"),
    path("<int:pk>/records/", changeovers.entry_list, name="entry_list"),
    path("<int:pk>/records/export/", changeovers.entry_export, name="entry_export"),
    path("<int:pk>/try/", changeovers.changeover_try, name="try"),
    path("<int:pk>/refresh/", changeovers.changeover_refresh, name="refresh"),
    path("<int:pk>/accept/", changeovers.changeover_accept, name="accept"),
    path("<int:pk>/<str:move>/", changeovers.changeover_move, name="move"),
]
