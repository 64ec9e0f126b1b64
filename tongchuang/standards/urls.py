"""Addresses of standards."""

from django.urls import URLPattern, URLResolver, path

from tongchuang.standards import views

app_name = "standards"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.framework_list, name="framework_list"),
    path("frameworks/<slug:code>/", views.framework_detail, name="framework_detail"),
    path("frameworks/<slug:code>/export/", views.framework_export, name="framework_export"),
    path("frameworks/<slug:code>/unsure/", views.unsure_list, name="unsure_list"),
    path(
        "frameworks/<slug:code>/compare/<slug:other>/",
        views.edition_compare,
        name="edition_compare",
    ),
    path(
        "frameworks/<slug:code>/compare/<slug:other>/export/",
        views.edition_export,
        name="edition_export",
    ),
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
    path("problem-classes/export/", views.problem_class_export, name="problem_class_export"),
    path("problem-classes/import/", views.problem_class_import, name="problem_class_import"),
    path("problem-classes/<slug:code>/", views.problem_class_detail, name="problem_class_detail"),
    path(
        "problem-classes/<slug:code>/limits/",
        views.problem_class_limits,
        name="problem_class_limits",
    ),
    path("grades/<str:grade>/limits/", views.grade_limits, name="grade_limits"),
    path("crosswalk/", views.mapping_list, name="mapping_list"),
    path("crosswalk/export/", views.mapping_export, name="mapping_export"),
    path("crosswalk/import/", views.mapping_import, name="mapping_import"),
    path("crosswalk/new/", views.mapping_new, name="mapping_new"),
    path("crosswalk/tensions/", views.tension_list, name="tension_list"),
    path("crosswalk/thresholds/", views.threshold_list, name="threshold_list"),
    path("crosswalk/windows/", views.window_list, name="window_list"),
    path("crosswalk/alone/", views.alone_list, name="alone_list"),
    path("crosswalk/strictest/", views.strictest_list, name="strictest_list"),
    path("crosswalk/suggestions/", views.suggestion_list, name="suggestion_list"),
    path("crosswalk/suggestions/refuse/", views.suggestion_refuse, name="suggestion_refuse"),
    path("crosswalk/clauses/<str:code>/", views.clause_crosswalk, name="clause_crosswalk"),
    path("crosswalk/pairs/<str:code>/", views.mapping_detail, name="mapping_detail"),
    path("crosswalk/pairs/<str:code>/review/", views.mapping_review, name="mapping_review"),
    path("crosswalk/pairs/<str:code>/give-up/", views.mapping_give_up, name="mapping_give_up"),
]
