"""Addresses of supervision."""

from django.urls import URLPattern, URLResolver, path

from tongchuang.supervision import views

app_name = "supervision"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.bulletin_list, name="bulletin_list"),
    path("new/", views.bulletin_new, name="bulletin_new"),
    path("plan/", views.plan_print, name="plan_paper"),
    path("plan/<slug:code>.<slug:kind>", views.plan_file, name="plan_file"),
    path("slips/", views.slip_list, name="slip_list"),
    path("<int:pk>/", views.bulletin_detail, name="bulletin_detail"),
    path("<int:pk>/print/", views.bulletin_print, name="bulletin_print"),
    path("<int:pk>/bulletin.docx", views.bulletin_docx, name="bulletin_docx"),
    path("<int:pk>/bulletin.pdf", views.bulletin_pdf, name="bulletin_pdf"),
    path("<int:pk>/bulletin.xlsx", views.bulletin_xlsx, name="bulletin_xlsx"),
    path("<int:pk>/praise/", views.praise_edit, name="praise_edit"),
    path("<int:pk>/consult/", views.consult, name="consult"),
    path("<int:pk>/seal/", views.seal, name="seal"),
    path("<int:pk>/issue/", views.issue, name="issue"),
    path("<int:pk>/objections/new/", views.objection_new, name="objection_new"),
    path("objections/<int:pk>/", views.objection_rule, name="objection_rule"),
    path("<int:pk>/errata/new/", views.erratum_new, name="erratum_new"),
    path("errata/<int:pk>/notice.docx", views.erratum_docx, name="erratum_docx"),
    path("<int:pk>/units/<int:unit>/", views.score_detail, name="score_detail"),
]
