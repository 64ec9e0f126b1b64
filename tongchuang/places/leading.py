"""Which rule says who leads: the ladder from a ruling on one place to a rule for its kind."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from tongchuang.places.models import LeadRule

# A rule for this very place goes first; then a ruling, an agreement, a rule by place type.
_RANK: Final = {LeadRule.Kind.RULING: 3, LeadRule.Kind.AGREEMENT: 2, LeadRule.Kind.TYPE: 1}
Key = tuple[int | None, int | None, int | None]


class LeadTable:
    """Rules that hold on one day, found by place; built once for many questions.

    `find` costs at most eight look-ups, whatever the number of rules of other places.
    """

    def __init__(self, rules: Iterable[LeadRule]) -> None:
        """Sort the rules by what they ask for; the strongest of each kind first."""
        self._rules: dict[Key, list[tuple[tuple[int, ...], str, LeadRule]]] = defaultdict(list)
        for rule in rules:
            path = rule.territory.path if rule.territory else ""
            key = (rule.site_id, rule.site_type_id, rule.problem_class_id)
            self._rules[key].append((_strength(rule, path), path, rule))
        for found in self._rules.values():
            found.sort(key=lambda one: one[0], reverse=True)

    def find(
        self,
        *,
        site: int | None = None,
        site_type: int | None = None,
        problem_class: int | None = None,
        path: str = "",
    ) -> LeadRule | None:
        """The strongest rule for a place; `path` is that of its territory in the unit tree."""
        best: tuple[tuple[int, ...], LeadRule] | None = None
        for one in {site, None}:
            for kind in {site_type, None}:
                for sort in {problem_class, None}:
                    rows = self._rules.get((one, kind, sort), ())
                    fits = ((rank, rule) for rank, area, rule in rows if path.startswith(area))
                    first = next(fits, None)
                    if first and (best is None or first[0] > best[0]):
                        best = first
        return best[1] if best else None


def _strength(rule: LeadRule, path: str) -> tuple[int, ...]:
    set_ones = (rule.site_id, rule.site_type_id, rule.problem_class_id)
    return (
        rule.site_id is not None,
        _RANK[LeadRule.Kind(rule.kind)],
        sum(one is not None for one in set_ones),
        len(path),
        rule.from_on.toordinal(),
        rule.pk or 0,
    )
