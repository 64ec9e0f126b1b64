"""Every change to a case: one noun per file, one function per move."""

from tongchuang.cases.services.checking import (
    archive_case,
    archive_quiet_cases,
    close_case,
    reopen_case,
    send_back_case,
    why_not_check,
)
from tongchuang.cases.services.dispatching import (
    BulkOutcome,
    accept_case,
    add_helper,
    dispatch_as_proposed,
    dispatch_case,
    remove_helper,
    return_case,
)
from tongchuang.cases.services.extending import (
    ask_extension,
    grant_extension,
    pause_case,
    refuse_extension,
    resume_case,
)
from tongchuang.cases.services.filing import (
    file_case,
    merge_case,
    reject_case,
    resubmit_case,
    verify_report,
)
from tongchuang.cases.services.handling import reply_case
from tongchuang.cases.services.imports import Past, import_case, import_cases
from tongchuang.cases.services.joining import join_case
from tongchuang.cases.services.ownership import (
    hold_session,
    open_session,
    returned_units,
    rule_session,
)
from tongchuang.cases.services.photos import PhotoInput
from tongchuang.cases.services.proposing import Proposal, propose_lead
from tongchuang.cases.services.reminding import remind_and_slip
from tongchuang.cases.services.trail import Refused, limits_for, limits_of, replay, terms_day

__all__ = [
    "BulkOutcome",
    "Past",
    "PhotoInput",
    "Proposal",
    "Refused",
    "accept_case",
    "add_helper",
    "archive_case",
    "archive_quiet_cases",
    "ask_extension",
    "close_case",
    "dispatch_as_proposed",
    "dispatch_case",
    "file_case",
    "grant_extension",
    "hold_session",
    "import_case",
    "import_cases",
    "join_case",
    "limits_for",
    "limits_of",
    "merge_case",
    "open_session",
    "pause_case",
    "propose_lead",
    "refuse_extension",
    "reject_case",
    "remind_and_slip",
    "remove_helper",
    "reopen_case",
    "replay",
    "reply_case",
    "resubmit_case",
    "resume_case",
    "return_case",
    "returned_units",
    "rule_session",
    "send_back_case",
    "terms_day",
    "verify_report",
    "why_not_check",
]
