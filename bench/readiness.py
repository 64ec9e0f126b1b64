"""Readiness in memory: many standards, clauses, units and months, whole and after one fact.

`python -m bench.readiness [frameworks clauses units periods]` prints one line of JSON. No database
is read: what is measured is the judging itself. Every unit is a place with a figure of its own for
every clause that asks for one, which is the densest city there can be.
"""

import json
import sys
from datetime import UTC, datetime
from decimal import Decimal
from time import process_time

import bench.django_setup  # noqa: F401  before the models

# isort: split
from tongchuang.accounts.models import Unit
from tongchuang.assessment.inputs import Article, Inputs
from tongchuang.assessment.judging import judge
from tongchuang.assessment.live import Live
from tongchuang.assessment.models import Figure
from tongchuang.assessment.rules import Lines
from tongchuang.assessment.whole import readiness_facts
from tongchuang.campaigns.models import Campaign
from tongchuang.inspections.queries import ChecklistRates
from tongchuang.standards.models import Clause, Measure, Rule

CUT = datetime(2016, 3, 31, tzinfo=UTC)


def made(number: int, clauses: int, units: int, period: str) -> Inputs:
    """The inputs of one campaign and month: four clauses in five ask for a figure."""
    places = [
        Unit(pk=one, code=f"u{one}", kind=Unit.Kind.STREET, path=f"0001{one:04}")
        for one in range(1, units + 1)
    ]
    campaign = Campaign(pk=number, code=f"c{number}", city_id=1)
    first = number * clauses
    articles = [Article(_clause(first + one), []) for one in range(1, clauses + 1)]
    found = Inputs(campaign, period, CUT, articles, {one.pk: one for one in places}, places)
    found.rates = ChecklistRates({}, {}, {})
    for article in articles:
        for measure in article.clause.measures.all():
            for place in places:
                value = Decimal(80 + (measure.pk + place.pk) % 20)
                found.figures[measure.pk, place.pk] = Figure(
                    pk=place.pk, measure=measure, unit=place, period=period, value=value
                )
    return found


def _clause(number: int) -> Clause:
    clause = Clause(pk=number, code=f"a{number}", level=Clause.Level.ARTICLE, evidence=["总结"])
    with_figure = number % 5 != 0
    measure = Measure(
        pk=number, code=f"m{number}", clause=clause, op=">=", threshold=Decimal(85), unit="%"
    )
    kind = Rule.Kind.THRESHOLD if with_figure else Rule.Kind.MANUAL
    rule = Rule(clause=clause, kind=kind, params={"measure": measure.code} if with_figure else {})
    kept = {"rules": [rule], "measures": [measure] if with_figure else [], "site_types": []}
    for name, rows in kept.items():
        manager = getattr(clause, name)
        rows_of = manager.none()
        rows_of._result_cache = rows
        rows_of._prefetch_done = True
        clause.__dict__.setdefault("_prefetched_objects_cache", {})[name] = rows_of
    return clause


def main() -> None:
    """Measure and print."""
    frameworks, clauses, units, periods = (
        int(text) for text in (sys.argv[1:] or ("8", "500", "100", "12"))
    )
    used, whole, once, cells = Lines(), 0.0, 0.0, 0
    for number in range(frameworks):
        for month in range(1, periods + 1):
            found = made(number, clauses, units, f"2015-{month:02}")
            began = process_time()
            judged = judge(found, used)
            readiness_facts(found, judged, used)
            whole += process_time() - began
            cells += len(judged)
            if month == periods:
                once = max(once, _one_fact(found, used))
    print(json.dumps({"cells": cells, "seconds": whole, "one_fact_ms": once * 1000}))


def _one_fact(found: Inputs, used: Lines) -> float:
    """Seconds that one changed figure costs where everything is kept in memory."""
    live = Live(found, used)
    figure = next(iter(found.figures.values()))
    figure = Figure(
        measure=figure.measure, unit=figure.unit, period=figure.period, value=Decimal(10)
    )
    began = process_time()
    live.put(figure)
    live.facts()
    return process_time() - began


if __name__ == "__main__":
    main()
