"""Every change to changeovers: drafting, deciding lines, trial, signature."""

from tongchuang.changeover.services.deciding import accept_proposals, decide_line
from tongchuang.changeover.services.drafting import (
    ChangeoverRefused,
    draft_changeover,
    refresh_lines,
)
from tongchuang.changeover.services.signing import (
    MOVES,
    return_changeover,
    sign_changeover,
    submit_changeover,
    try_changeover,
    withdraw_changeover,
)

__all__ = [
    "MOVES",
    "ChangeoverRefused",
    "accept_proposals",
    "decide_line",
    "draft_changeover",
    "refresh_lines",
    "return_changeover",
    "sign_changeover",
    "submit_changeover",
    "try_changeover",
    "withdraw_changeover",
]
