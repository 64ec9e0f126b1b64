"""Every change to meetings: rhythm, agenda, rulings, minutes, matters, policies, bodies."""

from tongchuang.meetings.services.agenda import (
    add_item,
    discuss_item,
    move_item,
    remove_item,
    take_up,
)
from tongchuang.meetings.services.bodies import ask_bodies, report_body
from tongchuang.meetings.services.matters import (
    change_matter,
    list_matter,
    reopen_matter,
    solve_matter,
    withdraw_matter,
)
from tongchuang.meetings.services.meetings import (
    Refused,
    announce_meeting,
    ask_units,
    call_meeting,
    cancel_meeting,
    hold_meeting,
    keep_rhythm,
    mark_attendance,
    postpone_meeting,
    save_type,
    sign_in,
)
from tongchuang.meetings.services.minutes import (
    draft_minutes,
    issue_minutes,
    review_minutes,
    send_back_minutes,
    sign_minutes,
)
from tongchuang.meetings.services.policies import (
    attach_file,
    change_policy,
    move_policy,
    register_policy,
)
from tongchuang.meetings.services.rulings import make_ruling

__all__ = [
    "Refused",
    "add_item",
    "announce_meeting",
    "ask_bodies",
    "ask_units",
    "attach_file",
    "call_meeting",
    "cancel_meeting",
    "change_matter",
    "change_policy",
    "discuss_item",
    "draft_minutes",
    "hold_meeting",
    "issue_minutes",
    "keep_rhythm",
    "list_matter",
    "make_ruling",
    "mark_attendance",
    "move_item",
    "move_policy",
    "postpone_meeting",
    "register_policy",
    "remove_item",
    "reopen_matter",
    "report_body",
    "review_minutes",
    "save_type",
    "send_back_minutes",
    "sign_in",
    "sign_minutes",
    "solve_matter",
    "take_up",
    "withdraw_matter",
]
