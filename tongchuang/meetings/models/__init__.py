"""Meetings and their rulings, minutes, major matters, policies, leading bodies of units."""

from tongchuang.meetings.models.body import LeadingBody
from tongchuang.meetings.models.matter import MATTER_FLOW, Matter
from tongchuang.meetings.models.meeting import (
    MEETING_FLOW,
    AgendaItem,
    Attendance,
    Meeting,
    MeetingType,
    Ruling,
)
from tongchuang.meetings.models.minutes import MINUTES_FLOW, Minutes
from tongchuang.meetings.models.policy import POLICY_FLOW, Policy

__all__ = [
    "MATTER_FLOW",
    "MEETING_FLOW",
    "MINUTES_FLOW",
    "POLICY_FLOW",
    "AgendaItem",
    "Attendance",
    "LeadingBody",
    "Matter",
    "Meeting",
    "MeetingType",
    "Minutes",
    "Policy",
    "Ruling",
]
