"""Every change to bulletins, one step per file."""

from tongchuang.supervision.services.consulting import (
    consult_bulletin,
    edit_bulletin,
    object_to,
    rule_objection,
)
from tongchuang.supervision.services.freezing import Refused, freeze_bulletin
from tongchuang.supervision.services.publishing import (
    correct_bulletin,
    issue_bulletin,
    print_bulletin,
    seal_bulletin,
)

__all__ = [
    "Refused",
    "consult_bulletin",
    "correct_bulletin",
    "edit_bulletin",
    "freeze_bulletin",
    "issue_bulletin",
    "object_to",
    "print_bulletin",
    "rule_objection",
    "seal_bulletin",
]
