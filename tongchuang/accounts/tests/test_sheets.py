"""Units from a spreadsheet: division lists, repeated imports, refusals."""

from io import BytesIO

import pytest

from tongchuang.accounts.models import Unit
from tongchuang.accounts.services import robot
from tongchuang.accounts.sheets import UNITS, kind_by_name
from tongchuang.accounts.tests.make import City, make_city
from tongchuang.core.tabular import Preview, SheetMapping

pytestmark = pytest.mark.django_db
HEAD = "编码,名称,类别,上级编码,简称"


@pytest.fixture
def city() -> City:
    return make_city()


def preview(*lines: str) -> Preview[Unit]:
    return UNITS.preview(BytesIO("\n".join([HEAD, *lines]).encode()), name="units.csv")


def test_a_division_list_becomes_a_branch_of_the_tree(city: City) -> None:
    done = preview(
        f"341871,宣城市经济开发区,,{city.root.code},",
        "341871001,天湖街道,,341871,",
        "341871001001,天湖居委会,,341871001,",
        "341871001200,马村村委会,,341871001,",
    ).commit(by=robot())
    assert done.new == 4
    street = Unit.objects.get(code="341871001")
    assert street.kind == Unit.Kind.STREET
    assert street.path.startswith(Unit.objects.get(code="341871").path)


def test_a_repeated_import_changes_nothing(city: City) -> None:
    lines = [f"A1,东津街道,,{city.root.code},东津", "A2,东津社区,,A1,"]
    preview(*lines).commit(by=robot())
    again = preview(*lines)
    assert (again.new, again.changed, again.same) == (0, 0, 2)


def test_a_list_that_calls_a_grid_by_its_short_name_is_read_twice_alike(city: City) -> None:
    line = f"G9,网格 09,网格,{city.community.code},"
    preview(line).commit(by=robot())
    assert Unit.objects.get(code="G9").name == f"{city.community.label}网格 09"
    again = preview(line).commit(by=robot())
    assert (again.new, again.changed, again.same) == (0, 0, 1)


def test_an_export_comes_back_unchanged(city: City) -> None:
    units = list(Unit.objects.all())
    again = UNITS.preview(BytesIO(UNITS.export(units)), name="units.xlsx")
    assert (again.errors, again.same) == ([], len(units))


def test_a_new_short_name_is_a_change_and_a_new_name_is_refused(city: City) -> None:
    code, top = city.bureau.code, city.root.code
    changed = preview(f"{code},城管局,部门,{top},城管")
    assert changed.changed == 1
    changed.commit(by=robot())
    assert Unit.objects.get(code=code).short_name == "城管"
    with pytest.raises(Exception, match="更名请在单位页面办理"):
        preview(f"{code},城管委,部门,{top},").commit(by=robot())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("A1,某某,,X,", "看不出类别"),
        ("A1,某某,衙门,X,", "不认识"),
        (",东津街道,,X,", "不能为空"),
    ],
)
def test_a_wrong_line_is_named(city: City, line: str, said: str) -> None:
    errors = preview(line).errors
    assert errors[0].line == 2
    assert said in errors[0].message


def test_a_missing_parent_stops_the_whole_import(city: City) -> None:
    with pytest.raises(Exception, match="上级编码 nowhere 不存在"):
        preview(f"A1,东津街道,,{city.root.code},", "A2,西门街道,,nowhere,").commit(by=robot())
    assert not Unit.objects.filter(code="A1").exists()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("西林街道", "street"),
        ("寒亭镇", "town"),
        ("城西社区居委会", "community"),
        ("马村村委会", "village"),
        ("上海军天湖农场生活区", "community"),
        ("平天湖风景区", "zone"),
        ("经开区虚拟生活区", "community"),
    ],
)
def test_names_of_the_division_list_tell_their_kind(name: str, kind: str) -> None:
    assert kind_by_name(name) == kind


def test_a_mapping_reads_a_foreign_list(city: City) -> None:
    mapping = SheetMapping(columns={"code": "编码", "name": "名称", "area_code": "上级编码"})
    text = f"area_code,area,code,name\n{city.root.code},市,341802001,西林街道\n"
    table = UNITS.preview(BytesIO(text.encode()), mapping, name="towns.csv")
    assert table.commit(by=robot()).new == 1
