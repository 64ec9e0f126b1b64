"""Addresses of standards."""

from django.urls import URLPattern, URLResolver, path

from tongchuang.standards import views

app_name = "standards"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.framework_list, name="framework_list"),
    path("frameworks/<slug:code>/", views.framework_detail, name="framework_detail"),
    path("frameworks/<slug:code>/export/", views.framework_export, name="framework_export"),
    path("frameworks/<slug:code>/unsure/", views.unsure_list, name="unsure_list"),
    path("frameworks/<slug:code>/table/", views.framework_table, name="framework_table"),
    path("drafts/", views.draft_list, name="draft_list"),
    path("drafts/new/", views.draft_new, name="draft_new"),
    path("drafts/<int:pk>/", views.draft_detail, name="draft_detail"),
    path("drafts/<int:pk>/table/", views.draft_table, name="draft_table"),
    path("drafts/<int:pk>/publish/", views.draft_publish, name="draft_publish"),
    path("drafts/<int:pk>/discard/", views.draft_discard, name="draft_discard"),
    path("clauses/<str:code>/", views.clause_detail, name="clause_detail"),
    path("measures/<int:pk>/correct/", views.measure_correct, name="measure_correct"),
    path("site-types/", views.site_type_list, name="site_type_list"),
    path("site-types/<slug:code>/", views.site_type_detail, name="site_type_detail"),
    path("problem-classes/", views.problem_class_list, name="problem_class_list"),
    path("problem-classes/<slug:code>/", views.problem_class_detail, name="problem_class_detail"),
]
