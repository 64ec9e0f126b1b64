"""The crosswalk as a spreadsheet."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.core import clock
from tongchuang.core.cells import Parse, looked_up
from tongchuang.core.tabular import Column, Row, Sheet, WrongCell
from tongchuang.standards import services
from tongchuang.standards.models import Clause, Mapping, Measure
from tongchuang.standards.pairs import read
from tongchuang.standards.rules.crosswalk import Relation


def mapping_sheet() -> Sheet[Mapping]:
    """The crosswalk as a table; imported pairs are proposals that another person reviews."""
    clause = looked_up(_by_code(Clause.objects.select_related("framework")), _("没有这个条款"))
    measure = looked_up(_by_code(Measure.objects.all()), _("没有这个指标"))
    return Sheet[Mapping](
        _("对照"),
        [
            Column(_("甲方条款"), lambda m: m.source.code, parse=clause, name="source", width=26),
            Column(_("甲方条款名称"), lambda m: m.source.name, importable=False, width=26),
            _figure(_("甲方指标"), "source_measure", measure),
            _choice(_("关系"), "relation", Mapping.RelationKind, required=True),
            Column(_("乙方条款"), lambda m: m.target.code, parse=clause, name="target", width=26),
            Column(_("乙方条款名称"), lambda m: m.target.name, importable=False, width=26),
            _figure(_("乙方指标"), "target_measure", measure),
            Column(
                _("同一个量"),
                lambda m: _("是") if m.same_quantity else _("否"),
                parse=bool,
                required=False,
                name="same_quantity",
            ),
            Column(
                _("强度"), lambda m: m.strength, parse=int, required=False, name="strength", width=8
            ),
            _choice(_("理由类型"), "rationale", Mapping.Rationale),
            _choice(_("材料复用"), "reuse", Mapping.Reuse),
            Column(_("理由"), lambda m: m.reason, name="reason", width=40),
            Column(_("相互掣肘"), lambda m: m.tension, required=False, name="tension", width=30),
            *_review_columns(),
        ],
        find=_existing_pairs,
        create=_propose,
        check=_check_pair,
        unique=["source", "target", "source_measure", "target_measure"],
    )


def _review_columns() -> list[Column[Mapping]]:
    return [
        Column(_("目标值比较"), _compared, importable=False, width=24),
        Column(_("复核"), lambda m: m.get_review_display(), importable=False),
        Column(
            _("复核人"), lambda m: m.reviewed_by.name if m.reviewed_by else "", importable=False
        ),
        Column(_("复核意见"), lambda m: m.review_note, importable=False),
        Column(_("提出"), lambda m: m.author, importable=False),
        Column(_("提出日期"), lambda m: m.made_on, importable=False),
        Column(_("可信度"), lambda m: m.get_confidence_display(), importable=False),
        Column(_("对照代码"), lambda m: m.code, importable=False),
    ]


def _figure(heading: str, name: str, parse: Parse) -> Column[Mapping]:
    return Column(
        heading,
        lambda m: figure.code if (figure := getattr(m, name)) else "",
        parse=parse,
        required=False,
        name=name,
    )


def _choice(
    heading: str, name: str, choices: type[models.TextChoices], *, required: bool = False
) -> Column[Mapping]:
    values = {str(label): value for value, label in choices.choices}
    return Column(
        heading,
        lambda m: str(choices(getattr(m, name)).label),
        parse=values.__getitem__,
        choices=list(values),
        required=required,
        name=name,
    )


def _compared(mapping: Mapping) -> str:
    pair = read(mapping)
    return "；".join(words for _lines, words in pair.shown) or pair.obstacle


def _by_code(rows: models.QuerySet[Any]) -> Callable[[], dict[str, Any]]:
    return lambda: {row.code: row for row in rows}


def _existing_pairs(rows: list[Row]) -> list[Mapping | None]:
    """Pairs that are there already, whichever way they are read."""
    clauses = {row[end].pk for row in rows for end in ("source", "target")}
    known: dict[tuple[tuple[int, int], ...], Mapping] = {}
    for one in Mapping.objects.active().filter(source__in=clauses, target__in=clauses):
        ends = (
            (one.source_id, one.source_measure_id or 0),
            (one.target_id, one.target_measure_id or 0),
        )
        known[ends] = known[ends[::-1]] = one
    return [known.get((_end(row, "source"), _end(row, "target"))) for row in rows]


def _end(row: Row, name: str) -> tuple[int, int]:
    measure = row.get(f"{name}_measure")
    return row[name].pk, measure.pk if measure else 0


def _check_pair(row: Row) -> None:
    """What one line can say wrong, under the heading that must be put right."""
    if row["source"].pk == row["target"].pk:
        raise WrongCell(_("乙方条款"), _("条款不能与自己对照"))
    if row["source"].framework_id == row["target"].framework_id:
        raise WrongCell(_("乙方条款"), _("两条款在同一指标体系内，不能对照。"))
    for name, heading in (("source", _("甲方指标")), ("target", _("乙方指标"))):
        measure = row.get(f"{name}_measure")
        if measure and measure.clause_id != row[name].pk:
            raise WrongCell(heading, _("这个指标不属于同一行的条款"))
        if row.get("same_quantity") and not measure:
            raise WrongCell(heading, _("同一个量须选双方的指标。"))
    if not 1 <= (row.get("strength") or 4) <= 10:
        raise WrongCell(_("强度"), _("强度应在 1 与 10 之间"))


def _propose(*, by: User, **row: Any) -> Mapping:
    said = {name: value for name, value in row.items() if value not in (None, "")}
    pair = services.Pair(**said | {"relation": Relation(row["relation"])})
    try:
        return services.propose_mapping(pair, by=by, at=clock.now())
    except services.MappingRefused as refused:
        raise ValueError(str(refused)) from refused
