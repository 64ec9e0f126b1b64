"""The way of one case from finding to closing: what happens next, when, by whom and why."""

from datetime import datetime, timedelta
from typing import Final

from tongchuang.accounts.models import Post, Unit, User
from tongchuang.cases import rules
from tongchuang.cases.models import Case, Extension
from tongchuang.core.worktime import deadline
from tongchuang.demo import sites
from tongchuang.demo.city import NOW, ZONE
from tongchuang.demo.plots import Plot
from tongchuang.demo.stream import Stream
from tongchuang.demo.tale import Desk, Tale
from tongchuang.demo.words import (
    EXTENSION_REASONS,
    MEASURES,
    REFUSALS,
    RETURN_REASONS,
    REWORK_REASONS,
)
from tongchuang.places.models import Site

_S = Case.Status
# How slow a unit is to sign and to put right; 1 is the city's middle.
_SLOW: Final = {
    "U19": (3.2, 1.0),
    "T04": (1.1, 1.3),
    "T12": (1.2, 1.25),
    "T13": (1.3, 1.1),
    "U40": (1.0, 1.25),
    "U24": (1.2, 1.0),
    "T03": (0.8, 0.75),
    "T11": (0.9, 0.8),
    "U21": (1.0, 0.72),
    "U20": (0.9, 0.85),
    "U42": (0.8, 0.8),
}
_CROWDED: Final = 1.7  # in the storm before the provincial check everybody is slower
_RAIN: Final = tuple(
    (datetime(*start, tzinfo=ZONE), datetime(*end, tzinfo=ZONE), paper)
    for start, end, paper in (
        ((2013, 7, 5, 6), (2013, 7, 6, 8), "示气预〔2013〕27号"),
        ((2014, 6, 26, 18), (2014, 6, 27, 18), "示气预〔2014〕19号"),
        ((2015, 6, 27, 0), (2015, 6, 28, 6), "示气预〔2015〕23号"),
        ((2015, 8, 9, 12), (2015, 8, 10, 12), "示气预〔2015〕35号"),
        ((2016, 3, 6, 8), (2016, 3, 6, 20), "示气预〔2016〕11号"),
    )
)
_HASTE: Final = (1.0, 0.6, 0.35, 0.2, 0.1, 0.04)


def tell(desk: Desk, case: Case, chance: Stream, site: Site, plot: Plot | None = None) -> Tale:
    """Tell the way of a case; told again more hurriedly while too many stand where it ends."""
    usual = case.grade
    if plot is not None:
        return _told_plot(desk, case, chance, site, plot)
    tale = _begun(desk, case, site, usual)
    for haste in _HASTE:
        tale = _begun(desk, case, site, usual)
        _walk(tale, chance, haste)
        if desk.admits(tale):
            break
    desk.last[site.pk, case.problem_class_id or 0] = tale
    return tale.finish()


def _begun(desk: Desk, case: Case, site: Site, grade: str) -> Tale:
    case.grade = grade
    return Tale(desk, case, site, grade=grade)


# Intake
def _finder(tale: Tale, chance: Stream) -> tuple[User, str]:
    """Who told of the problem or took it down, and in which words it is filed."""
    city, case = tale.desk.city, tale.case
    day = f"{case.found_at:%m-%d}"
    match case.channel:
        case Case.Channel.INSPECTION:
            return chance.choice(tale.desk.inspectors), f"督查巡查 {day}"
        case Case.Channel.GRID:
            code = tale.site.territory.code
            clerk = city.people.get(code.lower()) or city.people.get(code[:5].lower())
            return clerk or city.people["zhangqiang"], f"网格巡查 {day}"
        case Case.Channel.SUPERIOR:
            return city.people["ducha"], f"市委督查室交办 {day}"
        case Case.Channel.MEDIA:
            return city.posts["U03", Post.Kind.LIAISON], f"媒体曝光 {day}"
        case _:
            return city.people["rexian"], f"12345 转办 {day}"


def _intake(tale: Tale, chance: Stream, haste: float) -> bool:
    """From finding to filing; whether it was filed."""
    case, desk = tale.case, tale.desk
    by, label = _finder(tale, chance)
    case.origin_label = label
    case.found_by = None if case.channel == Case.Channel.PUBLIC else by
    limits = desk.limits_for(case)
    at = case.found_at + timedelta(minutes=chance.randint(3, 26) * max(haste, 0.2))
    if case.channel in {"inspection", "grid", "superior"}:
        return tale.do("file", at, by, limits=limits)
    if not tale.do("to_verify", at, by, limits=limits):
        return False
    wait = timedelta(minutes=chance.randint(25, 420) * haste)
    inspector = chance.choice(desk.inspectors)
    when = desk.open(at + wait)
    if chance.random() < 0.09:
        tale.do("reject", when, chance.choice(desk.dispatchers), reason=chance.choice(REFUSALS))
        return False
    return tale.do("verify", when, inspector, reason="现场核实属实")


def _walk(tale: Tale, chance: Stream, haste: float) -> None:
    """The whole way from finding to archive, as far as time allows."""
    if not _intake(tale, chance, haste):
        return
    _look_back(tale)
    if _merged(tale, chance):
        return
    lead = sites.lead_of(tale.desk.city, tale.site, chance)
    _propose(tale, lead, chance)
    if not _sent(tale, lead, chance, haste):
        return
    if not (_signed(tale, chance, haste) and _fixed(tale, chance, haste)):
        return
    if not _judged(tale, chance, haste):
        return
    if chance.random() < 0.013:
        _again(tale, chance, haste)
    elif not _recent(tale):
        tale.do("archive", _quiet_at(tale), tale.desk.city.people["robot"])


def _recent(tale: Tale) -> bool:
    return _quiet_at(tale) > NOW


def _quiet_at(tale: Tale) -> datetime:
    """The night after thirty quiet days."""
    night = tale.last_at() + timedelta(days=rules.QUIET_DAYS + 1)
    return night.replace(hour=2, minute=30)


def _look_back(tale: Tale) -> None:
    """Whether the same was closed at the same place within thirty days."""
    before = tale.desk.last.get((tale.site.pk, tale.case.problem_class_id or 0))
    if before is None or before.case.closed_at is None:
        return
    if timedelta(0) < tale.case.found_at - before.case.closed_at < timedelta(days=rules.QUIET_DAYS):
        tale.repeat_of = before.case


def _merged(tale: Tale, chance: Stream) -> bool:
    """A second report of what is still open goes into the first case."""
    before = tale.desk.last.get((tale.site.pk, tale.case.problem_class_id or 0))
    if before is None or before.lead is None or before.status == _S.MERGED:
        return False
    at = tale.desk.open(tale.last_at() + timedelta(minutes=12))
    closed = before.case.closed_at
    if (closed is not None and closed <= at) or chance.random() > 0.5:
        return False
    if tale.do("merge", at, chance.choice(tale.desk.dispatchers), into=0):
        tale.joined = before.case
    return True


# The unit
def _propose(tale: Tale, lead: Unit, chance: Stream) -> None:
    kind = tale.site.site_type.title
    way = "属地" if lead.comparison_group == "town" else "行业主管"
    sure = round(chance.triangular(0.6, 0.98, 0.93), 2)
    reason = f"{kind} → {way}" if sure >= rules.CERTAINTY_LINE else "两单位均有先例"
    tale.proposal = (lead, sure, reason)


def _sent(tale: Tale, lead: Unit, chance: Stream, haste: float) -> bool:
    """Dispatched, now and then to the wrong unit first."""
    desk, limits = tale.desk, tale.desk.limits_for(tale.case)
    by = chance.choice(desk.dispatchers)
    wait = timedelta(minutes=chance.lognormvariate(3.2, 0.9) * haste)
    at = tale.last_at() + wait
    at = at if tale.grade == "U" else desk.open(at)
    wrong = chance.random() < 0.045 and limits.return_window is not None and lead.code[0] == "T"
    if not wrong:
        return tale.do("dispatch", at, by, unit=lead, limits=limits, lead=lead.pk)
    first = desk.city.units[chance.choice(("U20", "U19", "U40", "U21"))]
    tale.proposal = (first, round(chance.uniform(0.55, 0.74), 2), "两单位均有先例")
    if not tale.do("dispatch", at, by, unit=first, limits=limits, lead=first.pk):
        return False
    return _bounced(tale, first, lead, chance)


def _bounced(tale: Tale, first: Unit, lead: Unit, chance: Stream) -> bool:
    """Returned with a basis, and sent to the right unit."""
    desk = tale.desk
    why, basis = chance.choice(RETURN_REASONS)
    at = desk.open(tale.last_at() + timedelta(minutes=chance.randint(20, 150)))
    clerk = desk.clerk(first)
    facts = {"from_unit": first.pk, "why": "not_ours", "proposed": lead.pk}
    if not tale.do("return", at, clerk, reason=f"{why}（{basis}）", **facts):
        return False
    at = desk.open(at + timedelta(minutes=chance.randint(8, 90)))
    limits = desk.limits_for(tale.case)
    by = chance.choice(desk.dispatchers)
    return tale.do(
        "dispatch", at, by, reason=f"依据{basis}", unit=lead, limits=limits, lead=lead.pk
    )


def _signed(tale: Tale, chance: Stream, haste: float) -> bool:
    desk, lead = tale.desk, tale.lead
    if lead is None:
        return False
    slow = _SLOW.get(lead.code, (1.0, 0.95))[0]
    middle = 2.2 if tale.grade in {"U", "A"} else 4.15
    wait = timedelta(minutes=chance.lognormvariate(middle, 0.75) * slow * haste)
    at = tale.last_at() + wait
    at = at if tale.grade == "U" else desk.open(at)
    clerk = desk.clerk(lead)
    return tale.do("accept", at, clerk, handler=clerk.pk)


def _fixed(tale: Tale, chance: Stream, haste: float, *, again: bool = False) -> bool:
    """Put right and answered; on the way more time may be asked for and the clock may stop."""
    desk, lead, start = tale.desk, tale.lead, tale.last_at()
    limits = desk.limits_for(tale.case)
    limit = limits.fix or limits.make_safe
    if limit is None or lead is None:
        return False
    due = deadline(start, limit, calendar=desk.calendar).at
    slow = _SLOW.get(lead.code, (1.0, 0.95))[1]
    slow *= _CROWDED if NOW - start < timedelta(days=16) else 1.0
    share = min(chance.lognormvariate(-0.78, 0.5) * slow * haste, 2.8) * (0.45 if again else 1)
    reply = start + (due - start) * share
    if not again:
        _asked(tale, start, due, reply, chance)
        reply = _rained(tale, start, reply, chance)
    reply = reply if tale.grade == "U" else desk.open(reply)
    words = chance.choice(MEASURES)
    if not tale.do(
        "reply", reply, desk.clerk(lead), reason=words, distance_m=chance.randint(1, 18)
    ):
        return False
    tale.measure = words
    return True


def _asked(tale: Tale, start: datetime, due: datetime, reply: datetime, chance: Stream) -> None:
    """Who sees that time runs short asks for more before the limit."""
    desk, lead = tale.desk, tale.lead
    whole = due - start
    if reply < start + whole * 0.85 or whole < timedelta(days=2) or chance.random() > 0.3:
        return
    at = desk.open(start + whole * chance.uniform(0.55, 0.75))
    ruled = desk.open(at + timedelta(minutes=chance.randint(40, 300)))
    if lead is None or ruled >= min(due, reply):
        return
    clerk, days = desk.clerk(lead), chance.randint(1, max(1, whole.days))
    reason = chance.choice(EXTENSION_REASONS)
    if not tale.do("ask_extension", at, clerk, reason=reason, asked_days=days):
        return
    row = Extension(
        case=tale.case, asked_by=clerk, asked_at=tale.last_at(), days=days, reason=reason
    )
    tale.extensions.append(row)
    granted, by = chance.random() < 0.8, desk.city.people["fangyuan"]
    action, answer = (
        ("grant_extension", "情况属实，同意") if granted else ("refuse_extension", "理由不充分")
    )
    if tale.do(action, ruled, by, reason=answer, days=days if granted else 0):
        row.state = Extension.State.GRANTED if granted else Extension.State.REFUSED
        row.decided_by, row.decided_at, row.answer = by, tale.last_at(), answer


def _rained(tale: Tale, start: datetime, reply: datetime, chance: Stream) -> datetime:
    """During a red rain alert the clock stands still; the answer comes so much later."""
    for begin, end, paper in _RAIN:
        if not (max(start, tale.last_at()) < begin < reply and chance.random() < 0.4):
            continue
        by = tale.desk.dispatchers[0]
        if tale.do("pause", begin, by, reason="暴雨红色预警", paper=paper):
            tale.papers.append(("暴雨红色预警", paper))
            done = tale.do("resume", end, by)
            tale.stops.append((begin, end if done else None))
            reply = max(reply, end) + (end - begin)
    return reply


# The check
def _judged(tale: Tale, chance: Stream, haste: float) -> bool:
    """Checked by a person of the headquarters, at times only the second answer passes."""
    desk, grade = tale.desk, tale.grade
    for turn in range(4):
        wait = timedelta(minutes=chance.lognormvariate(4.9 if grade != "A" else 3.0, 0.6) * haste)
        at = tale.last_at() + wait
        at = at if grade == "U" else desk.open(at)
        by = chance.choice(desk.inspectors)
        if turn == 3 or chance.random() > 0.06:
            return tale.do("close", at, by, reason="现场核查，整改到位")
        if not tale.do("send_back", at, by, reason=chance.choice(REWORK_REASONS)):
            return False
        if not _fixed(tale, chance, haste, again=True):
            return False
    return False


def _again(tale: Tale, chance: Stream, haste: float) -> None:
    """Back within thirty days: one grade stricter, to the same unit."""
    desk, lead = tale.desk, tale.lead
    at = desk.open(tale.last_at() + timedelta(days=chance.randint(3, 24)))
    if lead is None or at > NOW:
        return
    tale.grade = tale.case.grade = rules.STRICTER[tale.grade]
    limits = desk.limits_for(tale.case)
    by = chance.choice(desk.dispatchers)
    tale.proposal = (lead, 0.9, "原主办单位")
    tale.do("reopen", at, by, reason="群众反映未解决，回访属实", limits=limits)
    at = desk.open(at + timedelta(minutes=chance.randint(10, 60)))
    if tale.do("dispatch", at, by, unit=lead, limits=limits, lead=lead.pk):
        done = _signed(tale, chance, haste) and _fixed(tale, chance, haste, again=True)
        if done and tale.do(
            "close", desk.open(tale.last_at() + timedelta(hours=2)), chance.choice(desk.inspectors)
        ):
            tale.do("archive", _quiet_at(tale), desk.city.people["robot"])


# The story
def _told_plot(desk: Desk, case: Case, chance: Stream, site: Site, plot: Plot) -> Tale:
    tale = _begun(desk, case, site, case.grade)
    tell_it = _vacant if plot.script == "vacant" else _straight
    tell_it(tale, plot, chance)
    if plot.late:
        tale.late()
        ahead = (tale.track.due_at or NOW) - (NOW - plot.late)
        case.found_at -= ahead
        tale = _begun(desk, case, site, case.grade)
        tell_it(tale, plot, chance)
    tale.late()
    return tale.finish()


def _straight(tale: Tale, plot: Plot, chance: Stream) -> None:
    """As far as the plot says, without detours."""
    desk, case = tale.desk, tale.case
    lead, limits = desk.city.units[plot.lead], desk.limits_for(case)
    by, case.origin_label = _finder(tale, chance)
    case.found_by = None if case.channel == Case.Channel.PUBLIC else by
    minutes = timedelta(minutes=1)
    sure = 0.62 if plot.returns else round(chance.uniform(0.76, 0.97), 2)
    tale.proposal = (lead, sure, f"{site_word(tale)} → {lead.label}")
    start = case.found_at
    if case.channel in {"inspection", "grid", "superior"}:
        tale.do("file", start + 7 * minutes, by, limits=limits)
    else:
        tale.do("to_verify", start + 6 * minutes, by, limits=limits)
        if plot.state == _S.TO_VERIFY:
            return
        tale.do(
            "verify", start + 40 * minutes, chance.choice(desk.inspectors), reason="现场核实属实"
        )
    if plot.state == _S.FILED:
        return
    hai = desk.dispatchers[0]
    tale.do("dispatch", tale.last_at() + 9 * minutes, hai, unit=lead, limits=limits, lead=lead.pk)
    if plot.returns:
        _twice_returned(tale, lead, chance)
        return
    clerk = desk.clerk(lead)
    if plot.state == _S.DISPATCHED:
        return
    tale.do("accept", tale.last_at() + 32 * minutes, clerk, handler=clerk.pk)
    if plot.state in {_S.REPLIED, _S.CLOSED}:
        tale.measure = chance.choice(MEASURES)
        tale.do("reply", NOW - 190 * minutes, clerk, reason=tale.measure, distance_m=4)
    if plot.state == _S.CLOSED:
        tale.do(
            "close", NOW - 70 * minutes, chance.choice(desk.inspectors), reason="现场核查，整改到位"
        )


def site_word(tale: Tale) -> str:
    """The type of the site, as the reason of a proposal says it."""
    return tale.site.site_type.title


def _twice_returned(tale: Tale, first: Unit, chance: Stream) -> None:
    """Two units deny it: it waits for a ruling."""
    desk = tale.desk
    other = desk.city.units["T12"]
    _bounced(tale, first, other, chance)
    at = desk.open(tale.last_at() + timedelta(minutes=50))
    facts = {"from_unit": other.pk, "why": "not_ours", "proposed": first.pk}
    tale.do("return", at, desk.clerk(other), reason="属行业主管部门职责（部门三定规定）", **facts)
    tale.proposal = (first, 0.62, "两单位均有先例")


def _vacant(tale: Tale, _plot: Plot, _chance: Stream) -> None:
    """The vacant lot by 津南路 38, minute by minute."""
    desk, case, people = tale.desk, tale.case, tale.desk.city.people
    units, limits = desk.city.units, desk.limits_for(case)
    hai, clerk, other = people["wanghaiyan"], people["liuwen"], desk.clerk(units["U40"])
    case.found_by, case.origin_label = people["liming"], "南线巡查 03-05"
    tale.proposal = (units["U40"], 0.71, "待建地 → 产权单位")

    def at(day: int, hour: int, minute: int) -> datetime:
        return datetime(2016, 3, day, hour, minute, tzinfo=ZONE)

    tale.do("file", at(5, 9, 40), people["liming"], limits=limits)
    tale.do("dispatch", at(5, 10, 4), hai, unit=units["U40"], limits=limits, lead=units["U40"].pk)
    tale.do(
        "return",
        at(5, 11, 10),
        other,
        reason="地块 2015-11 已移交街道（示国土移〔2015〕33号）",
        from_unit=units["U40"].pk,
        why="handed_over",
        proposed=units["T03"].pk,
    )
    basis = "依据示国土移〔2015〕33号"
    tale.do(
        "dispatch",
        at(5, 11, 22),
        hai,
        reason=basis,
        unit=units["T03"],
        limits=limits,
        lead=units["T03"].pk,
    )
    tale.do("accept", at(5, 15, 42), clerk, handler=clerk.pk)
    tale.do("pause", at(6, 8, 0), hai, reason="暴雨红色预警", paper="示气预〔2016〕11号")
    tale.do("resume", at(6, 20, 0), hai)
    tale.stops.append((at(6, 8, 0), at(6, 20, 0)))
    tale.papers.append(("暴雨红色预警", "示气预〔2016〕11号"))
    tale.measure = "清运 6 立方米，设围挡 42 米，公示牌 1 块"
    tale.do("reply", at(8, 10, 20), clerk, reason=tale.measure, distance_m=4)
