"""Every change to priorities."""

from tongchuang.priorities.services.decisions import (
    Refused,
    decide_deferral,
    defer_clause,
    end_deferral,
    end_difficulty,
    end_target,
    name_difficulty,
    set_target,
)
from tongchuang.priorities.services.highlights import (
    add_evidence,
    approve_highlight,
    change_highlight,
    drop_highlight,
    nominate_highlight,
    resubmit_highlight,
    return_highlight,
    spread_highlight,
    verify_highlight,
)

__all__ = [
    "Refused",
    "add_evidence",
    "approve_highlight",
    "change_highlight",
    "decide_deferral",
    "defer_clause",
    "drop_highlight",
    "end_deferral",
    "end_difficulty",
    "end_target",
    "name_difficulty",
    "nominate_highlight",
    "resubmit_highlight",
    "return_highlight",
    "set_target",
    "spread_highlight",
    "verify_highlight",
]
