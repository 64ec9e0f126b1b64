"""What the facts of a month suggest: whom to praise, whom to name, what to demand.

Proposals for a person to edit. The sentences are those of the paper, so they are Chinese.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

Plain = dict[str, Any]
PRAISE_FROM = Decimal(85)
FIELD_OF = 3
CLIMBED = 2
NAMED_REPEATS = 4
NAMED_OVERDUE = 10
MOST = 4
_FIX_DAYS = 12  # the day of the following month by which listed matters are to be settled


def percent(share: str | Decimal | None) -> str:
    """「86.97%」 from a share in [0, 1]."""
    return "–" if share is None else f"{(Decimal(share) * 100).quantize(Decimal('0.01'))}%"


def praise(data: Plain) -> list[Plain]:
    """The first of each group above the line, then those that climbed most."""
    found = [_entry(line, text) for line, text in _praised(data)]
    return _once(found)[:MOST]


def _praised(data: Plain) -> Iterator[tuple[Plain, str]]:
    for group in data["groups"]:
        if sum(line["rank"] is not None for line in group["lines"]) < FIELD_OF:
            continue  # to be first among two is no distinction
        for line in group["lines"]:
            if line["rank"] == 1 and Decimal(line["total"]) >= PRAISE_FROM:
                yield line, f"得{line['total']}分，列{group['title']}组第1位{_closing(data, line)}"
    for group in data["groups"]:
        for line in group["lines"]:
            if (line["change"] or 0) >= CLIMBED:
                yield line, f"较上月上升{line['change']}位，列{group['title']}组第{line['rank']}位"


def _closing(data: Plain, line: Plain) -> str:
    facts = next(row["facts"] for row in data["units"] if row["unit"] == line["unit"])
    due = facts["due"] - facts["deferred"]
    if not due:
        return ""
    return f"，应办结{due}件，按期办结率{percent(Decimal(facts['on_time']) / due)}"


def named(data: Plain) -> list[Plain]:
    """Units with the same problem again and again at one place, then those with most overdue."""
    known = {row["unit"]: row for row in data["units"]}
    found = []
    for row in data["repeats"]:
        if row["n"] >= NAMED_REPEATS and row["unit"] in known:
            text = f"{row['place']}“{row['title']}”问题30天内反复{row['n']}次"
            found.append(_entry(known[row["unit"]], text))
    late = sorted(data["overdue"]["by_unit"], key=lambda one: -one["n"])
    found += [
        _entry(known[one["unit"]], f"超期未办结{one['n']}件")
        for one in late
        if one["n"] >= NAMED_OVERDUE and one["unit"] in known
    ]
    return _once(found)[:MOST]


def _entry(row: Plain, text: str) -> Plain:
    return {"unit": row["unit"], "name": row["name"], "text": text, "level": ""}


def _once(entries: list[Plain]) -> list[Plain]:
    seen: dict[int, Plain] = {}
    for entry in entries:
        seen.setdefault(entry["unit"], entry)
    return list(seen.values())


def demands(data: Plain) -> str:
    """One demand a line, each with a date and the matter it rests on; none without a matter."""
    by = settle_by(data["month"])
    return "\n".join(_demands(data, f"{by.month}月{by.day}日"))


def settle_by(month: str) -> date:
    """The day by which matters of a month are to be settled: the 12th of the next month."""
    first = date.fromisoformat(f"{month}-01")
    return (first + timedelta(days=32)).replace(day=_FIX_DAYS)


def _demands(data: Plain, by: str) -> Iterator[str]:
    late = data["overdue"]["n"]
    if late:
        yield f"所列超期案件{late}件，各责任单位于{by}前办结并回复；确需延期的按规定报批。"
    places = len(data["repeats"])
    if places:
        yield f"反复出现问题的{places}处点位，由责任单位于{by}前落实长效管理措施，列入下月回头看。"
    short = [line for line in _lines(data) if line["not_ranked"] == "coverage"]
    if short:
        names = "、".join(line["name"] for line in short)
        yield f"{names}检查覆盖不足，于下月底前补齐应查点位。"
    behind = data["tasks"]["behind"]
    if behind:
        yield f"落后于时序的任务{behind}项，牵头单位于{by}前报补救措施。"


def _lines(data: Plain) -> Iterator[Plain]:
    for group in data["groups"]:
        yield from group["lines"]
