"""Reading rounds: lists, what was drawn, coverage, results and findings."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import (
    Avg,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import can
from tongchuang.accounts.queries import PastNames
from tongchuang.inspections import rules
from tongchuang.inspections.models import Answer, Draw, Round, Visit
from tongchuang.places.queries import streets

FINISHED = Visit.Status.FINISHED


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """Drawn and visited places of one type or territory; `key` for the address."""

    key: str
    label: str
    coverage: rules.Coverage


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """What a round has brought: points in [0, 100], None while nothing was scored."""

    coverage: rules.Coverage
    score: Decimal | None
    below: int
    findings: int


def round_list(user: User, *, status: str = "") -> QuerySet[Round]:
    """Rounds that `user` may see, with `drawn` and `visited`; without their frames."""
    rounds = Round.objects.visible_to(user).defer("frame", "questions")
    rounds = rounds.select_related("campaign__city").prefetch_related("also")
    if status:
        rounds = rounds.filter(status=status)
    return rounds.annotate(
        drawn=_number(Draw.objects.all()),
        visited=_number(Visit.objects.filter(status=FINISHED)),
    )


def _number(rows: QuerySet[Draw] | QuerySet[Visit]) -> Coalesce:
    counted = rows.filter(round=OuterRef("pk")).order_by().values("round").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)


def drawn_sites(one: Round, user: User, *, state: str = "") -> QuerySet[Draw]:
    """What was drawn, as far as `user` may know it, with `seen` and `visit_id`.

    Who neither plans nor inspects learns of a place only after the visit, else no visit would be
    a surprise.
    """
    visits = Visit.objects.filter(round=OuterRef("round"), site=OuterRef("site"))
    done = visits.filter(status=FINISHED)
    draws = one.draws.select_related("site__site_type", "site__territory", "inspector").annotate(
        seen=Exists(done),
        visit_id=Subquery(visits.values("pk")[:1]),
        score=Subquery(done.values("score")[:1]),
        failed=Subquery(done.values("failed")[:1]),
    )
    if not can(user, "inspections.plan", one):
        draws = draws.filter(Q(seen=True) | Q(inspector=user))
        if not can(user, "inspections.view", one):
            mine = Visit.objects.visible_to(user).filter(round=one).values("site")
            draws = draws.filter(Q(site__in=mine) | Q(inspector=user))
    return draws.filter(seen=state == "visited") if state else draws


def coverage_by_type(one: Round) -> list[CoverageLine]:
    """Drawn and visited places by site type."""
    drawn = _counted(one.draws.all(), "site__site_type__code", "site__site_type__title")
    seen = dict(_pairs(_seen(one), "site__site_type__code"))
    return [
        CoverageLine(code, title, rules.Coverage(seen.get(code, 0), number))
        for code, title, number in drawn
    ]


def coverage_by_street(one: Round, names: PastNames) -> list[CoverageLine]:
    """Drawn and visited places by street, town and zone; those without any are left out."""
    drawn = list(_pairs(one.draws.all(), "site__territory__path"))
    seen = list(_pairs(_seen(one), "site__territory__path"))
    units = list(streets(one.campaign.city))
    names.show((unit, one.from_on) for unit in units)
    lines = [
        CoverageLine(
            unit.code, unit.label, rules.Coverage(_under(unit.path, seen), _under(unit.path, drawn))
        )
        for unit in units
    ]
    return [line for line in lines if line.coverage.whole]


def _seen(one: Round) -> QuerySet[Visit]:
    return one.visits.filter(status=FINISHED)


def _counted(rows: QuerySet[Draw], *names: str) -> Iterable[tuple[str, str, int]]:
    return rows.order_by(names[0]).values_list(*names).annotate(n=Count("pk"))


def _pairs(rows: QuerySet[Draw] | QuerySet[Visit], name: str) -> Iterable[tuple[str, int]]:
    return rows.order_by().values_list(name).annotate(n=Count("pk"))


def _under(path: str, pairs: Iterable[tuple[str, int]]) -> int:
    return sum(number for one, number in pairs if one.startswith(path))


def round_figures(one: Round) -> RoundFigures:
    """Coverage, mean score, visits below the pass line, findings; three queries."""
    facts = _seen(one).aggregate(
        seen=Count("pk"), mean=Avg("score"), below=Count("pk", filter=Q(score__lt=rules.PASS_LINE))
    )
    mean = facts["mean"]
    findings = Answer.objects.filter(visit__round=one, case__isnull=False).count()
    return RoundFigures(
        rules.Coverage(facts["seen"], one.draws.count()),
        None if mean is None else Decimal(mean).quantize(Decimal("0.01")),
        facts["below"],
        findings,
    )


def findings_of(one: Round, user: User, *, most: int = 50) -> list[Answer]:
    """Failed items of the round that became cases, the latest first, as far as visible."""
    visits = Visit.objects.visible_to(user).filter(round=one)
    found = Answer.objects.filter(visit__in=visits, case__isnull=False)
    return list(found.select_related("visit__site", "item", "case").order_by("-id")[:most])


def redraw_agrees(one: Round) -> bool | None:
    """Draw again from the kept frame and compare; None where no frame was kept."""
    if not one.frame:
        return None
    sites = (rules.Candidate(code, kind) for kind, codes in one.frame.items() for code in codes)
    again = rules.draw(sites, one.sample_size, one.seed, per_type=one.per_type)
    kept = one.draws.order_by("ordinal").values_list("site__code", flat=True)
    return [site.code for site in again] == list(kept)
