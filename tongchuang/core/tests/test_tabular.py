"""Spreadsheets in and out."""

import gzip
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from tongchuang.core.cells import clean, day, decimal_number, defused, moment, whole_number
from tongchuang.core.tabular import (
    CellError,
    Column,
    FileRefused,
    ImportRefused,
    Outcome,
    Preview,
    Row,
    Sheet,
    SheetMapping,
)


@dataclass
class Site:
    name: str
    area: Decimal | None = None
    opened: date | None = None
    indoor: bool = False


COLUMNS = [
    Column[Site]("名称", lambda s: s.name, name="name"),
    Column[Site]("面积（平方米）", lambda s: s.area, Decimal, required=False, name="area"),
    Column[Site]("启用日期", lambda s: s.opened, date, required=False, name="opened"),
    Column[Site]("室内", lambda s: s.indoor, bool, name="indoor"),
]


class Shelf:
    """Sites kept in memory behind services."""

    def __init__(self) -> None:
        self.sites: dict[str, Site] = {}

    def create(self, *, by: object, **row: Any) -> None:
        if row["name"] == "禁止":
            raise ValueError("不收这个点位")
        self.sites[row["name"]] = Site(**row)

    def update(self, site: Site, *, by: object, **row: Any) -> None:
        for key, value in row.items():
            setattr(site, key, value)

    def sheet(self, **fields: Any) -> Sheet[Site]:
        return replace(
            Sheet[Site](
                "点位",
                COLUMNS,
                key=lambda row: self.sites.get(row["name"]),
                create=self.create,
                update=self.update,
                unique=("name",),
            ),
            **fields,
        )


def csv_file(text: str, name: str = "点位.csv", encoding: str = "utf-8") -> ContentFile[bytes]:
    return ContentFile(text.encode(encoding), name)


def xlsx_file(
    *rows: list[Any], merge: str = "", book: Workbook | None = None
) -> ContentFile[bytes]:
    book = book or Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    for ref in merge.split():
        page.merge_cells(ref)
    out = BytesIO()
    book.save(out)
    return ContentFile(out.getvalue(), "点位.xlsx")


HEAD = "名称,面积（平方米）,启用日期,室内\n"


def errors_of(preview: Preview[Site]) -> list[tuple[int, str]]:
    return [(error.line, error.heading) for error in preview.errors]


# Round trip
SITES = st.lists(
    st.builds(
        Site,
        name=st.text("甲乙丙=+-@'\"abc,;0９ \n", min_size=1, max_size=6).filter(
            lambda name: clean(name) == name
        ),
        area=st.none() | st.decimals(-9999, 9999, places=2),
        opened=st.none() | st.dates(date(1990, 1, 1), date(2050, 1, 1)),
        indoor=st.booleans(),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda site: site.name,
)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(sites=SITES, as_csv=st.booleans())
def test_what_is_exported_imports_as_the_same(sites: list[Site], as_csv: bool) -> None:  # noqa: FBT001 -- drawn
    sheet, shelf = Shelf().sheet(), Shelf()
    data = sheet.export_csv(sites) if as_csv else sheet.export(sites)
    file = ContentFile(data, "点位.csv" if as_csv else "点位.xlsx")
    shelf.sheet().preview(file).commit(by=None)
    assert list(shelf.sites.values()) == sites
    assert shelf.sheet().preview(file).commit(by=None) == Outcome(same=len(sites))


@pytest.mark.django_db
def test_an_import_counts_new_changed_and_same_rows() -> None:
    shelf = Shelf()
    shelf.sites = {"甲": Site("甲", Decimal(5)), "乙": Site("乙", Decimal(6))}
    preview = shelf.sheet().preview(csv_file(f"{HEAD}甲,5,,否\n乙,7,,否\n丙,,,是\n"))
    assert (preview.new, preview.changed, preview.same, preview.refused) == (1, 1, 1, 0)
    assert preview.commit(by=None) == Outcome(new=1, changed=1, same=1)
    assert shelf.sites["乙"].area == 7


def test_every_error_names_line_and_heading() -> None:
    preview = Shelf().sheet().preview(csv_file(f"{HEAD},很大,昨天,也许\n\n甲,1,,是\n甲,2,,否\n"))
    assert errors_of(preview) == [
        (2, "名称"),
        (2, "面积（平方米）"),
        (2, "启用日期"),
        (2, "室内"),
        (5, "名称"),
    ]
    assert str(preview.errors[-1]) == "第 5 行“名称”：与第 4 行重复"


@pytest.mark.django_db
def test_an_import_with_errors_writes_nothing() -> None:
    shelf = Shelf()
    preview = shelf.sheet().preview(csv_file(f"{HEAD}甲,1,,是\n乙,很大,,是\n"))
    with pytest.raises(ImportRefused):
        preview.commit(by=None)
    assert shelf.sites == {}
    assert preview.commit(by=None, leave_out_refused=True) == Outcome(new=1, refused=1)


@pytest.mark.django_db
def test_what_a_service_refuses_is_told_with_its_line() -> None:
    preview = Shelf().sheet().preview(csv_file(f"{HEAD}甲,1,,是\n禁止,1,,是\n"))
    with pytest.raises(ImportRefused) as refused:
        preview.commit(by=None)
    assert refused.value.errors == [CellError(3, "", "不收这个点位")]


# Headings
def test_headings_are_found_below_a_title() -> None:
    file = xlsx_file(["示例市点位表"], [], [" 名 称*", "室内："], ["甲", "是"], merge="A1:B1")
    assert Shelf().sheet().preview(file).rows[0].cells == ["甲", "是"]


def test_two_rows_of_headings_are_joined() -> None:
    columns = [
        Column[Row]("名称", lambda r: r["名称"]),
        Column[Row]("计划/金额", lambda r: r["计划/金额"], int),
        Column[Row]("实际/金额", lambda r: r["实际/金额"], int),
    ]
    file = xlsx_file(
        ["名称", "计划", None, "实际"],
        [None, "金额", "天数", "金额"],
        ["甲", 1, 2, 3],
        merge="A1:A2 B1:C1",
    )
    preview = Sheet[Row]("项目", columns).preview(file)
    assert preview.errors == []
    assert preview.rows[0].cells == ["甲", "1", "3"]
    assert preview.ignored == ["计划/天数"]


def test_a_missing_heading_is_named_with_the_nearest_one() -> None:
    preview = Shelf().sheet().preview(csv_file("名称,室内吗\n甲,是\n"))
    assert errors_of(preview) == [(0, "室内")]
    assert "室内吗" in preview.errors[0].message


def test_a_heading_that_repeats_is_refused() -> None:
    preview = Shelf().sheet().preview(csv_file("名称,室内,名称\n甲,是,乙\n"))
    assert "A、C" in preview.errors[0].message


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "空"), ("\n\n", "没有内容"), ("一,二\n3,4\n", "没有找到表头"), (HEAD, "没有数据")],
)
def test_a_file_without_a_table_is_refused_with_words(text: str, words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        Shelf().sheet().preview(csv_file(text))


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(FileRefused, match="超过 2 行"):
        Shelf().sheet(max_rows=2).preview(csv_file(HEAD + "甲,,,是\n" * 3))


# Cells
def test_merged_cells_are_refused_or_filled_down() -> None:
    rows: list[list[Any]] = [["名称", "室内"], ["甲", "是"], [None, "否"]]
    refused = Shelf().sheet().preview(xlsx_file(*rows, merge="A2:A3"))
    assert errors_of(refused) == [(3, "名称")]
    assert "A2:A3" in refused.errors[0].message
    filling = [replace(COLUMNS[0], fill_down=True), *COLUMNS[1:]]
    filled = Shelf().sheet(columns=filling, unique=()).preview(xlsx_file(*rows, merge="A2:A3"))
    assert [row.cells[0] for row in filled.rows] == ["甲", "甲"]


def test_a_formula_without_result_is_an_error() -> None:
    preview = Shelf().sheet().preview(xlsx_file(["名称", "室内"], ["=A1", "是"]))
    assert errors_of(preview) == [(2, "名称")]
    assert "公式" in preview.errors[0].message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_usual_encodings(encoding: str) -> None:
    preview = Shelf().sheet().preview(csv_file(f"{HEAD}城南菜场,1,,是\n", encoding=encoding))
    assert preview.rows[0].cells[0] == "城南菜场"


@pytest.mark.parametrize(
    "text",
    [
        "2016-3-8",
        "2016/3/8",
        "2016年3月8日",
        "2016.03.08",
        "20160308",
        "42437",
        "２０１６-３-８",
        "2016-03-08 00:00:00",
        " 2016 年 3 月 8 日",
    ],
)
def test_dates_are_read_as_people_write_them(text: str) -> None:
    assert day(text) == date(2016, 3, 8)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2016-03-08 14:30", 14),
        ("2016年3月8日14时30分", 14),
        ("42437.604166667", 14),
        ("2016-03-08T06:30:00Z", 14),
        ("2016-03-08T14:30:00+08:00", 14),
    ],
)
def test_moments_are_in_the_citys_time(text: str, hour: int) -> None:
    assert moment(text) == datetime(2016, 3, 8, hour - 8, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2016-2-30", "昨天", "8/3/2016", "12", "99999999999"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="日期"):
        day(text)


def test_numbers_are_read_with_separators_and_full_width() -> None:
    assert whole_number("１，２００") == 1200
    assert decimal_number("-3.50") == Decimal("-3.5")
    with pytest.raises(ValueError, match="整数"):
        whole_number("1.5")


@pytest.mark.parametrize("text", ["=1+1", "+86 138", "-甲", "@SUM(A1)", "\tx", "\rx"])
def test_formula_cells_are_defused(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "-0.5", "+3", "甲=乙", ""])
def test_negative_numbers_are_not_damaged(text: str) -> None:
    assert defused(text) == text


# Template and mapping
def test_the_template_has_headings_notes_and_lists() -> None:
    columns = [replace(COLUMNS[0], help="写全称"), replace(COLUMNS[3], choices=("是", "否"))]
    book = load_workbook(BytesIO(Shelf().sheet(columns=columns).template()))
    page = book["点位"]
    assert [cell.value for cell in page[1]] == ["名称", "室内"]
    note = page["A1"].comment
    assert note is not None
    assert "写全称" in str(note.text)
    assert page.data_validations.dataValidation[0].type == "list"


MAPPING = """
columns: {site: 名称, size: 面积（平方米）, open_dt: 启用日期}
constants: {室内: 否}
values: {名称: {Park: 公园, "*": 其他}}
date_formats: {启用日期: "%m/%d/%Y %H:%M"}
timezone: America/New_York
only: {dept: [A, B]}
nothing: {面积（平方米）: ["0.0"]}
"""


@pytest.mark.django_db
def test_a_foreign_table_is_read_through_a_mapping() -> None:
    text = "site,size,open_dt,dept\nPark,0.0,03/08/2016 22:00,A\nDump,4,,B\nX,1,,C\n"
    shelf = Shelf()
    sheet = shelf.sheet()
    sheet.preview(csv_file(text), SheetMapping.from_yaml(MAPPING)).commit(by=None)
    assert list(shelf.sites.values()) == [
        Site("公园", None, date(2016, 3, 8), indoor=False),
        Site("其他", Decimal(4), None, False),  # noqa: FBT003 -- row
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("columns: 3", "columns"),
        ("columns: {a: b}\ntimezone: Mars/Base", "Mars"),
        ("columns: {a: b}\nfoo: 1", "foo"),
        ("{", "YAML"),
    ],
)
def test_a_wrong_mapping_is_named(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        SheetMapping.from_yaml(text)


def test_a_mapping_must_give_every_required_column() -> None:
    mapping = SheetMapping(columns={"site": "名称"})
    preview = Shelf().sheet().preview(csv_file("site\n甲\n"), mapping)
    assert errors_of(preview) == [(0, "室内")]


@pytest.mark.slow
@pytest.mark.django_db
def test_a_large_packed_csv_is_previewed_without_keeping_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "large.csv.gz"
    path.write_bytes(
        gzip.compress(
            (HEAD + "".join(f"点{n},1.5,2015-03-01,是\n" for n in range(94_000))).encode()
        )
    )
    started = time.process_time()
    shelf = Shelf()
    preview = shelf.sheet().preview(path)
    assert time.process_time() - started < 20
    assert (preview.new, len(preview.rows), preview._kept) == (94_000, 200, None)
    assert preview.commit(by=None).new == 94_000
