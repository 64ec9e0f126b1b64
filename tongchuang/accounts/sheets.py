"""Spreadsheets of units and people."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongchuang.accounts import services
from tongchuang.accounts.comparison import group_key, group_word
from tongchuang.accounts.models import Unit, User
from tongchuang.core.tabular import Column, Row, Sheet

KINDS = {str(label): key for key, label in Unit.Kind.choices}
# Endings of Chinese territorial names, longest first; the rest must say their kind.
ENDINGS = [
    ("社区居委会", "community"),
    ("社区居民委员会", "community"),
    ("社区", "community"),
    ("居委会", "community"),
    ("居民委员会", "community"),
    ("居委员会", "community"),
    ("村委会", "village"),
    ("村民委员会", "village"),
    ("村", "village"),
    ("街道办事处", "street"),
    ("街道", "street"),
    ("镇", "town"),
    ("乡", "town"),
    ("生活区", "community"),
    ("开发区", "zone"),
    ("工业园区", "zone"),
    ("园区", "zone"),
    ("风景区", "zone"),
    ("农场", "enterprise"),
    ("林场", "enterprise"),
    ("茶场", "enterprise"),
    ("监狱", "institution"),
    ("市", "city"),
    ("区", "city"),
    ("县", "city"),
    ("省", "province"),
]


def read_kind(text: str) -> str:
    """A kind by its Chinese word or key. Raises `ValueError` with a sentence."""
    kind = KINDS.get(text, text)
    if kind not in Unit.Kind.values:
        raise ValueError(_("类别“%s”不认识") % text)
    return kind


def kind_by_name(name: str) -> str:
    """What kind of territory a name of the division list speaks of; a virtual one is a zone's.

    Raises `ValueError` when the name does not tell.
    """
    for ending, kind in ENDINGS:
        if name.endswith(ending):
            return kind
    if "虚拟" in name:
        return str(Unit.Kind.COMMUNITY)
    raise ValueError(_("从名称“%s”看不出类别，请填“类别”列") % name)


def _yes(text: str) -> bool:
    if text in {"是", "1", "true", "True", "√"}:
        return True
    if text in {"否", "0", "false", "False", "×"}:
        return False
    raise ValueError(_("填“是”或“否”"))


def units_by_code(rows: list[Row]) -> list[Unit | None]:
    """For each row the unit that bears its code; two queries for the whole batch."""
    wanted = {row["code"] for row in rows} | {row.get("parent") or "" for row in rows}
    known = {unit.code: unit for unit in Unit.objects.filter(code__in=wanted)}
    paths = {unit.path[:-4] for unit in known.values()}
    above = dict(Unit.objects.filter(path__in=paths).values_list("path", "code"))
    for unit in known.values():
        unit.parent_code = above.get(unit.path[:-4], "")
    return [known.get(row["code"]) for row in rows]


def create_from_row(*, by: User, **row: Any) -> Unit:
    """One line as a new unit; its parent must be there already, in the file or before it."""
    return services.create_unit(_facts(row), parent=_parent(row.get("parent") or ""), by=by)


def update_from_row(unit: Unit, *, by: User, **row: Any) -> Unit:
    """Bring a unit up to a line; a unit does not move in the tree by import."""
    facts = _facts(row, unit)
    if facts.name != unit.name:
        raise ValidationError(
            _("编码 %(code)s 现名“%(name)s”，更名请在单位页面办理，以保留曾用名。")
            % {"code": unit.code, "name": unit.name}
        )
    return services.change_unit(unit, facts, by=by)


def _same(unit: Unit, row: Row) -> bool:
    """Whether a line says nothing new; an empty cell says nothing."""
    facts = _facts(row, unit)
    return all(getattr(unit, name) == getattr(facts, name) for name in services.UnitFacts.__slots__)


def _facts(row: Row, unit: Unit | None = None) -> services.UnitFacts:
    def told(name: str, default: Any) -> Any:
        value = row.get(name)
        return value if value is not None else getattr(unit, name, default)

    # Who writes the short name ("网格 03") means the same unit and asks for no other name.
    short = unit is not None and row["name"] == unit.short_name
    return services.UnitFacts(
        code=row["code"],
        name=unit.name if unit and short else row["name"],
        kind=row.get("kind") or (unit.kind if unit else kind_by_name(row["name"])),
        short_name=told("short_name", ""),
        comparison_group=told("comparison_group", ""),
        scored=told("scored", default=False),
        duty=told("duty", ""),
        active=told("active", default=True),
    )


def _parent(code: str) -> Unit | None:
    if not code:
        return None
    parent: Unit | None = Unit.objects.filter(code=code).first()
    if parent is None:
        raise ValidationError(_("上级编码 %s 不存在，请先导入上级单位。") % code)
    return parent


def _check(row: Row) -> None:
    """A new unit must tell its kind, by its column or by its name."""
    if not row.get("kind"):
        kind_by_name(row["name"])


UNITS: Sheet[Unit] = Sheet(
    "单位",
    [
        Column("编码", lambda u: u.code, name="code"),
        Column("名称", lambda u: u.name, name="name", width=28),
        Column(
            "类别",
            lambda u: u.get_kind_display(),
            parse=read_kind,
            required=False,
            name="kind",
            help=gettext_lazy("可空：从名称的结尾看出（街道、镇、社区、村委会……）。"),  # type: ignore[arg-type]  # lazy text
        ),
        Column("上级编码", lambda u: getattr(u, "parent_code", ""), required=False, name="parent"),
        Column("简称", lambda u: u.short_name, required=False, name="short_name"),
        Column(
            "可比组",
            lambda u: group_word(u.comparison_group),
            parse=group_key,
            required=False,
            name="comparison_group",
        ),
        Column(
            "参加考评",
            lambda u: "是" if u.scored else "否",
            parse=_yes,
            required=False,
            name="scored",
        ),
        Column("职责", lambda u: u.duty, required=False, name="duty", width=30),
        Column(
            "在用",
            lambda u: "是" if u.active else "否",
            parse=_yes,
            required=False,
            name="active",
        ),
    ],
    find=units_by_code,
    create=create_from_row,
    update=update_from_row,
    same=_same,
    check=_check,
    unique=("code",),
)

PEOPLE: Sheet[User] = Sheet(
    "人员",
    [
        Column("姓名", lambda p: p.name),
        Column("登录名", lambda p: p.username),
        Column("单位", lambda p: p.unit.name if p.unit else "", width=28),
        Column("职务", lambda p: p.title),
        Column("手机号", lambda p: p.phone),
        Column("邮箱", lambda p: p.email, width=24),
        Column("可登录", lambda p: "是" if p.is_active else "否"),
    ],
)
