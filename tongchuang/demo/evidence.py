"""Figures of the measures and papers of the dossiers, with the gaps that a city has."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from tongchuang.accounts.models import Post
from tongchuang.assessment.models import Figure
from tongchuang.campaigns.services import plan_assignments
from tongchuang.core import search
from tongchuang.core.audit import Entry
from tongchuang.demo import loading, special
from tongchuang.demo.city import NOW, City, local
from tongchuang.demo.stream import Stream
from tongchuang.dossiers.models import Paper
from tongchuang.dossiers.queries import asked_by_article
from tongchuang.dossiers.services import search_text
from tongchuang.standards.models import Clause, Mapping, Measure

_YEARS: Final = ("2013", "2014", "2015")
# Values of three years for measures with a story; None is a year nobody has reported.
_TOLD: Final[dict[str, tuple[str | None, str | None, str | None]]] = {
    "群众对卫生状况满意率": ("84.2", "88.1", "90.6"),
    "建成区绿化覆盖率": ("35.8", "36.6", "37.2"),
    "人均公园绿地面积": ("8.1", "8.6", "8.9"),
    "标准化菜市场达标率": ("42", "51", "63"),
    "生活污水集中处理率": ("78.4", "83.1", "86.3"),
    "垃圾清运率": ("86", "91", "94"),
    "AQI≤100天数": (None, "288", "306"),
    "每千人口社会体育指导员": (None, None, "1.7"),
    "四害密度等级": (None, "4", "3"),
    "防蚊蝇和防鼠设施合格率": ("88.1", "92.4", "95.6"),
    "建成区烟草广告数": ("12", "3", "0"),
    "餐饮服务量化分级管理率": ("82", "88", "94"),
    "实验室检验设备装备达标率": (None, None, None),
    "婴儿死亡率": ("6.8", "6.1", "5.4"),
    "5岁以下儿童死亡率": ("9.2", "8.4", "7.7"),
    "城市道路装灯率": ("96.5", "98.2", "100"),
    "严重精神障碍患者管理率": ("68.0", "74.5", "79.2"),
}
_PAPERS: Final = (
    ("工作方案", "示{word}〔{year}〕{n}号", 6),
    ("工作总结", "示{word}〔{year}〕{n}号", 8),
    ("会议纪要", "示{word}纪〔{year}〕{n}号", 4),
    ("检查记录", "", 12),
    ("工作台账", "", 30),
    ("宣传活动照片说明", "", 2),
    ("培训签到与课件", "", 9),
    ("监测报告", "示{word}测〔{year}〕{n}号", 11),
)


def gather(city: City) -> None:
    """Insert figures, papers, and a special round on what papers cannot prove."""
    special.look(city)
    yearbooks = _yearbooks(city)
    papers = [*_papers(city), *((paper, []) for paper in yearbooks.values())]
    for paper, _clauses in papers:
        _review(city, paper)
    loading.insert(paper for paper, _clauses in papers)
    figures = list(_figures(city, yearbooks))
    loading.insert(figures)
    search.index_many("paper", ((paper.pk, search_text(paper)) for paper, _clauses in papers))
    loading.link(Paper.clauses, ((paper.pk, c.pk) for paper, found in papers for c in found))
    for paper, _clauses in papers:
        city.entries += _paper_events(paper)
    city.counts |= {"figures": len(figures), "papers": len(papers)}


# Figures
def _yearbooks(city: City) -> dict[str, Paper]:
    """By year the report of the statistics office, which proves all figures of the year."""
    unit = city.units["U09"]
    return {
        year: Paper(
            campaign=city.campaign(),
            unit=unit,
            title=f"{year} 年统计年报",
            issuer=unit.name,
            dated_on=date(int(year) + 1, 2, 1),
            year=int(year),
            pages=96,
            kept_at="统计局档案室 1 柜 1 盒",
            status=Paper.Status.ACCEPTED,
            registered_by=city.posts["U09", Post.Kind.ARCHIVIST],
            registered_at=local(date(int(year) + 1, 2, 10), 9, 30),
        )
        for year in _YEARS
    }


def _figures(city: City, yearbooks: dict[str, Paper]) -> Iterator[Figure]:
    chance = city.stream("figures")
    for measure in _reported(city):
        told = _TOLD.get(measure.name) or _drawn(measure, chance)
        for year, value in zip(_YEARS, told, strict=True):
            if value is not None:
                yield Figure(
                    measure=measure,
                    unit=city.units["349900"],
                    period=year,
                    value=Decimal(value),
                    source=f"{year} 年统计年报第 {chance.randint(3, 80)} 页",
                    paper=yearbooks[year],
                    entered_by=city.people["hejing"],
                    entered_at=local(date(int(year) + 1, 2, 20), 10, chance.randrange(60)),
                )


def _reported(city: City) -> list[Measure]:
    """What the city reports: all of its main standard, and of the others what only they ask for.

    A figure that another standard has already is held there once.
    """
    main = city.campaign().framework_id
    held = Mapping.objects.filter(same_quantity=True, source__framework=main)
    others = [row.framework_id for row in city.campaigns.values() if row.framework_id != main]
    own = Measure.objects.filter(clause__framework=main).order_by("ordinal", "id")
    only = Measure.objects.filter(clause__framework__in=others, threshold__isnull=False)
    only = only.exclude(pk__in=held.values("target_measure"))
    return [*own, *only.order_by("clause__framework", "ordinal", "id")]


def _drawn(measure: Measure, chance: Stream) -> tuple[str | None, ...]:
    """Values that close in on the target; mostly a little better than asked."""
    if measure.threshold is None or measure.op not in {">=", "<=", ">", "<"}:
        return ("0", "0", "0") if measure.op == "==" else (None, None, None)
    target, sign = float(measure.threshold), 1 if measure.op in {">=", ">"} else -1
    whole = measure.unit == "%"
    values = []
    for off in (-0.06, -0.02, chance.choice((0.01, 0.02, 0.03, -0.01))):
        value = target * (1 + sign * off)
        values.append(f"{min(value, 100.0) if whole else value:.1f}")
    return tuple(values) if chance.random() < 0.85 else (None, values[1], values[2])


# Papers
_STEP: Final = 8  # one in eight of the papers asked for is not accepted yet


def _papers(city: City) -> Iterator[tuple[Paper, list[Clause]]]:
    """Most of what the articles ask for, then papers over clauses and years up to the size."""
    leads = _leads(city)
    city.known["asked"] = asked_by_article(city.campaign().framework_id)
    city.known["open"] = {key for n, key in enumerate(_wanted(city)) if n % _STEP == _STEP // 2}
    yield from _owed(city, leads)
    chance = city.stream("papers")
    for n in range(max(0, city.size.papers - len(_wanted(city)))):
        clause, code = leads[n % len(leads)]
        text = _requirement(city, clause, n)
        year = (2013, 2014, 2015, 2015, 2016)[n % 5]
        yield _paper(city, clause, code, year, n, chance, text), [clause]


def _wanted(city: City) -> list[tuple[int, str]]:
    """Article and text of every paper asked for, in order."""
    asked: dict[int, tuple[str, ...]] = city.known["asked"]
    return [(article, text) for article, texts in asked.items() for text in texts]


def _owed(city: City, leads: list[tuple[Clause, str]]) -> Iterator[tuple[Paper, list[Clause]]]:
    """One accepted paper of 2015 for what each article asks for; of the gaps every second waits."""
    chance, units = city.stream("owed papers"), {_article(c): (c, code) for c, code in leads[::-1]}
    for n, (article, text) in enumerate(_wanted(city)):
        clause, code = units.get(article, leads[0])
        is_open = (article, text) in city.known["open"]
        if is_open and n // _STEP % 2:
            continue
        paper = _paper(city, clause, code, 2016 if is_open else 2015, n, chance, text)
        paper.title = f"{paper.unit.label}{paper.year}年{text}"[:160]
        paper.status = Paper.Status.REGISTERED if is_open else Paper.Status.ACCEPTED
        yield paper, [clause]


def _article(clause: Clause) -> int:
    is_part = clause.level == Clause.Level.REQUIREMENT and clause.parent_id
    return clause.parent_id if is_part and clause.parent_id else clause.pk


def _leads(city: City) -> list[tuple[Clause, str]]:
    """Clauses with the unit that leads them by the rule; the health commission where none does."""
    found = [(row.clause, row.lead.code) for row in plan_assignments(city.campaign()).proposed]
    clauses = Clause.objects.filter(framework=city.campaign().framework, level="requirement")
    return found or [(clause, "U11") for clause in clauses.order_by("ordinal")]


def _paper(
    city: City, clause: Clause, code: str, year: int, n: int, chance: Stream, text: str
) -> Paper:
    unit = city.units[code]
    kind, number, pages = _PAPERS[n % len(_PAPERS)]
    latest = date(2016, 3, 6) if year == 2016 else date(year, 12, 28)
    dated = latest - timedelta(days=chance.randint(0, 50 if year == 2016 else 340))
    word = unit.label[:1] + "发"
    return Paper(
        campaign=city.campaign(),
        unit=unit,
        requirement=text,
        file_id=_scan(city, kind, n),
        title=f"{unit.label}{year}年{clause.title}{kind}"[:160],
        document_no=number.format(word=word, year=year, n=chance.randint(1, 90)),
        issuer=unit.name,
        dated_on=dated,
        year=year,
        pages=pages + chance.randint(0, 5),
        kept_at=f"{unit.label}档案室 {chance.randint(1, 6)} 柜 {chance.randint(1, 24)} 盒",
        status=_status(year, chance, is_open=(_article(clause), text) in city.known["open"]),
        registered_by=city.posts[code, Post.Kind.ARCHIVIST],
        registered_at=min(NOW, local(dated + timedelta(days=chance.randint(2, 40)), 15, 20)),
    )


def _requirement(city: City, clause: Clause, n: int) -> str:
    """One after another of what the clause, or an article's requirements, ask for."""
    asked = clause.evidence or city.known["asked"].get(clause.pk, ())
    return str(asked[n // 7 % len(asked)])[:120] if asked else ""


def _scan(city: City, kind: str, n: int) -> int | None:
    """A drawn photo as the file of papers that are about photos; the others stand in cupboards."""
    if kind != "宣传活动照片说明":
        return None
    pairs = city.known["album"].pairs["rubbish"]
    return int(pairs[n % len(pairs)][1].pk)


def _status(year: int, chance: Stream, *, is_open: bool) -> str:
    weights = (14, 78, 8) if year < 2016 else (55, 35, 10)
    if is_open:
        weights = (30, 0, 70)
    return chance.choices(
        (Paper.Status.REGISTERED, Paper.Status.ACCEPTED, Paper.Status.RETURNED), weights
    )[0]


def _review(city: City, paper: Paper) -> None:
    """Who accepted or returned a paper, three days after it was registered."""
    if paper.status == Paper.Status.REGISTERED:
        return
    paper.reviewed_by = city.people["hejing"]
    paper.reviewed_at = min(NOW, paper.registered_at + timedelta(days=3))
    if paper.status == Paper.Status.RETURNED:
        paper.return_reason, paper.returns = "缺签发页，数据与统计口径不一致", 1


def _paper_events(paper: Paper) -> Iterator[Entry]:
    at = paper.registered_at
    yield Entry(paper, "register", paper.registered_by, after={"status": "registered"}, at=at)
    if paper.reviewed_by:
        yield Entry(
            paper,
            "accept" if paper.status == Paper.Status.ACCEPTED else "return",
            paper.reviewed_by,
            reason=paper.return_reason,
            before={"status": "registered"},
            after={"status": str(paper.status)},
            at=paper.reviewed_at,
        )
