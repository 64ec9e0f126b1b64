"""How two contents of the same file differ, by id and field."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one clause, item or class that changed; empty = was not there."""

    where: str
    field: str
    old: str
    new: str

    def __str__(self) -> str:
        lines = [f"  {self.where} · {self.field}"]
        lines += [f"  - {self.old}"] if self.old else []
        lines += [f"  + {self.new}"] if self.new else []
        return "\n".join(lines)


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of a content, whatever the order of its keys."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[Difference]:
    """Every field in which the two differ; rows are matched by `id`, wherever they stand."""
    return list(_records(str(new.get("id", "")), old, new))


def _records(where: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
    for key in [*old, *(key for key in new if key not in old)]:
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if _identified(before) and _identified(after):
            yield from _rows(where, key, before or [], after or [])
        else:
            yield Difference(where, key, _words(before), _words(after))


def _rows(
    where: str, key: str, old: list[dict[str, Any]], new: list[dict[str, Any]]
) -> Iterator[Difference]:
    before, after = _by_key(old), _by_key(new)
    for code in [*before, *(code for code in after if code not in before)]:
        if code not in after:
            yield Difference(code, key, _title(before[code]), "")
        elif code not in before:
            yield Difference(code, key, "", _title(after[code]))
        else:
            yield from _records(code, before[code], after[code])
    common = [code for code in before if code in after]
    if common != [code for code in after if code in before]:
        yield Difference(where, f"{key}.order", " ".join(before), " ".join(after))


def _identified(value: object) -> bool:
    """Whether it is a list of rows with ids (or nothing)."""
    if value is None:
        return True
    return isinstance(value, list) and all(isinstance(row, dict) and _key(row) for row in value)


def _key(row: dict[str, Any]) -> str:
    if "from" in row and "to" in row:
        return f"{row['from']} → {row['to']}"
    return str(row.get("id") or row.get("grade") or row.get("metric") or row.get("classes") or "")


def _by_key(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {_key(row): row for row in rows}


def _title(row: dict[str, Any]) -> str:
    return str(row.get("title") or row.get("name") or row.get("text") or _key(row))


def _words(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
