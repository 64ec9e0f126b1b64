"""Readiness kept in memory, so that one changed figure costs what reads it and nothing else.

Used to tell what a figure would do before it is entered. Nothing here is stored.
"""

from typing import Any

from tongchuang.assessment.inputs import Article, Inputs
from tongchuang.assessment.judging import Line, judge, judge_article
from tongchuang.assessment.models import Figure
from tongchuang.assessment.rules import Lines
from tongchuang.assessment.whole import Standing, facts_of, standing_of

_YEAR = len("2015")


class Live:
    """One campaign and month: its cells, what every article says, and who reads which measure."""

    def __init__(self, found: Inputs, lines: Lines) -> None:
        """Judge everything once."""
        self.found, self.lines = found, lines
        self.cells: dict[int, list[Line]] = {article.clause.pk: [] for article in found.articles}
        for cell in judge(found, lines):
            self.cells[cell.article.clause.pk].append(cell)
        self._articles = {article.clause.pk: article for article in found.articles}
        self._standings = {key: self._standing(key) for key in self._articles}
        self._readers = _readers(found)

    def facts(self) -> dict[str, Any]:
        """Readiness as it is kept with a snapshot."""
        return facts_of(self.found, self._standings, self.lines)

    def put(self, figure: Figure) -> set[int]:
        """Take a figure as the current one; gives the keys of the articles that read it.

        As `inputs.gather` would: an older figure does not replace a younger one, and a figure
        outside the months that count is left out.
        """
        key = figure.measure_id, figure.unit_id
        if figure.unit_id not in self.found.units or figure.period > self.found.period:
            return set()
        if len(figure.period) == _YEAR and key in self.found.yearly:
            self.found.yearly[key][int(figure.period)] = figure
        known = self.found.figures.get(key)
        oldest = str(self.found.day.year - self.lines.figure_years)
        if figure.period >= oldest and (known is None or known.period <= figure.period):
            self.found.figures[key] = figure
        touched = self._readers.get(figure.measure_id, set())
        for article in touched:
            self.cells[article] = judge_article(self.found, self._articles[article], self.lines)
            self._standings[article] = self._standing(article)
        return touched

    def _standing(self, key: int) -> Standing:
        return standing_of(self.found, self._articles[key], self.cells[key], self.lines)


def _readers(found: Inputs) -> dict[int, set[int]]:
    """For every measure the articles that read it: their own, over twins, over carried results."""
    readers: dict[int, set[int]] = {}
    for article in found.articles:
        for measure in _read_by(found, article):
            readers.setdefault(measure, set()).add(article.clause.pk)
    return readers


def _read_by(found: Inputs, article: Article) -> set[int]:
    read: set[int] = set()
    for clause in article.judged:
        own = {measure.pk for measure in found.asks(clause).measures.values()}
        twins = {twin.measure.pk for pk in own for twin in found.crosswalk.twins.get(pk, ())}
        there = [source.clause for source in found.crosswalk.sources.get(clause.pk, ())]
        reached = {measure.pk for other in there for measure in found.asks(other).measures.values()}
        read |= own | twins | reached
    return read
