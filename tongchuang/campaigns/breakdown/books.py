"""What names, clauses and leaders of a file mean: exact meanings, else proposals, never guesses."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from tongchuang.accounts.models import Unit, UnitName, User
from tongchuang.campaigns.breakdown.brackets import is_towns, is_vague
from tongchuang.campaigns.breakdown.phrases import chinese_number, without_number
from tongchuang.campaigns.models import Campaign
from tongchuang.campaigns.services.assignments import TERRITORY, aliases
from tongchuang.standards.models import Clause
from tongchuang.standards.rules.suggesting import grams, overlap

LEADER_ROLES: Final = ("commander", "deputy_commander", "sponsor_leader")
PROPOSALS: Final = 5
ALIKE: Final = 0.3  # names and clauses below this have nothing to do with each other
CERTAIN: Final = 0.8  # a clause this alike needs nobody's eye
NUMBER_ALIKE: Final = 0.2  # a number counts when the words do not contradict it
_TERRITORY_END = re.compile(r"(?:人民政府|政府|街道办事处|办事处|管理委员会|管委会|办)$")
_TOWN_KINDS: Final = (
    (re.compile(r"乡|镇"), Unit.Kind.TOWN),
    (re.compile(r"街道|办事处"), Unit.Kind.STREET),
    (re.compile(r"开发区|园区|管委会"), Unit.Kind.ZONE),
)
How = Literal[
    "exact", "former", "alias", "towns", "chosen", "left_out", "several", "vague", "unknown"
]


@dataclass(frozen=True, slots=True)
class Named:
    """A name of the file and the units that it means; without units it waits for a person."""

    text: str
    units: tuple[Unit, ...] = ()
    how: How = "exact"

    @property
    def open(self) -> bool:
        """Whether a person has to say what is meant."""
        return self.how in {"several", "vague", "unknown"}


class UnitBook:
    """Units by every name they bear or bore: code, name, short name, former names, aliases."""

    def __init__(
        self, campaign: Campaign, decided: Mapping[str, int], units: Iterable[Unit]
    ) -> None:
        """Read units and their names; `decided` are the choices of a draft."""
        self.units = list(units)
        self._city = campaign.city.name
        self._decided = decided
        self._known: dict[str, Named] = {}
        self._by_key = {unit.pk: unit for unit in self.units}

    @classmethod
    def of(cls, campaign: Campaign, decided: Mapping[str, int]) -> "UnitBook":
        """The units in use that can carry a duty; one query."""
        kinds = [Unit.Kind.COMMUNITY, Unit.Kind.VILLAGE, Unit.Kind.GRID, Unit.Kind.PROVINCE]
        return cls(campaign, decided, Unit.objects.filter(active=True).exclude(kind__in=kinds))

    def find(self, name: str) -> Named:
        """What `name` means."""
        if name not in self._known:
            self._known[name] = self._found(name)
        return self._known[name]

    def _found(self, name: str) -> Named:
        chosen = self._decided.get(f"unit:{name}")
        if chosen is not None:
            unit = self._by_key.get(chosen)
            return Named(name, (unit,), "chosen") if unit else Named(name, (), "left_out")
        if is_towns(name):
            return Named(name, tuple(self._towns(name)), "towns")
        for how, index in self._indexes:
            hits = index.get(_key(name)) or index.get(self._bare(name)) or {}
            if hits:
                units = tuple(self._by_key[pk] for pk in hits)
                return Named(name, units, how) if len(units) == 1 else Named(name, (), "several")
        return Named(name, (), "vague" if is_vague(name) else "unknown")

    def found_in(self, names: Iterable[str]) -> list[Named]:
        """What each name means; one joined by 和 or 及 is parted when both halves are known."""
        found: list[Named] = []
        for name in names:
            whole = self.find(name)
            found += self._parted(name) if whole.how == "unknown" else [whole]
        return found

    def _parted(self, name: str) -> list[Named]:
        for sign in re.finditer(r"以及|和|及|与", name):
            halves = [self.find(name[: sign.start()]), self.find(name[sign.end() :])]
            if not any(half.how == "unknown" for half in halves):
                return halves
        return [self.find(name)]

    def towns(self) -> list[Unit]:
        """Every town, street and zone."""
        kinds = (Unit.Kind.TOWN, Unit.Kind.STREET, Unit.Kind.ZONE)
        return [unit for unit in self.units if unit.kind in kinds]

    def _towns(self, words: str) -> list[Unit]:
        kinds = {kind for pattern, kind in _TOWN_KINDS if pattern.search(words)}
        return [unit for unit in self.towns() if not kinds or unit.kind in kinds]

    def near(self, name: str) -> list[Unit]:
        """Units whose names look like `name`, the likest first, for a person to choose from."""
        here = self._bare(name)
        wanted = _pairs(here)
        scores: Counter[int] = Counter()
        for key, pks in self._every_name.items():
            score = overlap(wanted, _pairs(key))
            if _shortens(here, key) or _shortens(key, here):
                score = max(score, 0.6)
            for pk in pks:
                scores[pk] = max(scores[pk], round(score * 1000))
        best = [(pk, score) for pk, score in scores.most_common(PROPOSALS) if score > ALIKE * 1000]
        return [self._by_key[pk] for pk, _score in best]

    @cached_property
    def _indexes(self) -> list[tuple[How, dict[str, dict[int, None]]]]:
        """Names in order of their weight: a present name goes before a former one."""
        present: dict[str, dict[int, None]] = defaultdict(dict)
        parts: dict[str, dict[int, None]] = defaultdict(dict)
        former: dict[str, dict[int, None]] = defaultdict(dict)
        other: dict[str, dict[int, None]] = defaultdict(dict)
        codes = {unit.code: unit for unit in self.units}
        for unit in self.units:
            for name in (unit.code, unit.name, unit.short_name):
                self._enter(present, parts, name, unit.pk)
        for row in UnitName.objects.filter(unit__in=self._by_key).order_by("pk"):
            for name in (row.name, row.short_name):
                self._enter(former, former, name, row.unit_id)
        for name, code in aliases().items():
            if code != TERRITORY and code in codes:
                self._enter(other, other, name, codes[code].pk)
        return [("exact", present), ("former", former), ("alias", other), ("alias", parts)]

    def _enter(
        self,
        index: dict[str, dict[int, None]],
        parts: dict[str, dict[int, None]],
        name: str,
        pk: int,
    ) -> None:
        if not name:
            return
        for key in {_key(name), self._bare(name)}:
            index[key][pk] = None
        core, _bracket, rest = _key(name).partition("（")
        if rest:  # 卫生和计划生育委员会（爱卫办） is found under either name
            index[self._bare(core)][pk] = None
            for word in rest.rstrip("）").split("、"):
                parts[self._bare(word)][pk] = None

    @cached_property
    def _every_name(self) -> dict[str, set[int]]:
        names: dict[str, set[int]] = defaultdict(set)
        for _how, index in self._indexes:
            for key, pks in index.items():
                names[key] |= set(pks)
        return names

    def _bare(self, name: str) -> str:
        """Without the city before it and the organ behind it: 示例市青山镇人民政府 → 青山镇."""
        key = _key(name).removeprefix(self._city)
        if re.match(r"^(?:市|县|区)(?:直)?", key) and len(key) > 3:
            key = re.sub(r"^(?:市|县|区)", "", key)
        shorter = _TERRITORY_END.sub("", key)
        return shorter if len(shorter) > 1 and shorter[-1] in "镇乡道区城" else key


def _key(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).replace("(", "（").replace(")", "）")
    return re.sub(r"\s+", "", text)


def _pairs(name: str) -> frozenset[str]:
    """Pairs of neighbouring signs; in the name of a unit no word is hollow."""
    return frozenset(name[at : at + 2] for at in range(len(name) - 1))


def _shortens(short: str, long: str) -> bool:
    """Whether the signs of `short` stand in `long` in their order: 人社局, 人力资源和社会保障局."""
    signs = iter(long)
    return 1 < len(short) < len(long) and short[0] == long[0] and all(s in signs for s in short)


# Leaders
class LeaderBook:
    """City leaders by name and by office."""

    def __init__(self, leaders: Iterable[User], decided: Mapping[str, int]) -> None:
        """Remember the leaders and what was decided about names."""
        self.leaders = list(leaders)
        self._decided = decided

    @classmethod
    def of(cls, decided: Mapping[str, int]) -> "LeaderBook":
        """Who may be a sponsor; one query."""
        rows = User.objects.filter(memberships__role__in=LEADER_ROLES, is_active=True)
        return cls(rows.distinct(), decided)

    def find(self, text: str) -> User | None:
        """The leader that a cell names, by name or by an office that one person holds."""
        if self.decided(text):
            return next((p for p in self.leaders if p.pk == self._decided[f"leader:{text}"]), None)
        named = [person for person in self.leaders if person.name and person.name in text]
        longest = max((len(person.name) for person in named), default=0)
        named = [person for person in named if len(person.name) == longest]
        for said in (named, self._by_office(text)):
            if len(said) == 1:
                return said[0]
        return None

    def decided(self, text: str) -> bool:
        """Whether a person has said who is meant."""
        return f"leader:{text}" in self._decided

    def _by_office(self, text: str) -> list[User]:
        plain = re.sub(r"\s+", "", text)
        return [person for person in self.leaders if person.title and person.title == plain]


# Clauses
@dataclass(frozen=True, slots=True)
class ClauseMatch:
    """The clause that a row means, or the likest ones with their likeness in [0, 1]."""

    sure: Clause | None = None
    proposals: tuple[tuple[Clause, float], ...] = ()


class ClauseBook:
    """Articles and requirements of one standard, by code, number, title and likeness."""

    def __init__(self, clauses: Iterable[Clause]) -> None:
        """Index the clauses."""
        self.clauses = list(clauses)
        self._codes = {clause.code.casefold(): clause for clause in self.clauses}
        for clause in self.clauses:  # a13.r1 is enough within one standard
            self._codes.setdefault(clause.code.partition(".")[2].casefold(), clause)
        self._titles: dict[str, list[Clause]] = defaultdict(list)
        self._index: dict[str, list[int]] = defaultdict(list)
        self._grams: list[tuple[frozenset[str], ...]] = []
        for place, clause in enumerate(self.clauses):
            self._titles[_key(clause.title)].append(clause)
            both = (grams(clause.title), grams(clause.text[:120]))
            self._grams.append(both)
            for gram in both[0] | both[1]:
                self._index[gram].append(place)

    @classmethod
    def of(cls, campaign: Campaign) -> "ClauseBook":
        """The clauses that may be assigned; one query."""
        levels = [Clause.Level.ARTICLE, Clause.Level.REQUIREMENT]
        rows = Clause.objects.filter(framework=campaign.framework_id, level__in=levels)
        return cls(rows.order_by("ordinal"))

    def by_code(self, code: str) -> Clause | None:
        """The clause with this code, whole or without the standard before it."""
        return self._codes.get(code.strip().casefold())

    def find(self, texts: Mapping[str, str]) -> ClauseMatch:
        """The clause of a row: by code, title, number with words that agree, else the likest."""
        said = [texts[name] for name in ("code", "clause", "content") if texts.get(name)]
        for text in said:
            if clause := self.by_code(text) or self._by_title(text):
                return ClauseMatch(clause)
        words = " ".join(filter(None, [*said[:3], texts.get("task", "")]))
        likest = self.likest(words)
        for text in said:
            if clause := self._by_number(text):
                agrees = not without_number(text)[0] or self._likeness(clause, words) > NUMBER_ALIKE
                if agrees and len(without_number(text)[0]) > 1:
                    return ClauseMatch(clause)
                return ClauseMatch(None, _first(clause, likest))
        if likest and likest[0][1] >= CERTAIN:
            return ClauseMatch(likest[0][0])
        return ClauseMatch(None, tuple(likest))

    def _by_title(self, text: str) -> Clause | None:
        hits = self._titles.get(_key(without_number(text)[0]), [])
        return hits[0] if len(hits) == 1 else None

    def _by_number(self, text: str) -> Clause | None:
        number = without_number(text)[1] or chinese_number(text)
        hits = [one for one in self.clauses if number and one.number == str(number)]
        return hits[0] if len(hits) == 1 else None

    def _likeness(self, clause: Clause, words: str) -> float:
        place = self.clauses.index(clause)
        return max(overlap(grams(words[:200]), names) for names in self._grams[place])

    def likest(self, words: str) -> list[tuple[Clause, float]]:
        """The clauses that look most like `words`; requirements before their article."""
        wanted = grams(words[:200])
        shared = Counter(place for gram in wanted for place in self._index.get(gram, ()))
        scored = []
        for place, _count in shared.most_common(40):
            score = max(overlap(wanted, names) for names in self._grams[place])
            if score > ALIKE:
                scored.append((self.clauses[place], score))
        scored.sort(key=lambda pair: (-pair[1], pair[0].ordinal))
        return scored[:PROPOSALS]


def _first(clause: Clause, others: list[tuple[Clause, float]]) -> tuple[tuple[Clause, float], ...]:
    rest = [pair for pair in others if pair[0] != clause]
    return ((clause, ALIKE), *rest[: PROPOSALS - 1])
