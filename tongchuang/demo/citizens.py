"""What citizens told: reports behind the cases that came from the public, answers, ratings."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from tongchuang.cases.models import Case
from tongchuang.core.audit import Entry
from tongchuang.demo import loading
from tongchuang.demo.city import NOW, City
from tongchuang.demo.stream import Stream
from tongchuang.demo.tale import Tale
from tongchuang.demo.words import ANSWERS, CITIZEN_TEXTS, PLACE_WORDS
from tongchuang.public.models import Report, ReportPhoto

_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_COMMENTS: Final = ("处理很快", "比以前好多了", "希望能保持", "过两天又脏了", "感谢", "")


def tell(city: City) -> None:
    """Insert the newest reports of the public, linked to their cases."""
    tales = [tale for tale in city.known["tales"] if tale.case.channel == Case.Channel.PUBLIC]
    chance = city.stream("citizens")
    codes: set[str] = set()
    pairs = [(tale, _report(city, tale, codes, chance)) for tale in tales[-city.size.reports :]]
    loading.insert(report for _tale, report in pairs)
    loading.insert(
        ReportPhoto(report=report, file=city.known["album"].of(tale, recent=True)[0])
        for tale, report in pairs
        if chance.random() < 0.6
    )
    for tale, report in pairs:
        city.entries += _events(city, tale, report)
    city.counts["reports"] = len(pairs)


def _code(codes: set[str], chance: Stream) -> str:
    """A tracking code nobody has yet."""
    while True:
        code = "".join(chance.choice(_LETTERS) for _n in range(8))
        if code not in codes:
            codes.add(code)
            return code


def _report(city: City, tale: Tale, codes: set[str], chance: Stream) -> Report:
    case, kind = tale.case, tale.case.problem_class
    where = f"{tale.site.address}{chance.choice(PLACE_WORDS)}"
    what = kind.title.replace("、", "和") if kind else "脏乱"
    report = Report(
        tracking_code=_code(codes, chance),
        city=city.units["349900"],
        title=f"{where}{what}"[:120],
        text=chance.choice(CITIZEN_TEXTS).format(where=where, what=what),
        problem_class=kind,
        topic=_topic(kind.code if kind else ""),
        site=tale.site,
        address=where,
        lon=case.lon,
        lat=case.lat,
        accuracy_m=case.accuracy_m,
        contact=f"199{chance.randint(0, 99999999):08d}" if chance.random() < 0.45 else "",
        at=case.found_at,
        case=case,
        acknowledged_at=tale.steps[0].at,
    )
    _answer(city, tale, report, chance)
    return report


_TOPICS: Final = (
    (Report.Topic.TOILET, ("toilet",)),
    (Report.Topic.SEWAGE, ("sewer", "water", "ditch", "discharge")),
    (Report.Topic.STREET, ("trading", "overflow", "parking", "blocked", "market")),
    (Report.Topic.PESTS, ("rat", "fly", "cockroach", "stagnant", "poultry")),
    (Report.Topic.WASTE, ("rubbish", "bin", "waste", "dumping", "corner", "dirty")),
)


def _topic(code: str) -> str:
    """Under which of the six headings of the public page a problem class falls."""
    found = (topic for topic, words in _TOPICS if any(word in code for word in words))
    return str(next(found, Report.Topic.OTHER))


def _answer(city: City, tale: Tale, report: Report, chance: Stream) -> None:
    """Answered at the end of the case or its refusal; half of the citizens rate it."""
    end = tale.case.closed_at or tale.at_of("reject")
    if end is None or end + timedelta(hours=2) > NOW:
        return
    report.answered_at = end + timedelta(minutes=chance.randint(20, 115))
    report.answered_by = city.people["rexian"]
    report.answering_unit = tale.lead or city.units["U32"]
    report.answer = (
        chance.choice(ANSWERS).format(unit=tale.lead.label)
        if tale.lead
        else f"经核实：{tale.reasons[-1]}。"
    )
    rated = report.answered_at + timedelta(hours=chance.randint(2, 60))
    if tale.lead and chance.random() < 0.55 and rated < NOW:
        report.rating = chance.choices((5, 4, 3, 2, 1), (46, 30, 13, 7, 4))[0]
        report.solved = report.rating > 2
        report.rated_at, report.comment = rated, chance.choice(_COMMENTS)


def _events(city: City, tale: Tale, report: Report) -> Iterator[Entry]:
    yield Entry(report, "submit", None, after={"case": tale.case.pk}, at=report.at)
    if report.answered_at:
        clerk = city.people["rexian"]
        yield Entry(report, "answer", clerk, after={"answer": report.answer}, at=report.answered_at)
