"""The policy register."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict, Unpack

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Campaign, Task
from tongchuang.core.files import store_file
from tongchuang.core.flow import WrongState, locked, remember, save_audited
from tongchuang.meetings.models import POLICY_FLOW, Policy
from tongchuang.meetings.services.meetings import Refused
from tongchuang.standards.models import Clause

_S = Policy.Status


class PolicyFields(TypedDict, total=False):
    """What may be said of a policy; absent keys stay as they are."""

    kind: str
    title: str
    number: str
    issuer: Unit
    basis: list[dict[str, str]]
    status: str
    issued_on: date | None
    valid_until: date | None
    review_on: date | None


@transaction.atomic
def register_policy(
    campaign: Campaign,
    *,
    clauses: Sequence[Clause] = (),
    tasks: Sequence[Task] = (),
    by: User,
    **fields: Unpack[PolicyFields],
) -> Policy:
    """Enter a policy: one that is begun, or one in force already with number and day."""
    policy = Policy(campaign=campaign, drafted_by=by, **fields)
    require(by, "meetings.policy", policy)
    _check(policy)
    save_audited(policy, "register", by=by, clauses=[clause.code for clause in clauses])
    policy.clauses.set(clauses)
    policy.tasks.set(tasks)
    return policy


@transaction.atomic
def change_policy(
    policy: Policy,
    *,
    clauses: Sequence[Clause] | None = None,
    tasks: Sequence[Task] | None = None,
    by: User,
    **fields: Unpack[PolicyFields],
) -> Policy:
    """Correct what is said of a policy; its state changes by moves only."""
    policy = locked(policy)
    require(by, "meetings.policy", policy)
    if policy.status in {_S.REPEALED, _S.SUPERSEDED}:
        raise WrongState(policy, "change", policy.status)
    remember(policy)
    for name, value in fields.items():
        if name != "status":
            setattr(policy, name, value)
    _check(policy)
    save_audited(policy, "change", by=by)
    if clauses is not None:
        policy.clauses.set(clauses)
    if tasks is not None:
        policy.tasks.set(tasks)
    return policy


def _check(policy: Policy) -> None:
    if policy.status not in {_S.DRAFTING, _S.IN_FORCE}:
        if policy.pk is None:
            raise Refused(_("新登记的文件只能是起草或施行。"))
        return
    if policy.status == _S.IN_FORCE and not (policy.number and policy.issued_on):
        raise Refused(_("施行的文件要写明文号和印发日期。"))
    if policy.issued_on and policy.valid_until and policy.valid_until < policy.issued_on:
        raise Refused(_("有效期早于印发日期。"))
    taken = Policy.objects.filter(number=policy.number).exclude(pk=policy.pk)
    if policy.number and taken.exists():
        raise Refused(_("这个文号已经登记过。"))


@transaction.atomic
def move_policy(policy: Policy, move: str, *, reason: str = "", by: User, **fields: Any) -> Policy:
    """Make one move of the flow; `fields` are those the move requires.

    Raises `Refused` when issued by whoever drafted it (the legal opinion is another's), without
    a basis, or when superseded by a policy that is not in force.
    """
    policy = locked(policy)
    POLICY_FLOW.start(policy, move, by=by)
    for name, value in fields.items():
        setattr(policy, name, value)
    if move == "issue":
        _check_issue(policy, by)
    if move == "supersede":
        _check_successor(policy)
    POLICY_FLOW.finish(policy, move, by=by, reason=reason)
    _check(policy)
    return policy


def _check_issue(policy: Policy, by: User) -> None:
    if policy.drafted_by_id == by.pk:
        raise Refused(_("起草登记的人不能自己办理合法性审查和印发。"))
    if not policy.basis:
        raise Refused(_("先写明法律依据，再印发。"))


def _check_successor(policy: Policy) -> None:
    following = policy.successor
    if following is None or following.pk == policy.pk or following.status != _S.IN_FORCE:
        raise Refused(_("替代它的应是另一份正在施行的文件。"))


@transaction.atomic
def attach_file(policy: Policy, upload: File[bytes], *, by: User) -> Policy:
    """Keep the text of the policy; raises `FileRefused` for what is no document."""
    policy = locked(policy)
    require(by, "meetings.policy", policy)
    remember(policy)
    policy.file = store_file(upload, by=by, purpose="policy", accept=("document",))
    save_audited(policy, "store", by=by)
    return policy
