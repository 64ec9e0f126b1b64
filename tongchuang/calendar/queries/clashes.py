"""Warnings: what meets, what is too much, what is dated wrongly; with units and people."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import Reach, reach
from tongchuang.calendar.days import is_rest_day
from tongchuang.calendar.queries.load import OPEN_TASKS, UnitLoad, load_table, people_of
from tongchuang.calendar.rules import Call, after_gate, meetings_of, week_of, week_shared
from tongchuang.campaigns.models import Assignment, Campaign, Gate, Task
from tongchuang.inspections.models import Draw, Round
from tongchuang.projects import queries as projects
from tongchuang.projects.models import Project, ProjectNode

KINDS: dict[str, tuple[str | Promise, str, str]] = {
    "overload": (gettext_lazy("单位超负荷"), "bad", "layers"),
    "site": (gettext_lazy("同周同点位"), "bad", "pin"),
    "unit": (gettext_lazy("同周同单位"), "due", "user"),
    "above": (gettext_lazy("自定晚于上级"), "bad", "flag"),
    "gate": (gettext_lazy("晚于关口"), "due", "gate"),
    "rest": (gettext_lazy("落在休息日"), "na", "cal"),
}
WEEKS = 13
NAMED_UNITS = 6
_JUDGED = ("document_review", "covert_visit", "technical_assessment")


@dataclass(frozen=True, slots=True)
class Named:
    """A matter of a warning, with where to open it."""

    title: str
    url: str
    day: date | None
    campaign: str


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning: why, in which week, which matters of which campaigns, whom it concerns."""

    key: str
    kind: str
    week: date
    words: str
    matters: list[Named]
    units: list[Unit] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def label(self) -> str | Promise:
        """The kind in words."""
        return KINDS[self.kind][0]

    @property
    def badge(self) -> str:
        """The kind of its badge."""
        return KINDS[self.kind][1]

    @property
    def icon(self) -> str:
        """The icon of its badge."""
        return KINDS[self.kind][2]

    @property
    def campaigns(self) -> list[str]:
        """The campaigns it names, each once."""
        return list(dict.fromkeys(m.campaign for m in self.matters if m.campaign))

    @property
    def named_units(self) -> list[Unit]:
        """The first units; `more_units` are left."""
        return self.units[:NAMED_UNITS]

    @property
    def more_units(self) -> int:
        """How many units are not named on the page; the export names all."""
        return max(len(self.units) - NAMED_UNITS, 0)


@dataclass(frozen=True, slots=True)
class Brief:
    """What the front pages say: this week's clashes and overloaded units."""

    clashes: int
    units: list[Unit]

    @property
    def quiet(self) -> bool:
        """Nothing to say."""
        return not self.clashes and not self.units


def warnings(
    user: User, *, on: date, weeks: int = WEEKS, table: list[UnitLoad] | None = None
) -> list[Warned]:
    """Everything that `user` should know of, the nearest week first; a fixed number of queries."""
    last = week_of(on) + timedelta(days=7 * weeks - 1)
    load = load_table(user, on=on) if table is None else table
    found = [
        *_overloaded(load),
        *_met(user, on, last),
        *_after_above(user, on),
        *_tasks_after_gate(user, on, last),
        *_projects_after_gate(user, on, last),
        *_on_rest_days(user, on, last),
    ]
    order = {kind: n for n, kind in enumerate(KINDS)}
    return sorted(_with_people(found, on), key=lambda one: (one.week, order[one.kind], one.key))


def brief(user: User, *, on: date) -> Brief:
    """The present week in one line."""
    table = load_table(user, on=on)
    week = week_of(on)
    units = [row.unit for row in table if row.cells[0].state == "over"]
    kinds = {"site", "unit"}
    met = [w for w in _met(user, on, week + timedelta(days=6)) if w.kind in kinds]
    return Brief(sum(one.week == week for one in met), units)


def _overloaded(load: Iterable[UnitLoad]) -> Iterator[Warned]:
    for row in load:
        for cell in row.over:
            address = f"{reverse('calendar:unit', args=[row.unit.code])}?week={cell.week}"
            parts = [f"{label} {number}" for label, number in cell.parts]
            words = _("当周应办 %(number)s 件（%(parts)s），平常一周办结 %(line)s 件")
            facts = {"number": cell.number, "parts": _("、").join(parts), "line": _plain(row.line)}
            yield Warned(
                f"overload-{row.unit.pk}-{cell.week}",
                "overload",
                cell.week,
                words % facts,
                [],
                [row.unit],
                url=address,
            )


def _with_people(found: list[Warned], on: date) -> list[Warned]:
    """Beside the leader of the matter, who heads each unit that is named; one query."""
    heads = people_of({unit for one in found for unit in one.named_units}, on)
    return [
        replace(
            one,
            people=list(
                dict.fromkeys(
                    [*one.people, *(p.name for u in one.named_units for p in heads.get(u.pk, []))]
                )
            ),
        )
        for one in found
    ]


def _plain(line: Decimal | None) -> str:
    return "–" if line is None else f"{line.normalize():f}"


# Two campaigns in one week
@dataclass(frozen=True, slots=True)
class _Called:
    call: Call
    named: Named


def _met(user: User, on: date, last: date) -> Iterator[Warned]:
    """Gates and rounds of two campaigns that call the same units or sites in one week."""
    first = week_of(on)
    called = {
        one.call.key: one for one in (*_gates(user, first, last), *_rounds(user, first, last))
    }
    pairs = meetings_of(one.call for one in called.values())
    if not pairs:
        return
    keys = {key for a, b, _how in pairs for key in a.units & b.units}
    units = {one.pk: one for one in _visible_units(user, keys)}
    for a, b, how in pairs:
        both = sorted((units[k] for k in a.units & b.units if k in units), key=lambda u: u.path)
        week = max(week_shared(a, b), first)
        if how == "site":
            number = len(a.sites & b.sites)
            text = _("%(n)s 个点位同周被两项创建检查") % {"n": number}
        else:
            text = _("两项创建的关口或检查在同一周，落到同一批单位")
        matters = [called[a.key].named, called[b.key].named]
        yield Warned(f"met-{a.key}-{b.key}", how, week, text, matters, both)


def _gates(user: User, first: date, last: date) -> Iterator[_Called]:
    """A gate calls every unit that leads a clause of its campaign, and every territory."""
    campaigns = Campaign.objects.visible_to(user)
    gates = list(
        Gate.objects.filter(campaign__in=campaigns, decided_on=None)
        .filter(Q(due_on__range=(first, last)) | Q(external_due_on__range=(first, last)))
        .select_related("campaign")
    )
    leads: dict[int, set[int]] = defaultdict(set)
    owed = Assignment.objects.filter(campaign__in={gate.campaign_id for gate in gates}).order_by()
    for campaign, lead in owed.values_list("campaign", "lead").distinct():
        leads[campaign].add(lead)
    places = Unit.objects.filter(kind__in=Unit.TERRITORIES & Unit.WITH_POSTS)
    territories = set(places.values_list("pk", flat=True)) if gates else set()
    for gate in gates:
        day = gate.due_on or gate.external_due_on
        if day:
            units = frozenset(leads[gate.campaign_id] | territories)
            call = Call(f"gate-{gate.pk}", frozenset({gate.campaign_id}), day, day, units)
            url = reverse("campaigns:gate_detail", args=[gate.pk])
            yield _Called(call, Named(gate.title, url, day, gate.campaign.title))


def _rounds(user: User, first: date, last: date) -> Iterator[_Called]:
    """A round calls the units of the sites drawn; before the draw those of its scope."""
    rounds = Round.objects.visible_to(user).exclude(status=Round.Status.CLOSED)
    rounds = rounds.filter(from_on__lte=last, to_on__gte=first).select_related("campaign")
    listed = list(rounds)
    sites: dict[int, set[int]] = defaultdict(set)
    units: dict[int, set[int]] = defaultdict(set)
    draws = Draw.objects.filter(round__in=listed).order_by()
    for key, site, territory, trade in draws.values_list(
        "round", "site", "site__territory", "site__trade"
    ):
        sites[key].add(site)
        units[key].update(unit for unit in (territory, trade) if unit)
    scope = _scopes(listed)
    for one in listed:
        called = frozenset(units[one.pk]) or scope.get(one.pk, frozenset())
        call = Call(
            f"round-{one.pk}",
            frozenset({one.campaign_id}),
            max(one.from_on, first),
            one.to_on,
            called,
            frozenset(sites[one.pk]),
        )
        url = reverse("inspections:round_detail", args=[one.pk])
        yield _Called(call, Named(one.title, url, one.from_on, one.campaign.title))


def _scopes(rounds: Iterable[Round]) -> Mapping[int, frozenset[int]]:
    """Territories of rounds that are not drawn yet; an empty scope means all of them."""
    planned = [one for one in rounds if one.status == Round.Status.PLANNED]
    if not planned:
        return {}
    every = dict(Unit.objects.filter(kind__in=Unit.TERRITORIES).values_list("code", "pk"))
    found = {}
    for one in planned:
        codes = one.scope.get("territories") or list(every)
        found[one.pk] = frozenset(every[code] for code in codes if code in every)
    return found


def _visible_units(user: User, keys: Iterable[int]) -> QuerySet[Unit]:
    where: Reach = reach(user, "campaigns.view")
    units: QuerySet[Unit] = Unit.objects.filter(pk__in=set(keys), kind__in=Unit.WITH_POSTS)
    return units if where.everything else units.filter(pk__in=where.unit_ids)


# Dates that do not fit
def _after_above(user: User, on: date) -> Iterator[Warned]:
    campaigns = Campaign.objects.visible_to(user).exclude(status=Campaign.Status.ENDED)
    gates = Gate.objects.filter(campaign__in=campaigns, decided_on=None).select_related("campaign")
    dated: list[tuple[str, Named, date | None, date | None]] = [
        (
            f"above-{gate.pk}",
            Named(
                gate.title,
                reverse("campaigns:gate_detail", args=[gate.pk]),
                gate.due_on,
                gate.campaign.title,
            ),
            gate.due_on,
            gate.external_due_on,
        )
        for gate in gates
    ]
    for one in campaigns:
        url = reverse("campaigns:detail", args=[one.code])
        named = Named(_("创建期限"), url, one.deadline_on, one.title)
        dated.append((f"above-campaign-{one.pk}", named, one.deadline_on, one.external_deadline_on))
    for key, named, own, above in dated:
        if own and above and own > above:
            words = _("自定 %(own)s，上级要求 %(above)s，晚 %(days)s 天")
            text = words % {"own": own, "above": above, "days": (own - above).days}
            yield Warned(key, "above", max(week_of(above), week_of(on)), text, [named])


def _judging_gates(user: User) -> dict[int, list[Gate]]:
    """By campaign the undecided gates that look at the clauses; else all that have a date."""
    gates = Gate.objects.filter(campaign__in=Campaign.objects.visible_to(user), decided_on=None)
    found: dict[int, list[Gate]] = defaultdict(list)
    for gate in gates.exclude(due_on=None).select_related("campaign").order_by("due_on", "id"):
        found[gate.campaign_id].append(gate)
    return {
        key: [gate for gate in listed if gate.process_state in _JUDGED] or listed
        for key, listed in found.items()
    }


def _tasks_after_gate(user: User, on: date, last: date) -> Iterator[Warned]:
    gates = [gate for listed in _judging_gates(user).values() for gate in listed]
    near = {
        gate.campaign_id: [g for g in gates if g.campaign_id == gate.campaign_id] for gate in gates
    }
    days = [gate.due_on for gate in gates if gate.due_on and gate.due_on <= last]
    if not days:
        return
    tasks = Task.objects.visible_to(user).filter(status__in=OPEN_TASKS, due_on__gt=min(days))
    tasks = tasks.filter(due_on__gte=on, campaign__in=near).exclude(clause=None)
    late: dict[tuple[Gate, int], list[Task]] = defaultdict(list)
    for task in tasks.select_related("unit", "campaign", "sponsor").order_by("due_on", "id"):
        known = {g.due_on: g for g in reversed(near[task.campaign_id]) if g.due_on}
        missed = after_gate(task.due_on, known)
        if missed and missed <= last:
            late[known[missed], task.unit_id].append(task)
    for (gate, unit), rows in late.items():
        words = _("%(number)s 项任务的时限晚于要用它的%(gate)s（%(day)s）")
        text = words % {"number": len(rows), "gate": gate.title, "day": gate.due_on}
        people = sorted({task.sponsor.name for task in rows if task.sponsor})
        week, named = week_of(gate.due_on or on), [_of_task(task) for task in rows]
        yield Warned(f"gate-{gate.pk}-{unit}", "gate", week, text, named, [rows[0].unit], people)


def _projects_after_gate(user: User, on: date, last: date) -> Iterator[Warned]:
    running = projects.with_lines(Project.objects.visible_to(user).moving())
    lines = projects.lines_of(running.select_related("campaign", "unit", "sponsor"), on=on)
    missed = projects.gates_missed_by(user, lines) if lines else {}
    for line in lines:
        project = line.project
        for hit in missed.get(project.pk, [])[:1]:
            day = hit.gate.due_on
            if day is None or not on <= day <= last:
                continue
            url = reverse("projects:detail", args=[project.pk])
            words = _("预计 %(day)s 投用，赶不上%(gate)s（%(due)s）")
            expected = line.standing.forecast_on if line.standing else project.planned_finish_on
            text = words % {"day": expected, "gate": hit.gate.title, "due": day}
            matters = [
                Named(project.title, url, project.planned_finish_on, project.campaign.title),
                Named(
                    hit.gate.title,
                    reverse("campaigns:gate_detail", args=[hit.gate.pk]),
                    day,
                    hit.gate.campaign.title,
                ),
            ]
            people = [project.sponsor.name] if project.sponsor else []
            key = f"gate-{hit.gate.pk}-project-{project.pk}"
            yield Warned(key, "gate", week_of(day), text, matters, [project.unit], people)


def _on_rest_days(user: User, on: date, last: date) -> Iterator[Warned]:
    """Everything that is due while the office rests, one warning a day."""
    by_day: dict[date, list[tuple[Named, Unit | None]]] = defaultdict(list)
    window = (on, last)
    tasks = Task.objects.visible_to(user).filter(status__in=OPEN_TASKS, due_on__range=window)
    for task in tasks.select_related("unit", "campaign"):
        by_day[task.due_on].append((_of_task(task), task.unit))
    nodes = ProjectNode.objects.filter(
        project__in=Project.objects.visible_to(user).moving(), done_on=None, limit_on__range=window
    )
    for node in nodes.select_related("project__campaign", "project__unit", "office"):
        url = f"{reverse('projects:detail', args=[node.project_id])}#node-{node.pk}"
        title = f"{node.project.title} · {node.name}"
        named = Named(title, url, node.limit_on, node.project.campaign.title)
        by_day[node.limit_on].append((named, node.office or node.project.unit))
    gates = Gate.objects.filter(campaign__in=Campaign.objects.visible_to(user), decided_on=None)
    for gate in gates.filter(due_on__range=window).select_related("campaign"):
        if gate.due_on:
            url = reverse("campaigns:gate_detail", args=[gate.pk])
            by_day[gate.due_on].append(
                (Named(gate.title, url, gate.due_on, gate.campaign.title), None)
            )
    for day in sorted(day for day in by_day if is_rest_day(day)):
        rows = by_day[day]
        units = sorted({unit for _named, unit in rows if unit}, key=lambda one: one.path)
        words = _("%(day)s 休息，有 %(number)s 项到期；时限由下达的人改，系统不自动顺延")
        text = words % {"day": day, "number": len(rows)}
        yield Warned(f"rest-{day}", "rest", week_of(day), text, [n for n, _u in rows], units)


def _of_task(task: Task) -> Named:
    url = reverse("campaigns:task_detail", args=[task.pk])
    return Named(task.title, url, task.due_on, task.campaign.title)
