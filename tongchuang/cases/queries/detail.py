"""One case with everything around it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.queries import Dated, PastNames, past_names
from tongchuang.cases import rules
from tongchuang.cases.models import (
    FLOW,
    Case,
    CaseHelper,
    Extension,
    Leg,
    Pause,
    Photo,
    Slip,
    Source,
)
from tongchuang.core import audit
from tongchuang.core.models import Event
from tongchuang.standards.models import Clause


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the timeline, in words."""

    at: datetime
    title: str
    note: str = ""
    kind: str = "run"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class HandTime:
    """How long one hand held the case in all."""

    label: str
    kind: str
    time: timedelta


@dataclass(slots=True)
class CaseDetail:
    """A case with all that its page shows; read in a fixed number of queries."""

    case: Case
    legs: list[Leg]
    photos: list[Photo]
    helpers: list[CaseHelper]
    sources: list[Source]
    pauses: list[Pause]
    extensions: list[Extension]
    slips: list[Slip]
    clauses: list[Clause]
    events: list[Event]
    units: dict[int, Unit] = field(default_factory=dict)
    names: PastNames = field(default_factory=lambda: PastNames({}))
    recurrences: tuple[int, int] = (0, 0)

    @property
    def open_leg(self) -> Leg | None:
        """The leg that still runs."""
        return next((leg for leg in self.legs if leg.ended_at is None), None)

    def photo(self, *moments: str) -> Photo | None:
        """The first photo before, the last of the others."""
        found = [photo for photo in self.photos if photo.moment in moments]
        if not found:
            return None
        return found[0] if Photo.Moment.BEFORE in moments else found[-1]

    @property
    def asked_extension(self) -> Extension | None:
        """The request that waits for a decision."""
        asked = Extension.State.ASKED
        return next((one for one in self.extensions if one.state == asked), None)

    @property
    def open_pause(self) -> Pause | None:
        """The pause that still lasts."""
        return next((one for one in self.pauses if one.ended_at is None), None)


def case_detail(case: Case, *, at: datetime) -> CaseDetail:
    """Everything around one case; `case` was fetched through `visible_to`."""
    events = list(audit.history(case))
    detail = CaseDetail(
        case=case,
        legs=list(case.legs.select_related("unit").order_by("id")),
        photos=list(case.photos.select_related("file", "by").order_by("id")),
        helpers=list(case.helper_rows.select_related("unit")),
        sources=list(case.sources.select_related("by", "from_case")),
        pauses=list(case.pauses.order_by("started_at")),
        extensions=list(case.extensions.select_related("asked_by", "decided_by")),
        slips=list(case.slips.select_related("unit")),
        clauses=list(case.clauses.select_related("framework").order_by("ordinal")),
        events=events,
    )
    detail.units = Unit.objects.in_bulk(_units_named(events))
    detail.recurrences = _recurrences(case, at)
    return detail


def name_as_then(detail: CaseDetail) -> None:
    """Show every unit around a case under the name of the day on which it came in; one query.

    What waits now has been put into words before: that is asked of a unit of today.
    """
    case = detail.case
    sent = case.dispatched_at or case.found_at
    dated: list[Dated] = [
        (case.territory, case.found_at),
        (case.lead, sent),
        (case.proposed_lead, sent),
        *((leg.unit, leg.started_at) for leg in detail.legs),
        *((helper.unit, sent) for helper in detail.helpers),
        *((slip.unit, slip.issued_at) for slip in detail.slips),
    ]
    detail.names = past_names([*detail.units.values(), *(unit for unit, _on in dated)])
    detail.names.show(dated)


def _units_named(events: Sequence[Event]) -> set[int]:
    keys: set[int | None] = set()
    for event in events:
        step = event.after.get("step") or {}
        keys |= {step.get("unit"), step.get("hand"), event.after.get("helper")}
        keys |= {event.after.get("from_unit"), event.after.get("proposed")}
        for fact in event.after.get("steps", []):
            keys |= {fact.get("unit"), fact.get("hand")}
    return {key for key in keys if key}


def _recurrences(case: Case, at: datetime) -> tuple[int, int]:
    """How often the same kind of problem was at the site in 30 days and in a year before."""
    if not (case.site_id and case.problem_class_id):
        return 0, 0
    found = list(
        Case.objects.filter(
            site=case.site_id,
            problem_class=case.problem_class_id,
            found_at__gte=case.found_at - timedelta(days=365),
            found_at__lt=case.found_at,
        )
        .exclude(pk=case.pk)
        .values_list("found_at", flat=True)[:1000]
    )
    recent = case.found_at - timedelta(days=rules.QUIET_DAYS)
    return sum(one >= recent for one in found), len(found)


def hand_times(detail: CaseDetail, *, at: datetime) -> list[HandTime]:
    """Time in each hand, longest first; pauses are not taken out."""
    spent: dict[str, timedelta] = {}
    kinds: dict[str, str] = {}
    for leg in detail.legs:
        label = holder_word(leg)
        spent[label] = spent.get(label, timedelta()) + ((leg.ended_at or at) - leg.started_at)
        kinds.setdefault(label, "run" if leg.stage in {"fix", "rework", "sign"} else "na")
    longest = sorted(spent.items(), key=lambda pair: -pair[1])
    return [HandTime(label, kinds[label], time) for label, time in longest]


_NAMELESS: dict[str, str | Promise] = {
    "report": gettext_lazy("发现人"),
    "verify": gettext_lazy("核实人"),
    "dispatch": gettext_lazy("派单员"),
    "return": gettext_lazy("派单员"),
    "check": gettext_lazy("核查人"),
}


def holder_word(leg: Leg) -> str:
    """In whose hands a leg lies: the unit, else the part that person plays."""
    if leg.unit is not None and leg.stage not in {"dispatch", "return"}:
        return str(leg.unit)
    return str(_NAMELESS.get(leg.stage, "–"))


def near_cases(case: Case, user: User, *, most: int = 5) -> list[Case]:
    """Open cases of the same class at the same site or within 30 m: perhaps the same problem."""
    if case.problem_class_id is None:
        return []
    place = Q(site=case.site_id) if case.site_id else Q(pk=None)
    if case.lat is not None and case.lon is not None:
        place |= Q(
            lat__range=(case.lat - 0.0004, case.lat + 0.0004),
            lon__range=(case.lon - 0.0006, case.lon + 0.0006),
        )
    found = (
        Case.objects.visible_to(user)
        .open()
        .filter(place, problem_class=case.problem_class_id)
        .exclude(pk=case.pk)
    )
    return [one for one in found.order_by("id")[:50] if _is_near(case, one)][:most]


def _is_near(case: Case, other: Case) -> bool:
    if case.site_id and case.site_id == other.site_id:
        return True
    if None in (case.lon, case.lat, other.lon, other.lat):
        return False
    apart = rules.distance_m(case.lon or 0, case.lat or 0, other.lon or 0, other.lat or 0)
    return apart <= rules.NEAR_M


# The timeline in words
_KINDS = {
    "reply": "ok",
    "accept": "ok",
    "file": "ok",
    "verify": "ok",
    "close": "ok",
    "return": "due",
    "send_back": "due",
    "reopen": "bad",
    "reject": "na",
    "merge": "na",
    "pause": "na",
    "archive": "na",
}


def timeline(detail: CaseDetail) -> list[Happening]:
    """Everything that happened, newest first: events and slips."""
    entries = [_told(event, detail) for event in detail.events if event.action != "import"]
    entries += [
        _told_step(fact, detail) for event in detail.events for fact in event.after.get("steps", [])
    ]
    entries += [
        Happening(
            slip.issued_at,
            _("%(step)s：%(unit)s") % {"step": slip.get_step_display(), "unit": slip.unit},
            str(Leg.Stage(slip.stage).label),
            "bad" if slip.step == Slip.Step.BLUE else "due",
            "flag",
        )
        for slip in detail.slips
    ]
    case = detail.case
    if case.filed_at is None or case.found_at < case.filed_at:
        entries.insert(0, Happening(case.found_at, _("发现"), str(case.found_by or ""), "na"))
    entries.sort(key=lambda entry: entry.at)
    return entries[::-1]


def _told(event: Event, detail: CaseDetail) -> Happening:
    step = event.after.get("step") or {}
    note = " · ".join(part for part in (event.actor_name, *_notes(event, detail)) if part)
    kind = _KINDS.get(event.action, "run")
    return Happening(event.at, _title(event.action, step, detail, event.at), note, kind)


def _told_step(fact: dict[str, Any], detail: CaseDetail) -> Happening:
    at = datetime.fromisoformat(fact["at"])
    kind = _KINDS.get(fact["action"], "run")
    return Happening(at, _title(fact["action"], fact, detail, at), _("导入"), kind)


def _title(action: str, step: dict[str, Any], detail: CaseDetail, at: datetime) -> str:
    unit = _unit(step.get("unit"), detail, at)
    hand = _unit(step.get("hand"), detail, at)
    if action == "dispatch":
        return _("派发 %(unit)s") % {"unit": unit}
    if action in {"accept", "return", "reply"} and hand:
        return f"{hand} {_label(action)}"
    return _label(action)


def _label(action: str) -> str:
    extra = {
        "add_helper": _("增加配合单位"),
        "remove_helper": _("取消配合单位"),
        "join": _("又有反映，并入本案"),
    }
    move = FLOW.moves.get(action)
    return str(move.label) if move else extra.get(action, action)


def _notes(event: Event, detail: CaseDetail) -> list[str]:
    after = event.after
    notes = [event.reason]
    if event.action == "dispatch" and after.get("certainty"):
        share = round(after["certainty"] * 100)
        notes.append(_("系统建议 %(share)s%%，派单员确认") % {"share": share})
    if after.get("paper"):
        notes.append(str(after["paper"]))
    if event.action == "join" and after.get("source"):
        notes.append(after["source"])
    if event.action in {"add_helper", "remove_helper"}:
        notes.append(_unit(after.get("helper"), detail, event.at))
    if event.action == "grant_extension":
        notes.append(_("延长 %(days)s 天") % {"days": (after.get("step") or {}).get("days", 0)})
    if after.get("no_photo_reason"):
        notes.append(_("无照片：%(reason)s") % {"reason": after["no_photo_reason"]})
    return notes


def _unit(key: object, detail: CaseDetail, at: datetime) -> str:
    unit = detail.units.get(key) if isinstance(key, int) else None
    return detail.names.on(unit, timezone.localtime(at).date()) if unit else ""
