"""Campaigns for titles: stages and gates, assignments, 3+1 work plans, tasks and progress."""

from tongchuang.campaigns.models.assignment import (
    ASSIGNMENT_FLOW,
    Assignment,
    AssignmentHelper,
    Relation,
)
from tongchuang.campaigns.models.breakdown import BreakdownDraft, BreakdownRow
from tongchuang.campaigns.models.campaign import Campaign, Gate
from tongchuang.campaigns.models.change import ChangeNote
from tongchuang.campaigns.models.consultation import OPINION_FLOW, Opinion
from tongchuang.campaigns.models.obstacle import Obstacle
from tongchuang.campaigns.models.plan import PLAN_FLOW, WorkPlan
from tongchuang.campaigns.models.task import TASK_FLOW, Progress, Task, TaskLink, TaskNode
from tongchuang.campaigns.models.territory import TerritoryShare
from tongchuang.campaigns.models.title import Title, TitleEntry

__all__ = [
    "ASSIGNMENT_FLOW",
    "OPINION_FLOW",
    "PLAN_FLOW",
    "TASK_FLOW",
    "Assignment",
    "AssignmentHelper",
    "BreakdownDraft",
    "BreakdownRow",
    "Campaign",
    "ChangeNote",
    "Gate",
    "Obstacle",
    "Opinion",
    "Progress",
    "Relation",
    "Task",
    "TaskLink",
    "TaskNode",
    "TerritoryShare",
    "Title",
    "TitleEntry",
    "WorkPlan",
]
