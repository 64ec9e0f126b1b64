"""Lists of meetings, rulings, matters, policies and leading bodies, with their counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Count, Exists, Min, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import can, reach
from tongchuang.campaigns.models import Task
from tongchuang.meetings.models import (
    AgendaItem,
    LeadingBody,
    Matter,
    Meeting,
    Minutes,
    Policy,
    Ruling,
)
from tongchuang.meetings.rules import follow_up

REVIEW_AHEAD_DAYS = 30
_M, _P = Meeting.Status, Policy.Status
_AHEAD = (_M.PLANNED, _M.ANNOUNCED)
_TASK_OPEN = (Task.Status.RUNNING, Task.Status.BLOCKED, Task.Status.SUBMITTED)
_WORDS = tuple[str, str | Promise]

MEETING_TABS: Final[tuple[_WORDS, ...]] = (
    ("", _("全部")),
    ("ahead", _("待开")),
    ("missed", _("应开未开")),
    ("minutes", _("待出纪要")),
    ("held", _("已召开")),
)
RULING_TABS: Final[tuple[_WORDS, ...]] = (
    ("", _("全部")),
    ("late", _("超期")),
    ("running", _("落实中")),
    ("done", _("已落实")),
)
MATTER_TABS: Final[tuple[_WORDS, ...]] = (
    ("", _("全部")),
    ("listed", _("未上会")),
    ("studied", _("已研究")),
    ("ruled", _("已议定")),
    ("late", _("超期")),
    ("solved", _("已解决")),
)
POLICY_TABS: Final[tuple[_WORDS, ...]] = (
    ("", _("全部")),
    ("drafts", _("制定中")),
    ("in_force", _("施行")),
    ("review", _("待评估")),
    ("ended", _("已失效")),
)
BODY_TABS: Final[tuple[_WORDS, ...]] = (
    ("", _("全部")),
    ("missing", _("未成立")),
    ("done", _("已成立")),
)


# Meetings
def meeting_condition(tab: str, on: date) -> Q:
    """What a tab of the meetings shows."""
    ahead = Q(status__in=_AHEAD)
    open_minutes = Q(minutes=None) | ~Q(minutes__status=Minutes.Status.ISSUED)
    return {
        "ahead": ahead & Q(held_on__gte=on),
        "missed": ahead & Q(held_on__lt=on),
        "minutes": Q(status=_M.HELD, type__with_minutes=True) & open_minutes,
        "held": Q(status=_M.HELD),
    }.get(tab, Q())


def meeting_list(
    user: User, tab: str, *, type_id: int | None = None, on: date
) -> QuerySet[Meeting]:
    """The meetings that `user` may see, with the numbers of items and rulings."""
    found = Meeting.objects.visible_to(user).filter(meeting_condition(tab, on))
    if type_id:
        found = found.filter(type=type_id)
    return found.select_related("type", "chair", "minutes", "campaign").annotate(
        items=Count("agenda", distinct=True), ruled=Count("rulings", distinct=True)
    )


def meeting_counts(user: User, *, on: date) -> dict[str, int]:
    """Meetings by tab, in one query."""
    seen = Meeting.objects.visible_to(user).order_by()
    return _tallied(seen, {tab: meeting_condition(tab, on) for tab, _word in MEETING_TABS})


# Rulings
@dataclass(frozen=True, slots=True)
class RulingLine:
    """A ruling and how it stands: running, late, done, dropped; `days` late or left."""

    ruling: Ruling
    state: str
    days: int


def ruling_condition(tab: str, on: date) -> Q:
    """What a tab of the rulings shows; the same cut as `rules.follow_up`."""
    waits = Q(task__status__in=_TASK_OPEN)
    return {
        "late": waits & Q(due_on__lt=on),
        "running": waits & Q(due_on__gte=on),
        "done": ~waits & ~Q(task__status=Task.Status.CANCELLED),
    }.get(tab, Q())


def ruling_list(user: User, tab: str, *, on: date) -> QuerySet[Ruling]:
    """The rulings that `user` may see."""
    found = Ruling.objects.visible_to(user).filter(ruling_condition(tab, on))
    return with_ruling_rows(found)


def with_ruling_rows(rulings: QuerySet[Ruling]) -> QuerySet[Ruling]:
    """With what a line shows."""
    return rulings.select_related(
        "unit", "person", "task", "meeting", "matter", "meeting__minutes"
    ).prefetch_related("helpers")


def ruling_counts(user: User, *, on: date) -> dict[str, int]:
    """Rulings by tab, in one query."""
    seen = Ruling.objects.visible_to(user).order_by()
    return _tallied(seen, {tab: ruling_condition(tab, on) for tab, _word in RULING_TABS})


def ruling_lines(rulings: Iterable[Ruling], *, on: date) -> list[RulingLine]:
    """Where each ruling stands on a day, by its task."""
    return [
        RulingLine(
            row, follow_up(row.task.status, due_on=row.due_on, on=on), (row.due_on - on).days
        )
        for row in rulings
    ]


# Matters
@dataclass(frozen=True, slots=True)
class MatterLine:
    """A matter with how far it has come: listed, studied, ruled, solved, withdrawn.

    `days` since it was listed, until it was solved; `late` days beyond its limit, 0 when in time.
    """

    matter: Matter
    stage: str
    studied_at: Meeting | None
    rulings: list[Ruling]
    days: int
    late: int


def _stage_marks() -> dict[str, Exists]:
    held = AgendaItem.objects.filter(matter=OuterRef("pk"), meeting__status=_M.HELD)
    return {
        "was_studied": Exists(held),
        "was_ruled": Exists(Ruling.objects.filter(matter=OuterRef("pk"))),
    }


def matter_condition(tab: str, on: date) -> Q:
    """What a tab of the matters shows; needs the marks of `matter_list`."""
    waits = Q(status=Matter.Status.OPEN)
    return {
        "listed": waits & Q(was_studied=False, was_ruled=False),
        "studied": waits & Q(was_studied=True, was_ruled=False),
        "ruled": waits & Q(was_ruled=True),
        "late": waits & Q(due_on__lt=on),
        "solved": Q(status=Matter.Status.SOLVED),
    }.get(tab, ~Q(status=Matter.Status.WITHDRAWN))


def matter_list(
    user: User, tab: str, *, sponsor: int | None = None, unit: int | None = None, on: date
) -> QuerySet[Matter]:
    """The matters that `user` may see."""
    found = Matter.objects.visible_to(user).annotate(**_stage_marks())
    found = found.filter(matter_condition(tab, on))
    if sponsor:
        found = found.filter(sponsor=sponsor)
    return found.filter(unit=unit) if unit else found


def with_matter_rows(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    """With what a line shows: the meetings that studied it and the rulings."""
    items = AgendaItem.objects.filter(meeting__status=_M.HELD).select_related("meeting")
    rulings = Ruling.objects.select_related("task", "unit", "meeting", "person")
    return matters.select_related("unit", "sponsor").prefetch_related(
        Prefetch("agenda_items", items.order_by("meeting__held_on", "pk"), "studied"),
        Prefetch("rulings", rulings.order_by("pk"), "ruled"),
        "helpers",
    )


def matter_counts(user: User, *, on: date) -> dict[str, int]:
    """Matters by tab, in one query."""
    seen = Matter.objects.visible_to(user).order_by().annotate(**_stage_marks())
    return _tallied(seen, {tab: matter_condition(tab, on) for tab, _word in MATTER_TABS})


def matter_lines(matters: QuerySet[Matter] | Iterable[Matter], *, on: date) -> list[MatterLine]:
    """How far each matter has come; the rows come from `with_matter_rows`."""
    return [_matter_line(row, on) for row in matters]


def _matter_line(row: Matter, on: date) -> MatterLine:
    items: list[AgendaItem] = row.studied  # type: ignore[attr-defined]  # with_matter_rows
    rulings: list[Ruling] = row.ruled  # type: ignore[attr-defined]  # with_matter_rows
    stage = "ruled" if rulings else "studied" if items else "listed"
    ended = row.solved_on or on
    waits = row.status == Matter.Status.OPEN
    return MatterLine(
        matter=row,
        stage=stage if waits else row.status,
        studied_at=items[0].meeting if items else None,
        rulings=rulings,
        days=(ended - row.listed_on).days,
        late=max((on - row.due_on).days, 0) if waits else 0,
    )


# Policies
def policy_condition(tab: str, on: date) -> Q:
    """What a tab of the policies shows."""
    in_force = Q(status=_P.IN_FORCE)
    return {
        "drafts": Q(status__in=[_P.DRAFTING, _P.CONSULTING, _P.LEGAL]),
        "in_force": in_force,
        "review": in_force & (Q(review_on__lte=on) | Q(valid_until__lt=on)),
        "ended": Q(status__in=[_P.REPEALED, _P.SUPERSEDED]),
    }.get(tab, Q())


def policy_list(user: User, tab: str, *, kind: str = "", q: str = "", on: date) -> QuerySet[Policy]:
    """The policies that `user` may see."""
    found = Policy.objects.visible_to(user).filter(policy_condition(tab, on))
    found = found.filter(kind=kind) if kind else found
    if q:
        found = found.filter(Q(title__icontains=q) | Q(number__icontains=q))
    return found.select_related("issuer", "successor").prefetch_related("clauses", "tasks")


def policy_counts(user: User, *, on: date) -> dict[str, int]:
    """Policies by tab, in one query."""
    seen = Policy.objects.visible_to(user).order_by()
    return _tallied(seen, {tab: policy_condition(tab, on) for tab, _word in POLICY_TABS})


# Leading bodies
def body_condition(tab: str) -> Q:
    """What a tab of the leading bodies shows."""
    return {"missing": Q(set_up_on=None), "done": Q(set_up_on__isnull=False)}.get(tab, Q())


def body_list(user: User, tab: str) -> QuerySet[LeadingBody]:
    """The leading bodies that `user` may see."""
    found = LeadingBody.objects.visible_to(user).filter(body_condition(tab))
    return found.select_related("unit", "campaign")


def body_counts(user: User) -> dict[str, int]:
    """Leading bodies by tab, in one query."""
    seen = LeadingBody.objects.visible_to(user).order_by()
    return _tallied(seen, {tab: body_condition(tab) for tab, _word in BODY_TABS})


def _tallied(rows: QuerySet, conditions: dict[str, Q]) -> dict[str, int]:  # type: ignore[type-arg]  # any model
    names = {f"n{place}": tab for place, tab in enumerate(conditions)}
    sums = {name: Count("pk", filter=conditions[tab], distinct=True) for name, tab in names.items()}
    found = rows.aggregate(**sums)
    return {tab: found[name] for name, tab in names.items()}


# What waits for a person
@dataclass(frozen=True, slots=True)
class Todo:
    """Something that waits for a person: how many, the nearest date, where to do it."""

    label: str | Promise
    count: int
    url: str
    due_on: date | None = None


def waiting_rows(user: User, *, on: date) -> list[tuple[str | Promise, QuerySet, str, str]]:  # type: ignore[type-arg]  # any model
    """Steps of this person as (label, rows, address, the field with the date)."""
    seen = Meeting.objects.visible_to(user)
    home = reverse("meetings:list")
    found: list[tuple[str | Promise, QuerySet, str, str]] = []  # type: ignore[type-arg]  # any model
    if can(user, "meetings.manage"):
        missed = seen.filter(meeting_condition("missed", on))
        found.append((_("会议应开未开"), missed, f"{home}?tab=missed", "held_on"))
        unwritten = seen.filter(status=_M.HELD, type__with_minutes=True, minutes=None)
        found.append((_("会议待出纪要"), unwritten, f"{home}?tab=minutes", "held_on"))
        signed = seen.filter(minutes__status=Minutes.Status.SIGNED)
        found.append((_("纪要待印发"), signed, f"{home}?tab=minutes", "held_on"))
    if can(user, "meetings.review"):
        drafts = seen.filter(minutes__status=Minutes.Status.DRAFT)
        mine = drafts.exclude(minutes__drafted_by=user)
        found.append((_("纪要待审核"), mine, f"{home}?tab=minutes", "held_on"))
    if can(user, "meetings.sign"):
        reviewed = seen.filter(minutes__status=Minutes.Status.REVIEWED)
        mine = reviewed.exclude(minutes__drafted_by=user)
        found.append((_("纪要待签发"), mine, f"{home}?tab=minutes", "held_on"))
    if can(user, "meetings.policy"):
        due = Policy.objects.visible_to(user).filter(policy_condition("review", on))
        url = f"{reverse('meetings:policy_list')}?tab=review"
        found.append((_("政策措施待评估"), due, url, "review_on"))
    if where := reach(user, "meetings.report"):
        missing = LeadingBody.objects.filter(unit__in=where.unit_ids, set_up_on=None)
        url = f"{reverse('meetings:body_list')}?tab=missing"
        found.append((_("领导机构待报"), missing, url, "due_on"))
    return found


def todo_for(user: User, *, on: date) -> list[Todo]:
    """What of meetings waits for this person."""
    found = []
    for label, rows, url, day in waiting_rows(user, on=on):
        tally = rows.order_by().aggregate(n=Count("pk"), first=Min(day))
        if tally["n"]:
            found.append(Todo(label, tally["n"], url, tally["first"]))
    return found
