"""Two loaded editions with what their comparison says, as the survey asks for it."""

from collections import defaultdict
from functools import cached_property

from django.utils.translation import gettext as _

from tongchuang.changeover.rules import NOWHERE, Asked, Landing, Link, landings
from tongchuang.dossiers.queries import asked_by_article
from tongchuang.standards.edition_files import compared, edition_mapping
from tongchuang.standards.models import Clause, DataFile, Framework, Mapping, Measure
from tongchuang.standards.rules.editions import Compared, MeasureRow
from tongchuang.standards.rules.suggesting import grams, overlap


class Editions:
    """The old and the new edition of one standard."""

    def __init__(self, old: Framework, new: Framework) -> None:
        self.old, self.new = old, new
        self._grams: dict[str, frozenset[str]] = {}

    @cached_property
    def comparison(self) -> Compared:
        """The comparison page's own. Raises `BrokenFile`."""
        files = {
            row.code: row
            for row in DataFile.objects.filter(
                kind="framework", code__in=[self.old.code, self.new.code]
            )
        }
        return compared(files[self.old.code], files[self.new.code])

    @cached_property
    def old_clauses(self) -> dict[str, Clause]:
        """Clauses of the old edition by code."""
        return {c.code: c for c in Clause.objects.filter(framework=self.old).order_by("ordinal")}

    @cached_property
    def new_clauses(self) -> dict[str, Clause]:
        """Clauses of the new edition by code."""
        return {c.code: c for c in Clause.objects.filter(framework=self.new).order_by("ordinal")}

    @cached_property
    def order(self) -> dict[str, int]:
        """Where an old clause stands."""
        return {code: clause.ordinal for code, clause in self.old_clauses.items()}

    @cached_property
    def _landings(self) -> dict[str, Landing]:
        return landings(
            Link((row.old or {}).get("id", ""), (row.new or {}).get("id", ""), row.reason)
            for row in self.comparison.rows
        )

    def landing(self, code: str) -> Landing:
        """Where the article of an old clause lands; a chapter lands nowhere."""
        return self._landings.get(self._article(code), NOWHERE)

    def is_article(self, code: str) -> bool:
        """Whether the comparison speaks of the clause itself."""
        return code in self._landings

    def _article(self, code: str) -> str:
        clause = self.old_clauses.get(code)
        above = clause.path.split("/") if clause else []
        return next((part for part in reversed(above) if part in self._landings), "")

    # Requirements and asked papers
    def asked(self, code: str) -> Asked:
        """An old requirement as it is compared."""
        return _words(self.old_clauses[code])

    def requirements(self, landing: Landing) -> list[Asked]:
        """The requirements of the articles where something lands, in reading order."""
        return [one for target in landing.targets for one in self._below.get(target, ())]

    @cached_property
    def _below(self) -> dict[str, list[Asked]]:
        found: dict[str, list[Asked]] = defaultdict(list)
        for clause in self.new_clauses.values():
            for above in clause.path.split("/")[:-1]:
                found[above].append(_words(clause))
        return found

    @cached_property
    def _papers(self) -> dict[str, list[Asked]]:
        codes = {clause.pk: code for code, clause in self.new_clauses.items()}
        return {
            codes[pk]: [Asked(codes[pk], text) for text in texts]
            for pk, texts in asked_by_article(self.new.pk).items()
        }

    def papers(self, landing: Landing) -> list[Asked]:
        """The papers that the articles ask for where something lands."""
        return [one for target in landing.targets for one in self._papers.get(target, ())]

    def like(self, one: str, other: str) -> float:
        """How alike two texts are, in [0, 1]."""
        return overlap(self._of(one), self._of(other))

    def _of(self, text: str) -> frozenset[str]:
        if text not in self._grams:
            self._grams[text] = grams(text)
        return self._grams[text]

    def name(self, code: str) -> str:
        """The title of a new clause or figure; the code where there is none."""
        clause, measure = self.new_clauses.get(code), self.measures.get(code)
        return clause.title if clause else measure.name if measure else code

    def name_of_old(self, pk: int) -> str:
        """The title of an old clause by its key."""
        return self._old_names.get(pk, "")

    @cached_property
    def _old_names(self) -> dict[int, str]:
        return {clause.pk: clause.title for clause in self.old_clauses.values()}

    # Figures
    @cached_property
    def measures(self) -> dict[str, Measure]:
        """Measures of both editions by code."""
        rows = Measure.objects.filter(clause__framework__in=[self.old, self.new])
        return {row.code: row for row in rows.select_related("clause")}

    @cached_property
    def _linked(self) -> dict[str, MeasureRow]:
        rows = self.comparison.measures
        return {row.old["id"]: row for row in rows if row.old and row.new}

    @cached_property
    def by_figure(self) -> dict[str, list[str]]:
        """For an old requirement the new ones whose figure took the place of its own."""
        found: dict[str, list[str]] = defaultdict(list)
        for old, row in self._linked.items():
            new = row.new["id"] if row.new else ""
            if old in self.measures and new in self.measures:
                found[self.measures[old].clause.code].append(self.measures[new].clause.code)
        return found

    @cached_property
    def _same(self) -> set[str]:
        """Old figures that are the same quantity in the new edition."""
        said = edition_mapping(self.old.code, self.new.code)
        if said is None:
            return set(self._linked)
        return {link["old"] for link in said["measures"] if link["same_quantity"]}

    @cached_property
    def _refused(self) -> set[tuple[str, str]]:
        rows = Mapping.objects.filter(
            active=True,
            review=Mapping.Review.REFUSED,
            source_measure__in=[row.pk for row in self.measures.values()],
            target_measure__in=[row.pk for row in self.measures.values()],
        )
        return set(rows.values_list("source_measure__code", "target_measure__code"))

    def figure(self, code: str) -> tuple[str, str]:
        """The new figure that the values of an old one count for, or "", and why in words."""
        row = self._linked.get(code)
        if row is None or row.new is None:
            return "", _("新版没有这个指标，原数值留存可查。")
        old, new = self.measures[code], self.measures[row.new["id"]]
        if code not in self._same:
            return "", row.reason + _("不是同一个量，原数值留存，新版另行填报。")
        if old.unit != new.unit:
            words = _("计量单位不同（%(old)s、%(new)s），不换算，原数值留存。")
            return "", words % {"old": old.unit or "–", "new": new.unit or "–"}
        if (old.code, new.code) in self._refused:
            return "", _("有人复核过这两个指标，认为不能互用，原数值留存。")
        if row.kind == "same":
            return new.code, _("同一个量，目标不变，原数值继续有效。")
        words = _("同一个量，目标由“%(old)s”改为“%(new)s”，原数值按新目标比。")
        return new.code, words % {"old": old.target or "–", "new": new.target or "–"}


def _words(clause: Clause) -> Asked:
    return Asked(clause.code, f"{clause.title} {clause.text}")
