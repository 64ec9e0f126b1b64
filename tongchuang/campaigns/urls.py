"""Addresses of campaigns."""

from django.urls import path

from tongchuang.campaigns.views import assignments, campaigns, plans, tasks

app_name = "campaigns"
urlpatterns = [
    path("", campaigns.campaign_list, name="list"),
    path("new/", campaigns.campaign_new, name="new"),
    path("switch/", campaigns.switch, name="switch"),
    path("gates/<int:pk>/", campaigns.gate_detail, name="gate_detail"),
    path("gates/<int:pk>/decide/", campaigns.gate_decide, name="gate_decide"),
    path("gates/<int:pk>/dates/", campaigns.gate_dates, name="gate_dates"),
    path("gates/<int:pk>/prerequisite/", campaigns.gate_prerequisite, name="gate_prerequisite"),
    path("assignments/", assignments.assignment_list, name="assignment_list"),
    path("plans/", plans.plan_list, name="plan_list"),
    path("plans/open/", plans.plan_open, name="plan_open"),
    path("plans/<int:pk>/", plans.plan_detail, name="plan_detail"),
    path("plans/<int:pk>/edit/", plans.plan_edit, name="plan_edit"),
    path("plans/<int:pk>/submit/", plans.plan_submit, name="plan_submit"),
    path("plans/<int:pk>/approve/", plans.plan_approve, name="plan_approve"),
    path("plans/<int:pk>/return/", plans.plan_return, name="plan_return"),
    path("tasks/", tasks.task_list, name="task_list"),
    path("tasks/new/", tasks.task_new, name="task_new"),
    path("tasks/export/", tasks.task_export, name="task_export"),
    path("tasks/import/", tasks.task_import, name="task_import"),
    path("tasks/<int:pk>/", tasks.task_detail, name="task_detail"),
    path("tasks/<int:pk>/edit/", tasks.task_edit, name="task_edit"),
    path("tasks/<int:pk>/progress/", tasks.task_progress, name="task_progress"),
    path("tasks/<int:pk>/<slug:move>/", tasks.task_move, name="task_move"),
    path("<slug:code>/", campaigns.campaign_detail, name="detail"),
    path("<slug:code>/start/", campaigns.campaign_start, name="start"),
    path("<slug:campaign>/assignments/rule/", assignments.assignment_rule, name="assignment_rule"),
    path(
        "<slug:campaign>/assignments/export/",
        assignments.assignment_export,
        name="assignment_export",
    ),
    path("<slug:campaign>/duties/<str:unit>/", assignments.duty_list, name="duty_list"),
    path(
        "<slug:campaign>/assignments/<str:clause>/",
        assignments.assignment_edit,
        name="assignment_edit",
    ),
]
