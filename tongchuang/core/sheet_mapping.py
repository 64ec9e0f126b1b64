"""How a foreign table reads as one of ours: a small YAML file, no code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml


@dataclass(frozen=True)
class SheetMapping:
    """One foreign table.

    `columns`: their heading → ours, or a list of ours; of several that feed one of ours the first
    filled one counts, or all with `join`: our heading → what stands between them. `constants`: our
    heading → text where the row tells nothing. `values`: our heading → {their word: ours}, "*"
    for all others. `patterns`: our heading → regular expression whose groups are kept.
    `date_formats`: our heading → strptime form. `timezone` of their moments. `only`: their
    heading → words that a row must have. `nothing`: our heading → words that mean unknown, such
    as "0.0" for a coordinate.
    `placeholders`: our headings → texts that together mean unknown, such as one famous point.
    """

    columns: Mapping[str, str | list[str]]
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    date_formats: Mapping[str, str] = field(default_factory=dict)
    timezone: str = ""
    only: Mapping[str, list[str]] = field(default_factory=dict)
    nothing: Mapping[str, list[str]] = field(default_factory=dict)
    join: Mapping[str, str] = field(default_factory=dict)
    patterns: Mapping[str, str] = field(default_factory=dict)
    placeholders: list[Mapping[str, str]] = field(default_factory=list)

    @classmethod
    def from_yaml(cls, text: str) -> "SheetMapping":
        """Read the file; raises `ValueError` naming what is wrong."""
        try:
            content = yaml.safe_load(text)
        except yaml.YAMLError as fault:
            raise ValueError(f"mapping: not YAML: {fault}") from None
        if not isinstance(content, dict) or not isinstance(content.get("columns"), dict):
            raise ValueError("mapping: 'columns' (their heading: our heading) is missing")
        unknown = content.keys() - cls.__dataclass_fields__.keys()
        if unknown:
            raise ValueError(f"mapping: unknown entries {sorted(unknown)}")
        mapping = cls(**_as_text(content))
        _ = mapping.zone, mapping.searches  # told now, not in the middle of the file
        return mapping

    @cached_property
    def zone(self) -> ZoneInfo | None:
        """The zone of their moments, or None for the city's own."""
        try:
            return ZoneInfo(self.timezone) if self.timezone else None
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"mapping: time zone '{self.timezone}' is not known") from None

    @cached_property
    def searches(self) -> dict[str, re.Pattern[str]]:
        """The compiled patterns."""
        try:
            return {heading: re.compile(text) for heading, text in self.patterns.items()}
        except re.error as fault:
            raise ValueError(f"mapping: pattern '{fault.pattern!s}': {fault}") from None

    @cached_property
    def sources(self) -> dict[str, list[str]]:
        """Our heading → theirs that feed it, in the order of the file."""
        found: dict[str, list[str]] = {}
        for theirs, ours in self.columns.items():
            for heading in [ours] if isinstance(ours, str) else ours:
                found.setdefault(heading, []).append(theirs)
        return found

    def gives(self) -> set[str]:
        """Our headings that get a value."""
        return {*self.sources, *self.constants}

    def wanted(self) -> list[str]:
        """Their headings that must be found."""
        return list(dict.fromkeys([*self.columns, *self.only]))

    def takes(self, theirs: Mapping[str, str]) -> bool:
        """Whether the row passes the filter."""
        return all(theirs.get(heading, "") in words for heading, words in self.only.items())

    def ours(self, theirs: Mapping[str, str]) -> dict[str, str]:
        """The row under our headings. Raises `ValueError` with heading and fault."""
        row = dict(self.constants)
        for heading, names in self.sources.items():
            texts = [self._translated(heading, theirs.get(name, "")) for name in names]
            filled = [text for text in texts if text]
            if filled:
                row[heading] = self.join.get(heading, "").join(
                    filled if heading in self.join else filled[:1]
                )
            row.setdefault(heading, "")
        for unknown in self.placeholders:
            if all(row.get(heading) == text for heading, text in unknown.items()):
                row |= dict.fromkeys(unknown, "")
        return row

    def _translated(self, heading: str, text: str) -> str:
        if text in self.nothing.get(heading, ()):
            return ""
        if heading in self.searches:
            found = self.searches[heading].search(text)
            text = ", ".join(filter(None, found.groups())) if found else text
        words = self.values.get(heading)
        if words is not None:
            text = words.get(text, words.get("*", text))
        form = self.date_formats.get(heading)
        return self._moment(text, form) if form and text else text

    def _moment(self, text: str, form: str) -> str:
        try:
            read = datetime.strptime(text, form)  # noqa: DTZ007 -- the zone is set below
        except ValueError:
            return text  # the column's own reader names the fault
        return read.replace(tzinfo=self.zone).isoformat(timespec="seconds")


def _as_text(value: Any) -> Any:
    """YAML reads 2015 and yes as numbers and truth; in a table they are words."""
    if isinstance(value, dict):
        return {_as_text(key): _as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return "" if value is None else str(value)
