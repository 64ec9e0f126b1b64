"""A winter of meetings: the rhythm, what was ruled, minutes, major matters, policies, bodies."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from tongchuang.accounts.models import Post, Unit, User
from tongchuang.campaigns.models import Progress, Task
from tongchuang.core.audit import Entry
from tongchuang.core.calendars import city_calendar
from tongchuang.core.documents import document_number
from tongchuang.core.files import store_generated
from tongchuang.demo import loading
from tongchuang.demo.city import NOW, City, local
from tongchuang.demo.register import (
    BODIES_MISSING,
    MATTERS,
    POLICIES,
    RULINGS,
    SUPERSEDES,
    MatterPlan,
    PolicyPlan,
)
from tongchuang.meetings import paper
from tongchuang.meetings.models import (
    AgendaItem,
    Attendance,
    LeadingBody,
    Matter,
    Meeting,
    MeetingType,
    Minutes,
    Policy,
    Ruling,
)
from tongchuang.meetings.rules import due_days
from tongchuang.meetings.services.meetings import AHEAD_DAYS
from tongchuang.projects.models import Project
from tongchuang.standards.models import Clause

_LAUNCHED: Final = date(2015, 12, 8)
_FIRST: Final = date(2015, 12, 14)
_MISSED: Final = date(2016, 2, 29)  # a weekly meeting that was due and not held
_ON_SITE: Final = date(2016, 2, 24)
_TODAY: Final = NOW.date()
_WEEKLY_UNITS: Final = (
    *("U11", "U15", "U17", "U18", "U19", "U20", "U21", "U23", "U27", "U40", "U41"),
    *("T01", "T02", "T03", "T04"),
)
_SITE_UNITS: Final = ("U21", "U20", "U19", "U17", "U18", "T04")
# title, rhythm, day, time, place, chair, minutes, units ("" means all that are scored)
_TYPES: Final = (
    ("周调度会", "weekly", 1, time(8, 30), "指挥部会议室", "zhou", False, _WEEKLY_UNITS),
    ("月度指挥部会议", "monthly", 3, time(15), "市政府三楼会议室", "shizhang", True, ()),
    ("专题会", "demand", None, time(9), "指挥部会议室", "changwu", True, _SITE_UNITS),
    ("现场会", "demand", None, time(9), "现场", "zhou", False, ("T01", "T02", "T03", "T04")),
)


def build(city: City) -> None:
    """Insert the rhythm, meetings with rulings and their tasks, matters, policies, bodies."""
    types = _types(city)
    matters = _matters(city)
    meetings = _meetings(city, types)
    _attend(city, meetings)
    _rule(city, meetings, matters)
    _minutes(city, meetings)
    _policies(city)
    _bodies(city)
    city.counts["meetings"] = len(meetings)


def _units(city: City, codes: tuple[str, ...]) -> list[Unit]:
    scored = [unit for unit in city.units.values() if unit.scored]
    return [city.units[code] for code in codes] if codes else scored


def _types(city: City) -> list[MeetingType]:
    rows = [
        MeetingType(
            campaign=city.campaign(),
            title=title,
            rhythm=rhythm,
            day=day,
            starts_at=at,
            place=place,
            chair=city.people[chair],
            with_minutes=minutes,
        )
        for title, rhythm, day, at, place, chair, minutes, _codes in _TYPES
    ]
    loading.insert(rows)
    pairs = zip(rows, _TYPES, strict=True)
    loading.link(
        MeetingType.units, ((row.pk, u.pk) for row, plan in pairs for u in _units(city, plan[-1]))
    )
    return rows


def _meetings(city: City, types: list[MeetingType]) -> dict[date, Meeting]:
    """Every meeting of the rhythm since the launch and for the next weeks, and one on a matter."""
    last = _TODAY + timedelta(days=AHEAD_DAYS)
    found: dict[date, Meeting] = {}
    for kind in types:
        days = due_days(
            kind.rhythm,
            kind.day,
            first=_FIRST,
            last=last,
            is_workday=city_calendar().is_workday,
        )
        found |= {day: _meeting(kind, day) for day in days if day not in found}
    found[_ON_SITE] = _meeting(types[2], _ON_SITE)
    found[_ON_SITE].title = "城北农贸市场搬迁专题会"
    loading.insert(found.values())
    for meeting in found.values():
        city.entries += _meeting_events(city, meeting)
    return found


def _meeting(kind: MeetingType, day: date) -> Meeting:
    held = day <= _TODAY and day != _MISSED
    near = _TODAY < day <= _TODAY + timedelta(days=6)
    state = "held" if held else "announced" if near or day == _MISSED else "planned"
    told = local(day - timedelta(days=3), 16, 10)
    return Meeting(
        campaign=kind.campaign,
        type=kind,
        title=f"{day.year}年{day.month}月{day.day}日{kind.title}",
        held_on=day,
        planned_on=day,
        starts_at=kind.starts_at,
        place=kind.place,
        chair=kind.chair,
        status=state,
        announced_at=min(told, NOW) if state != "planned" else None,
        reminded_at=min(told, NOW) if state != "planned" else None,
    )


def _meeting_events(city: City, meeting: Meeting) -> Iterator[Entry]:
    by = city.people["wanghaiyan"]
    planned = min(local(meeting.held_on - timedelta(days=10), 7), local(_TODAY, 7))
    yield Entry(meeting, "create", city.people["robot"], at=max(planned, local(_LAUNCHED, 15)))
    if meeting.announced_at:
        told = {"status": "announced"}
        yield Entry(meeting, "announce", by, after=told, at=meeting.announced_at)
    if meeting.status == "held":
        yield Entry(meeting, "hold", by, after={"status": "held"}, at=local(meeting.held_on, 18))


def _attend(city: City, meetings: dict[date, Meeting]) -> None:
    by_title = {row[0]: row[-1] for row in _TYPES}
    chance = city.stream("meetings")
    rows = []
    for meeting in meetings.values():
        for unit in _units(city, by_title[meeting.type.title]):
            came = chance.random()
            state = "present" if came < 0.93 else "leave" if came < 0.98 else "absent"
            held = meeting.status == "held"
            person = city.posts[unit.code, Post.Kind.DEPUTY] if held and came < 0.93 else None
            rows.append(
                Attendance(
                    meeting=meeting,
                    unit=unit,
                    person=person.name if person else "",
                    state=state if held else "asked",
                    signed_at=local(meeting.held_on, meeting.starts_at.hour) if person else None,
                    signed_by=person,
                )
            )
    loading.insert(rows)


# Rulings and their tasks
def _rule(city: City, meetings: dict[date, Meeting], matters: dict[str, Matter]) -> None:
    items, tasks, rulings = [], [], []
    places: dict[date, int] = {}
    for plan in RULINGS:
        meeting = meetings[plan.meeting]
        places[plan.meeting] = place = places.get(plan.meeting, 0) + 1
        unit, matter = city.units[plan.unit], matters.get(plan.matter)
        item = AgendaItem(
            meeting=meeting,
            ordinal=place,
            kind="matter" if matter and place == 1 else "hand",
            title=plan.topic,
            why=f"{matter.number} {matter.title}" if matter else "",
            unit=unit,
            matter=matter if place == 1 else None,
            discussion=plan.said,
        )
        task = _task(meeting, unit, plan.wording, plan.due, plan.done)
        items.append(item)
        tasks.append(task)
        rulings.append(
            Ruling(
                meeting=meeting,
                ordinal=place,
                item=item,
                matter=matter,
                wording=plan.wording,
                unit=unit,
                person=city.posts[plan.unit, Post.Kind.DEPUTY],
                due_on=plan.due,
                means=Ruling.Means.TASK,
                task=task,
            )
        )
    loading.insert(items)
    loading.insert(tasks)
    loading.insert(row for task in tasks for row in _progress(city, task))
    loading.insert(rulings)
    pairs = zip(rulings, RULINGS, strict=True)
    loading.link(
        Ruling.helpers, ((row.pk, city.units[c].pk) for row, plan in pairs for c in plan.helpers)
    )
    for row in rulings:
        city.entries += _ruling_events(city, row)
    _further_items(city, meetings, places)


def _task(meeting: Meeting, unit: Unit, wording: str, due: date, done: date | None) -> Task:
    return Task(
        campaign=meeting.campaign,
        unit=unit,
        sponsor=meeting.chair,
        title=wording,
        quantity=Decimal(1),
        quantity_unit="项",
        done=_done(due, done),
        starts_on=meeting.held_on,
        due_on=due,
        baseline_starts_on=meeting.held_on,
        baseline_due_on=due,
        status="accepted" if done else "running",
        finished_on=done,
    )


def _done(due: date, done: date | None) -> Decimal:
    """All of it, most of it, or nothing where the day has passed."""
    return Decimal(1) if done else Decimal(0) if due < _TODAY else Decimal("0.8")


def _progress(city: City, task: Task) -> Iterator[Progress]:
    if task.done:
        clerk = city.posts[task.unit.code, Post.Kind.LIAISON]
        day = task.finished_on or max(task.starts_on, date(2016, 3, 4))
        yield Progress(task=task, on=day, done=task.done, by=clerk)


def _ruling_events(city: City, row: Ruling) -> Iterator[Entry]:
    by, at = city.people["wanghaiyan"], local(row.meeting.held_on, 18, 20)
    yield Entry(row, "create", by, after={"wording": row.wording, "unit_id": row.unit_id}, at=at)
    yield Entry(row.task, "create", by, after={"unit_id": row.unit_id}, at=at)
    if row.task.finished_on:
        yield Entry(
            row.task,
            "accept",
            city.people["fangyuan"],
            before={"status": "submitted"},
            after={"status": "accepted"},
            at=local(row.task.finished_on, 17),
        )


def _further_items(city: City, meetings: dict[date, Meeting], places: dict[date, int]) -> None:
    """Weekly meetings also heard of tasks that stood behind; next Monday's agenda has begun."""
    tasks = list(Task.objects.filter(campaign=city.campaign(), status="blocked").order_by("pk"))
    late = list(Task.objects.filter(campaign=city.campaign()).order_by("pk")[:20])
    rows = []
    for n, (day, meeting) in enumerate(sorted(meetings.items())):
        if meeting.status == "planned":
            continue
        ahead = meeting.status == "announced"
        chosen = tasks[:2] if ahead and tasks else [late[n % len(late)]]
        for task in chosen:
            places[day] = places.get(day, 0) + 1
            rows.append(
                AgendaItem(
                    meeting=meeting,
                    ordinal=places[day],
                    kind="blocked" if task.status == "blocked" else "late",
                    title=task.title,
                    why=f"受阻（{task.get_cause_display()}），要由会议定。"
                    if task.status == "blocked"
                    else "完成比例低于序时进度。",
                    unit=task.unit,
                    task=task,
                    discussion="" if ahead else "会议听取了汇报，要求按周报进度。",
                )
            )
    loading.insert(rows)


# Minutes: two months issued, the third waits for its signature
def _minutes(city: City, meetings: dict[date, Meeting]) -> None:
    due = [row for row in meetings.values() if row.type.with_minutes and row.status == "held"]
    number = 0
    for meeting in sorted(due, key=lambda row: row.held_on):
        last = meeting.held_on == date(2016, 3, 3)
        number += not last
        _write_minutes(city, meeting, number, signed=not last)
    if number:
        city.numbers[f"document:{paper.document_code(city.campaign())}", 2016] = number


def _write_minutes(city: City, meeting: Meeting, number: int, *, signed: bool) -> None:
    author, reviewer = city.people["wanghaiyan"], city.people["fangyuan"]
    row = Minutes(
        meeting=meeting,
        opening=paper.proposed_opening(meeting),
        closing="各单位主要负责人要亲自抓、现场看，议定事项办结才算数。",
        status="reviewed",
        drafted_by=author,
        reviewed_by=reviewer,
    )
    wrote = local(meeting.held_on + timedelta(days=1), 10)
    events = [Entry(row, "create", author, at=wrote)]
    events.append(Entry(row, "review", reviewer, after={"status": "reviewed"}, at=_later(wrote, 5)))
    if signed:
        row.data = paper.facts_of(row)
        row.digest = paper.digest(row.data)
        row.signed_by, row.signed_at = meeting.chair, _later(wrote, 26)
        day = row.signed_at.date()
        code = paper.document_code(meeting.campaign)
        row.document_no, row.issued_on = document_number(code, 2016, number), day
        row.status = "issued"
        name = f"{row.document_no}{meeting.title}纪要.docx"
        words = paper.minutes_paper(row).docx()
        row.docx = store_generated(words, name, by=author, purpose="minutes")
        signed_entry = Entry(
            row, "sign", meeting.chair, after={"status": "signed"}, at=row.signed_at
        )
        issued = Entry(
            row,
            "issue",
            author,
            after={"status": "issued", "document_no": row.document_no},
            at=_later(row.signed_at, 1),
        )
        events += [signed_entry, issued]
    loading.insert([row])
    city.entries += events


def _later(at: datetime, hours: int) -> datetime:
    return min(at + timedelta(hours=hours), NOW)


# Matters, policies, bodies
def _matters(city: City) -> dict[str, Matter]:
    projects = {row.title: row for row in Project.objects.all()}
    numbers: dict[int, int] = {}
    rows = [_matter(city, plan, numbers, projects) for plan in MATTERS]
    loading.insert(rows)
    pairs = zip(rows, MATTERS, strict=True)
    loading.link(
        Matter.helpers, ((row.pk, city.units[c].pk) for row, plan in pairs for c in plan.helpers)
    )
    city.numbers |= {("matter", year): last for year, last in numbers.items()}
    for row in rows:
        city.entries += _matter_events(city, row)
    return {row.title: row for row in rows}


def _matter(
    city: City, plan: MatterPlan, numbers: dict[int, int], projects: dict[str, Project]
) -> Matter:
    year = plan.listed.year
    numbers[year] = numbers.get(year, 0) + 1
    return Matter(
        number=f"ZD{year}-{numbers[year]:02}",
        campaign=city.campaign(),
        title=plan.title,
        detail=plan.detail,
        cause=plan.cause,
        unit=city.units[plan.unit],
        sponsor=city.people[plan.sponsor],
        listed_on=plan.listed,
        due_on=plan.due,
        project=projects.get(plan.project),
        status="solved" if plan.solved else "open",
        solved_on=plan.solved,
        result=plan.result,
    )


def _matter_events(city: City, row: Matter) -> Iterator[Entry]:
    by = city.people["fangyuan"]
    yield Entry(row, "create", by, after={"title": row.title}, at=local(row.listed_on, 11))
    if row.solved_on:
        yield Entry(
            row,
            "solve",
            by,
            before={"status": "open"},
            after={"status": "solved", "result": row.result},
            at=local(row.solved_on, 16),
        )


def _policies(city: City) -> None:
    rows = [_policy(city, plan) for plan in POLICIES]
    by_number = {row.number: row for row in rows if row.number}
    loading.insert([row for row in rows if row.number not in SUPERSEDES])
    for old, new in SUPERSEDES.items():
        by_number[old].successor = by_number[new]
        loading.insert([by_number[old]])
    keys = dict(Clause.objects.filter(framework__code="nsc2014").values_list("code", "pk"))
    pairs = zip(rows, POLICIES, strict=True)
    links = ((row.pk, keys.get(f"nsc2014.{plan[-1]}")) for row, plan in pairs)
    loading.link(Policy.clauses, ((pk, key) for pk, key in links if key))
    for row in rows:
        day = max(row.issued_on or _FIRST, _FIRST)
        entered = local(day + timedelta(days=2), 10)
        city.entries.append(
            Entry(row, "register", row.drafted_by, after={"title": row.title}, at=entered)
        )


def _policy(city: City, plan: PolicyPlan) -> Policy:
    kind, title, number, issuer, basis, status, issued, until, review, _clause = plan
    return Policy(
        campaign=city.campaign(),
        kind=kind,
        title=title,
        number=number,
        issuer=city.units[issuer],
        basis=[{"law": law, "article": article} for law, article in basis],
        status=status,
        issued_on=issued,
        valid_until=until,
        review_on=review,
        drafted_by=city.people["wanghaiyan"],
    )


def _bodies(city: City) -> None:
    rows = [_body(city, unit) for unit in city.units.values() if unit.scored]
    loading.insert(rows)
    for row in rows:
        if row.reported_by and row.set_up_on:
            at = local(row.set_up_on + timedelta(days=1), 9)
            city.entries.append(Entry(row, "report_body", row.reported_by, at=at))


def _body(city: City, unit: Unit) -> LeadingBody:
    body = LeadingBody(campaign=city.campaign(), unit=unit, due_on=date(2015, 12, 31))
    if unit.code in BODIES_MISSING:
        return body
    head: User = city.posts[unit.code, Post.Kind.HEAD]
    chance = city.stream("bodies", unit.code)
    body.leader, body.members = head.name, chance.randint(5, 11)
    body.office = f"{unit.label}创卫办"[:60]
    body.office_head = city.posts[unit.code, Post.Kind.DEPUTY].name
    body.staff = chance.randint(2, 6)
    body.paper = f"{unit.label}〔2015〕{chance.randint(20, 60)}号"
    body.set_up_on = date(2015, 12, 12) + timedelta(days=chance.randint(0, 16))
    body.reported_by = city.posts[unit.code, Post.Kind.LIAISON]
    return body
