"""Two editions of a standard clause by clause: kept, renamed, split, merged, added, removed.

Editions never change; which article of the one became which of the other is data, kept by people
(`data/editions/OLD-NEW.yaml`). Without such a file articles are matched by the rest of their code.
No database here.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongchuang.standards.rules.checks import clause_rows
from tongchuang.standards.rules.crosswalk import Comparison, Demand, Target, compare
from tongchuang.standards.rules.reading import Flag, Items, Record, Text
from tongchuang.standards.rules.shapes import CONFIDENCE, LINE, WORD

Content = dict[str, Any]


class Change(StrEnum):
    """What became of an article from one edition to the next."""

    KEPT = "kept"
    RENAMED = "renamed"
    SPLIT = "split"
    MERGED = "merged"
    ADDED = "added"
    REMOVED = "removed"


_CHANGE = Text(choices=frozenset(Change), word=gettext_lazy("关系"))
EDITIONS = Record(
    {
        "schema": Text(choices=frozenset({"tongchuang/editions/1"}), word="schema"),
        "old": WORD,
        "new": WORD,
        "articles": Items(
            Record(
                {"relation": _CHANGE, "reason": LINE, "confidence": CONFIDENCE},
                {"old": WORD, "new": WORD},
            )
        ),
        "measures": Items(
            Record({"old": WORD, "new": WORD, "same_quantity": Flag()}, {"reason": LINE})
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One article of the old edition and one of the new; either may be missing."""

    change: Change
    old: Content | None
    new: Content | None
    reason: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One figure in both editions; `beside` is None where only one has it."""

    old: Content | None
    new: Content | None
    beside: Comparison | None = None
    reason: str = ""

    @property
    def kind(self) -> str:
        """Either "added", "removed", or how the new target stands to the old one."""
        if self.beside is None:
            return "removed" if self.new is None else "added"
        return str(self.beside.demand)


@dataclass(frozen=True, slots=True)
class Compared:
    """All articles and figures of two editions beside each other."""

    rows: list[Row]
    measures: list[MeasureRow]

    @property
    def counts(self) -> dict[str, int]:
        """Articles of either edition by what became of them, each once."""
        found: dict[str, set[str]] = {str(change): set() for change in Change}
        for row in self.rows:
            side = row.new if row.change in {Change.MERGED, Change.ADDED} else row.old
            found[str(row.change)].add(str((side or {}).get("id")))
        return {change: len(codes) for change, codes in found.items()}

    @property
    def changed(self) -> list[MeasureRow]:
        """Figures whose target is not simply the same."""
        return [row for row in self.measures if row.kind != str(Demand.SAME)]


def compare_editions(old: Content, new: Content, mapping: Content | None = None) -> Compared:
    """Both editions in their reading order; `mapping` is one that `faults_of_mapping` passed."""
    said = mapping or _by_code(old, new)
    before, after = articles(old), articles(new)
    rows = [
        Row(
            Change(link["relation"]),
            before.get(link.get("old", "")),
            after.get(link.get("new", "")),
            link.get("reason", ""),
            link.get("confidence", ""),
        )
        for link in said["articles"]
    ]
    return Compared(rows, _measures(old, new, said["measures"]))


def articles(content: Content) -> dict[str, Content]:
    """The articles of an edition by code; the requirements where a chapter has no articles."""
    rows = clause_rows(content)
    codes = {row.code for row in rows if row.level == "chapter"}
    return {
        row.code: row.facts
        for row in rows
        if row.level == "article" or (row.level == "requirement" and row.parent in codes)
    }


def figures(content: Content) -> dict[str, Content]:
    """The figures of an edition by code."""
    return {
        measure["id"]: measure
        for row in clause_rows(content)
        for measure in row.facts.get("measures", [])
    }


def _measures(old: Content, new: Content, links: Iterable[Content]) -> list[MeasureRow]:
    before, after = figures(old), figures(new)
    linked = [
        MeasureRow(
            before[link["old"]],
            after[link["new"]],
            _beside(before[link["old"]], after[link["new"]], same=link["same_quantity"]),
            link.get("reason", ""),
        )
        for link in links
    ]
    used = {row.old["id"] for row in linked if row.old} | {
        row.new["id"] for row in linked if row.new
    }
    gone = [MeasureRow(facts, None) for code, facts in before.items() if code not in used]
    fresh = [MeasureRow(None, facts) for code, facts in after.items() if code not in used]
    return [*linked, *gone, *fresh]


def _beside(old: Content, new: Content, *, same: bool) -> Comparison:
    """Targets that say the same word for word are the same, also where no number is compared."""
    source, target = _target(old), _target(new)
    texts = old.get("threshold_text"), new.get("threshold_text")
    if same and source == target and texts[0] == texts[1]:
        return Comparison(source, target, Demand.SAME, Decimal(0))
    return compare(source, target, same_quantity=same)


def _target(measure: Content) -> Target:
    value = measure.get("threshold")
    return Target(
        measure.get("op", ""),
        None if value is None else Decimal(value),
        measure.get("unit", ""),
        measure.get("base", ""),
    )


# What holds for a mapping
def faults_of_mapping(mapping: Content, old: Content, new: Content) -> list[str]:
    """What is wrong in a mapping, in words: every article once or more, and relations that fit."""
    faults = [
        *_unknown(mapping["articles"], articles(old), articles(new)),
        *_unknown(mapping["measures"], figures(old), figures(new)),
        *_missing(mapping["articles"], articles(old), articles(new)),
    ]
    befores, afters = _numbers(mapping["articles"])
    for link in mapping["articles"]:
        fits = _fitting(befores[link.get("old", "")], afters[link.get("new", "")], link)
        if link["relation"] not in fits:
            code = link.get("old") or link.get("new")
            words = _("%(code)s 的关系写的是 %(said)s，应为 %(fits)s")
            named = {"code": code, "said": link["relation"], "fits": " / ".join(fits)}
            faults.append(words % named)
    return faults


def _unknown(
    links: Iterable[Content], old: dict[str, Content], new: dict[str, Content]
) -> list[str]:
    ends = [(link.get("old"), old) for link in links] + [(link.get("new"), new) for link in links]
    words = _("引用了不存在的编号：%(code)s")
    return [words % {"code": code} for code, known in ends if code and code not in known]


def _missing(
    links: Iterable[Content], old: dict[str, Content], new: dict[str, Content]
) -> list[str]:
    said = {link.get(end) for link in links for end in ("old", "new")}
    return [_("没有写到 %(code)s") % {"code": code} for code in [*old, *new] if code not in said]


def _numbers(links: Iterable[Content]) -> tuple[Counter[str], Counter[str]]:
    listed = list(links)
    befores = Counter(link["old"] for link in listed if "old" in link)
    return befores, Counter(link["new"] for link in listed if "new" in link)


def _fitting(before: int, after: int, link: Content) -> list[str]:
    """The relations that so many ends allow; an article in several parts is split first."""
    if "old" not in link:
        return [Change.ADDED]
    if "new" not in link:
        return [Change.REMOVED]
    if before > 1:
        return [Change.SPLIT]
    return [Change.MERGED] if after > 1 else [Change.KEPT, Change.RENAMED]


# Without a mapping
def _by_code(old: Content, new: Content) -> Content:
    """Articles and figures that have the same code behind the standard's own are the same."""
    return {
        "articles": _matched(old, new, articles(old), articles(new)),
        "measures": [
            {"old": link["old"], "new": link["new"], "same_quantity": True}
            for link in _matched(old, new, figures(old), figures(new))
            if "old" in link and "new" in link
        ],
    }


def _matched(
    old: Content, new: Content, before: dict[str, Content], after: dict[str, Content]
) -> list[Content]:
    rest = {_rest(code, new): code for code in after}
    links: list[Content] = []
    for code, facts in before.items():
        other = rest.pop(_rest(code, old), None)
        if other is None:
            links.append({"relation": Change.REMOVED, "old": code})
            continue
        same = _name(facts) == _name(after[other])
        relation = Change.KEPT if same else Change.RENAMED
        links.append({"relation": relation, "old": code, "new": other})
    return links + [{"relation": Change.ADDED, "new": code} for code in rest.values()]


def _rest(code: str, content: Content) -> str:
    return code.removeprefix(f"{content['id']}.")


def _name(facts: Content) -> str:
    return str(facts.get("title") or facts.get("name"))
