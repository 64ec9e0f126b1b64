"""What a row of a breakdown table asks for, and how it differs from what the records say."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.campaigns.breakdown.books import ClauseBook, LeaderBook, Named, UnitBook
from tongchuang.campaigns.breakdown.brackets import ends_openly, names_in
from tongchuang.campaigns.breakdown.columns import SYNONYMS
from tongchuang.campaigns.breakdown.files import PLACES
from tongchuang.campaigns.breakdown.phrases import Limit, amount_of, amounts_in, limit_of, title_of
from tongchuang.campaigns.models import Assignment, BreakdownDraft, BreakdownRow, Campaign, Task
from tongchuang.standards.models import Clause

State = BreakdownRow.State
_ONE = (Decimal(1), "项")  # a matter that is done or not


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands in the way of a row (`blocks`), or what one should know of it.

    `heading` is the column of the file it is about.
    """

    heading: str
    words: str | Promise
    values: Mapping[str, object] = field(default_factory=dict)
    blocks: bool = True

    def __str__(self) -> str:
        return str(self.words) % self.values if self.values else str(self.words)


@dataclass(frozen=True, slots=True)
class Change:
    """What confirming would change: what, how it is, how it becomes; `was` empty when new."""

    label: str | Promise
    was: str
    becomes: str


@dataclass(slots=True)
class Understood:
    """A row put together. `stated` names the values that the file or the person gave."""

    title: str = ""
    clause: Clause | None = None
    proposals: tuple[tuple[Clause, float], ...] = ()
    lead: Unit | None = None
    leads: tuple[Unit, ...] = ()
    helpers: tuple[Unit, ...] = ()
    named: tuple[Named, ...] = ()
    sponsor: User | None = None
    limit: Limit | None = None
    due_on: date | None = None
    starts_on: date | None = None
    quantity: Decimal = _ONE[0]
    quantity_unit: str = _ONE[1]
    stated: set[str] = field(default_factory=set)
    task: Task | None = None
    problems: list[Problem] = field(default_factory=list)
    unread: bool = False

    @property
    def blocked(self) -> bool:
        """Whether a person has to look at it first."""
        return any(problem.blocks for problem in self.problems)


class Books:
    """Everything that rows are compared with, read once."""

    def __init__(self, draft: BreakdownDraft) -> None:
        """Seven queries, whatever the number of rows."""
        self.campaign: Campaign = draft.campaign
        self.draft = draft
        self.units = UnitBook.of(self.campaign, draft.names)
        self.leaders = LeaderBook.of(draft.names)
        self.clauses = ClauseBook.of(self.campaign)
        tasks = Task.objects.filter(campaign=self.campaign).exclude(status=Task.Status.CANCELLED)
        self.tasks: dict[str, list[Task]] = {}
        for task in tasks.select_related("unit", "clause", "sponsor").order_by("pk"):
            self.tasks.setdefault(task.title, []).append(task)
        rows = Assignment.objects.filter(campaign=self.campaign)
        rows = rows.select_related("lead", "sponsor").prefetch_related("helpers")
        self.assignments = {row.clause_id: row for row in rows}


def understand(row: BreakdownRow, books: Books) -> Understood:
    """Put a row together from its texts and from what a person chose for it."""
    found = Understood()
    _faults(row, found)
    _title(row, found)
    _units(row, books, found)
    _existing(books, found)
    _clause(row, books, found)
    _sponsor(row, books, found)
    if found.title:
        _amount(row, found)
        _limit(row, books, found)
    if not found.title and not found.clause and not found.blocked:
        _unread(found, "task", _("没有任务，也没有认出条款"))
    return found


def state_of(row: BreakdownRow, found: Understood, changes: list[Change]) -> str:
    """How the row stands."""
    if row.choice.get("skip"):
        return str(State.SKIPPED)
    if found.unread:
        return str(State.UNREAD)
    if found.blocked:
        return str(State.CONFIRM)
    if not changes:
        return str(State.SAME)
    return str(State.NEW if all(not change.was for change in changes) else State.CHANGED)


def _unread(found: Understood, heading: str, words: Any, **values: object) -> None:
    found.problems.append(Problem(_heading(heading), words, values))
    found.unread = True


def _heading(name: str) -> str:
    """The usual heading of a field; the file's own words say it in official Chinese."""
    return SYNONYMS[name][0]


def _faults(row: BreakdownRow, found: Understood) -> None:
    for name in row.faults:
        words = _("公式没有计算结果，请在 Excel 中打开保存一次，或粘贴为数值")
        _unread(found, name, words)


def _title(row: BreakdownRow, found: Understood) -> None:
    found.title = title_of(row.choice.get("title") or row.texts.get("task", ""))
    text = row.texts.get("task", "")
    if found.title and len(title_of(text)) < len(text) - 20:
        words = _("文字较长，任务名取前面一句")
        found.problems.append(Problem(_heading("task"), words, blocks=False))


# Units
def _units(row: BreakdownRow, books: Books, found: Understood) -> None:
    said = {name: books.units.found_in(names_in(row.texts.get(name, ""))) for name in _WHO}
    found.named = tuple(one for name in _WHO for one in said[name])
    if any(ends_openly(row.texts.get(name, "")) for name in _WHO):
        words = _("以“等”结尾，没有列全，只登记写出的单位")
        found.problems.append(Problem(_heading("helpers"), words, blocks=False))
    for one in dict.fromkeys(found.named):
        if one.open:
            found.problems.append(Problem(_heading("units"), _OPEN[one.how], {"name": one.text}))
    leads = _flat(said["lead"])
    others = _flat([*said["units"], *said["helpers"], *said["territory"]])
    found.leads = leads if row.texts.get("lead") else _flat(said["units"])
    chosen = next((u for u in books.units.units if u.pk == row.choice.get("lead")), None)
    found.lead = chosen or (found.leads[0] if found.leads else None)
    if chosen is None:
        _doubt_lead(row, found)
    if found.lead in others and row.texts.get("lead"):
        words = _("%(name)s 既牵头又配合，只登记为牵头")
        problem = Problem(_heading("helpers"), words, {"name": found.lead}, blocks=False)
        found.problems.append(problem)
    found.helpers = tuple(dict.fromkeys(u for u in (*leads, *others) if u != found.lead))


_WHO = ("lead", "units", "helpers", "territory")
_OPEN: dict[str, Any] = {
    "several": _("“%(name)s”对应几个单位，请在名称对照里选定"),
    "vague": _("“%(name)s”没有指明是哪些单位，请在名称对照里选定或略去"),
    "unknown": _("不认识“%(name)s”，请在名称对照里选定或略去"),
}


def _flat(names: Iterable[Named]) -> tuple[Unit, ...]:
    return tuple(dict.fromkeys(unit for one in names for unit in one.units))


def _doubt_lead(row: BreakdownRow, found: Understood) -> None:
    if not found.leads:
        if not any(one.open for one in found.named):
            _unread(found, "lead", _("没有牵头单位"))
    elif row.texts.get("lead") and len(found.leads) > 1:
        words = _("写了 %(n)s 个牵头单位，只能有一个，请选定；其余作为配合")
        found.problems.append(Problem(_heading("lead"), words, {"n": len(found.leads)}))
    elif not row.texts.get("lead") and len(found.leads) > 1:
        words = _("没有写明牵头，拟由排在第一的 %(name)s 牵头，请核对")
        found.problems.append(Problem(_heading("units"), words, {"name": found.lead}))


def _existing(books: Books, found: Understood) -> None:
    """The task of this name: of the lead if it has one, else the only one there is."""
    same = books.tasks.get(found.title, []) if found.title else []
    own = [task for task in same if found.lead and task.unit_id == found.lead.pk]
    found.task = own[0] if own else same[0] if len(same) == 1 else None


# Clause and leader
def _clause(row: BreakdownRow, books: Books, found: Understood) -> None:
    if "clause" in row.choice:
        found.clause = books.clauses.by_code(row.choice["clause"]) if row.choice["clause"] else None
        found.stated.add("clause")
        return
    match = books.clauses.find(row.texts)
    found.clause, found.proposals = match.sure, match.proposals
    if found.clause:
        found.stated.add("clause")
        return
    if found.task:
        found.clause = found.task.clause
    elif found.proposals:
        best, likeness = found.proposals[0]
        words = _("条款拟为“%(title)s”（相似 %(percent)s%%），请核对")
        values = {"title": best.title, "percent": round(likeness * 100)}
        found.problems.append(Problem(_heading("clause"), words, values))
    elif any(row.texts.get(name) for name in ("code", "clause")):
        words = _("标准里没有找到这一条，请填条款代码，或留空")
        found.problems.append(Problem(_heading("clause"), words))


def _sponsor(row: BreakdownRow, books: Books, found: Understood) -> None:
    text = row.texts.get("sponsor", "")
    if not text:
        return
    found.sponsor = books.leaders.find(text)
    if found.sponsor:
        found.stated.add("sponsor")
    elif not books.leaders.decided(text):
        words = _("不认识牵头领导“%(name)s”，请在名称对照里选定或略去")
        found.problems.append(Problem(_heading("sponsor"), words, {"name": text}))


# Amount and limit
def _amount(row: BreakdownRow, found: Understood) -> None:
    texts, choice = row.texts, row.choice
    amounts = amounts_in(texts.get("task", ""))
    if written := choice.get("quantity") or texts.get("amount"):
        _written_amount(str(written), str(choice.get("measure") or texts.get("measure", "")), found)
    elif amounts:
        found.quantity, found.quantity_unit = amounts[0].quantity, amounts[0].unit
        found.stated.add("quantity")
    elif not found.task:
        words = _("没有写数量，按 1 项登记（做完或没做完）")
        found.problems.append(Problem(_heading("amount"), words, blocks=False))
    if "quantity" not in found.stated and found.task:
        found.quantity, found.quantity_unit = found.task.quantity, found.task.quantity_unit


def _written_amount(number: str, measure: str, found: Understood) -> None:
    amount = amount_of(number)
    if amount is None:
        words = _("数量“%(text)s”不是数字")
        found.problems.append(Problem(_heading("amount"), words, {"text": number}))
        return
    found.quantity = amount.quantity
    found.quantity_unit = (measure or amount.unit or _ONE[1])[:20]
    found.stated.add("quantity")
    if not 0 < found.quantity < Decimal(10) ** 10:
        words = _("数量要大于 0，填的是“%(text)s”")
        found.problems.append(Problem(_heading("amount"), words, {"text": number}))


def _limit(row: BreakdownRow, books: Books, found: Understood) -> None:
    campaign, task = books.campaign, found.task
    year = campaign.started_on.year if campaign.started_on else None
    text = row.texts.get("limit", "")
    found.limit = limit_of(text, year=year)
    begins = limit_of(row.texts.get("starts", ""), year=year)
    if begins and begins.due:
        found.starts_on = begins.due
        found.stated.add("starts_on")
    if chosen := row.choice.get("due"):
        found.due_on = date.fromisoformat(chosen)
        found.stated.add("due_on")
    elif found.limit and found.limit.kind == "day":
        found.due_on = found.limit.due
        found.starts_on = found.starts_on or found.limit.starts
        found.stated.add("due_on")
        if not found.limit.sure:
            words = _("时限没有写年份，拟为 %(day)s，请核对")
            values = {"day": found.due_on}
            found.problems.append(Problem(_heading("limit"), words, values))
    elif task:
        found.due_on = task.due_on
    else:
        _open_limit(books, found, text)
    found.starts_on = found.starts_on or (task.starts_on if task else _first_day(books, found))
    if found.due_on and found.starts_on and found.due_on < found.starts_on:
        words = _("时限 %(due)s 早于开始 %(start)s")
        values = {"due": found.due_on, "start": found.starts_on}
        found.problems.append(Problem(_heading("limit"), words, values))


def _open_limit(books: Books, found: Understood, text: str) -> None:
    """长期坚持 and 每月 run as long as the campaign; without any limit a person names one."""
    campaign, kind = books.campaign, found.limit.kind if found.limit else ""
    until = campaign.deadline_on or campaign.external_deadline_on
    if kind in {"keep", "cycle"} and until:
        found.due_on = until
        words = _("“%(text)s”：按创建期限 %(day)s 登记")
        values = {"text": text, "day": until}
        found.problems.append(Problem(_heading("limit"), words, values, blocks=False))
        return
    found.due_on = books.draft.default_due_on
    if found.due_on is None:
        words = _("时限“%(text)s”读不成日期，请填写") if text else _("没有完成时限，请填写")
        found.problems.append(Problem(_heading("limit"), words, {"text": text} if text else {}))


def _first_day(books: Books, found: Understood) -> date | None:
    """A new task begins with the campaign, or on the day the table was uploaded."""
    uploaded = books.draft.made_at.date()
    begun = max(filter(None, [books.campaign.started_on, uploaded]))
    return min(begun, found.due_on) if found.due_on else begun


# Differences
def changes_of(
    found: Understood, books: Books, *, carries: bool, helpers: tuple[Unit, ...]
) -> list[Change]:
    """What confirming the row would change; empty when the records say so already."""
    changes = list(_duty_changes(found, books, helpers)) if carries and found.clause else []
    if found.title:
        changes += _task_changes(found, books)
    return changes


def _duty_changes(found: Understood, books: Books, helpers: tuple[Unit, ...]) -> Iterator[Change]:
    if found.clause is None or found.lead is None:
        return
    row = books.assignments.get(found.clause.pk)
    if row is None:
        yield Change(_("条款牵头"), "", found.lead.label)
        if helpers:
            yield Change(_("条款配合"), "", _labels(helpers))
        return
    if row.lead_id != found.lead.pk:
        yield Change(_("条款牵头"), row.lead.label, found.lead.label)
    present = {unit.pk: unit for unit in row.helpers.all()}
    if set(present) != {unit.pk for unit in helpers}:
        yield Change(_("条款配合"), _labels(present.values()) or "–", _labels(helpers) or "–")
    if "sponsor" in found.stated and found.sponsor and row.sponsor_id != found.sponsor.pk:
        was = row.sponsor.name if row.sponsor else "–"
        yield Change(_("牵头领导"), was, found.sponsor.name)


def task_values(found: Understood) -> dict[str, Any]:
    """The fields of the task that the row asks for, those that it states or that are new."""
    values: dict[str, Any] = {"unit": found.lead}
    if found.clause:
        values["clause"] = found.clause
    if "sponsor" in found.stated:
        values["sponsor"] = found.sponsor
    if found.task is None or "quantity" in found.stated:
        values |= {"quantity": found.quantity, "quantity_unit": found.quantity_unit}
    if found.task is None or "due_on" in found.stated:
        values["due_on"] = found.due_on
    if found.task is None or "starts_on" in found.stated:
        values["starts_on"] = found.starts_on
    return values


def _task_changes(found: Understood, books: Books) -> list[Change]:
    if found.task is None:
        return [Change(_("新任务"), "", found.title)]
    duty = books.assignments.get(found.clause.pk) if found.clause else None
    changes = []
    for name, becomes in task_values(found).items():
        was = getattr(found.task, name)
        if name == "sponsor" and was is None and duty:
            was = duty.sponsor  # a task without a leader of its own is under its clause's
        if was != becomes:
            changes.append(Change(_FIELDS[name], _shown(was), _shown(becomes)))
    return changes


_FIELDS: dict[str, Any] = {
    "unit": _("牵头单位"),
    "clause": _("条款"),
    "sponsor": _("牵头领导"),
    "quantity": _("目标量"),
    "quantity_unit": _("计量单位"),
    "due_on": _("完成时限"),
    "starts_on": _("开始"),
}


def _shown(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.title if isinstance(value, Clause) else str(value)


def _labels(units: Iterable[Unit]) -> str:
    return "、".join(unit.label for unit in units)


TASK_ONLY = "只作任务"  # a note in the file: the row sets a task and says nothing of the clause


def bears_duty(row: BreakdownRow, found: Understood) -> bool:
    """Whether the clause may take its lead from this row: only a row that names the clause may."""
    if found.clause is None or found.lead is None or "clause" not in found.stated:
        return False
    return TASK_ONLY not in row.texts.get("note", "")


def tell_group(row: BreakdownRow, found: Understood) -> None:
    """Say what the rows before it mean for a row: its task or its clause was named already."""
    if twin := row.group.get("repeats"):
        words = _("与%(place)s是同一项任务，请改任务名或不导入")
        found.problems.append(Problem(_heading("task"), words, {"place": _place(*twin)}))
    if first := row.group.get("led_by"):
        words = _("这一条已按%(place)s定了牵头单位，这一行只作任务")
        values = {"place": _place(*first)}
        found.problems.append(Problem(_heading("lead"), words, values, blocks=False))


def place_of(row: BreakdownRow) -> str:
    """Where the row stands in the file: sheet or table, line or paragraph."""
    return _place(row.kind, row.number, row.part)


def _place(kind: str, number: int, part: str) -> str:
    where = str(PLACES[kind]) % {"n": number}
    return f"{part} {where}" if part else where
