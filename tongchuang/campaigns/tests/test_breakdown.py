"""The breakdown table out and in: round trip, preview, choices, confirmation, bad files."""

from collections import Counter
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from docx import Document
from openpyxl import Workbook, load_workbook

from tongchuang.accounts.models import Unit, UnitName, User
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.campaigns import services
from tongchuang.campaigns.breakdown import drafts
from tongchuang.campaigns.breakdown.files import MAX_ROWS
from tongchuang.campaigns.breakdown.lines import breakdown_lines
from tongchuang.campaigns.breakdown.papers import plan_facts, plan_paper, table_paper
from tongchuang.campaigns.breakdown.sheets import breakdown_sheet, refused_sheet
from tongchuang.campaigns.breakdown.understanding import Books
from tongchuang.campaigns.models import Assignment, BreakdownDraft, Campaign, Task
from tongchuang.campaigns.tests.make import make_campaign
from tongchuang.core import clock
from tongchuang.core.audit import history
from tongchuang.core.filetypes import FileRefused
from tongchuang.standards.models import Clause
from tongchuang.standards.tests.make import make_article, make_chapter

pytestmark = pytest.mark.django_db
HEAD = ["序号", "指标名称", "工作任务", "牵头单位", "责任单位", "完成时限"]
DUE = date(2016, 6, 30)


@pytest.fixture
def campaign() -> Campaign:
    city = make_unit(kind=Unit.Kind.CITY, name="示例市")
    return make_campaign(city=city, started_on=date(2015, 12, 8), deadline_on=date(2018, 9, 30))


@pytest.fixture
def director(campaign: Campaign) -> User:
    return make_user(role="hq_director", unit=campaign.city, name="方圆")


@pytest.fixture
def units(campaign: Campaign) -> dict[str, Unit]:
    rows = {
        "城管局": ("城市管理行政执法局（环卫处）", Unit.Kind.DEPARTMENT),
        "住建局": ("住房和城乡建设局", Unit.Kind.DEPARTMENT),
        "人社局": ("人力资源和社会保障局", Unit.Kind.DEPARTMENT),
        "城东街道": ("城东街道办事处", Unit.Kind.STREET),
        "青山镇": ("青山镇人民政府", Unit.Kind.TOWN),
    }
    return {
        short: make_unit(parent=campaign.city, name=name, short_name=short, kind=kind)
        for short, (name, kind) in rows.items()
    }


@pytest.fixture
def toilets(campaign: Campaign) -> Clause:
    chapter = make_chapter(campaign.framework, title="市容环境卫生")
    return make_article(chapter, title="公厕建设管理")


def sheet(
    *rows: list[Any], head: list[str] = HEAD, merges: tuple[str, ...] = ()
) -> ContentFile[bytes]:
    book = Workbook()
    page = book.worksheets[0]
    for row in (head, *rows):
        page.append(row)
    for ref in merges:
        page.merge_cells(ref)
    out = BytesIO()
    book.save(out)
    return ContentFile(out.getvalue(), name="分解表.xlsx")


def word(*paragraphs: str) -> ContentFile[bytes]:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    out = BytesIO()
    document.save(out)
    return ContentFile(out.getvalue(), name="方案.docx")


def upload(campaign: Campaign, file: ContentFile[bytes], by: User) -> BreakdownDraft:
    draft, _new = drafts.keep_upload(campaign, file, by=by, at=clock.now())
    return draft


def states(draft: BreakdownDraft) -> list[str]:
    return list(draft.rows.values_list("state", flat=True))


def confirm(draft: BreakdownDraft, by: User) -> drafts.Written:
    return drafts.confirm_draft(draft, by=by, at=clock.now())


def said(draft: BreakdownDraft) -> str:
    """Everything that stands in the way of the rows."""
    rows = drafts.read_rows(draft, draft.rows.all(), Books(draft))
    return "；".join(str(problem) for one in rows for problem in one.found.problems)


ROW = [1, "公厕建设管理", "新建公厕12座", "市城管局", "住建局、各乡镇、街道", "2016年6月底前"]


def test_nothing_is_written_before_a_person_confirms(
    campaign: Campaign, director: User, units: dict[str, Unit], toilets: Clause
) -> None:
    draft = upload(campaign, sheet(ROW), director)
    assert states(draft) == ["new"]
    assert not Task.objects.exists()
    assert not Assignment.objects.exists()
    done = confirm(draft, director)
    assert (done.new, done.waiting) == (1, 0)
    task, duty = Task.objects.get(), Assignment.objects.get()
    assert (task.title, task.unit, task.quantity, task.quantity_unit, task.due_on) == (
        "新建公厕12座", units["城管局"], Decimal(12), "座", DUE,
    )  # fmt: skip
    assert (duty.clause, duty.lead) == (toilets, units["城管局"])
    assert set(duty.helpers.all()) == {units["住建局"], units["城东街道"], units["青山镇"]}
    assert "第 2 行" in duty.reason
    assert history(task).first() is not None


def test_the_same_file_again_changes_nothing_and_a_changed_row_is_shown(
    campaign: Campaign, director: User, units: dict[str, Unit], toilets: Clause
) -> None:
    confirm(upload(campaign, sheet(ROW), director), director)
    again = upload(campaign, sheet(ROW), director)
    assert states(again) == ["same"]
    assert confirm(again, director).new == 0
    later = upload(campaign, sheet([*ROW[:5], "2016-09-30"]), director)
    assert states(later) == ["changed"]
    [row] = drafts.read_rows(later, later.rows.all(), Books(later))
    assert [(str(c.label), c.was, c.becomes) for c in row.changes] == [
        ("完成时限", "2016-06-30", "2016-09-30")
    ]
    confirm(later, director)
    assert Task.objects.get().due_on == date(2016, 9, 30)


def test_an_open_draft_is_found_again_when_the_file_is_uploaded_twice(
    campaign: Campaign, director: User, units: dict[str, Unit]
) -> None:
    file = sheet(ROW)
    first = upload(campaign, file, director)
    second, is_new = drafts.keep_upload(campaign, file, by=director, at=clock.now())
    assert (second.pk, is_new) == (first.pk, False)


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_our_own_table_read_again_changes_nothing(
    kind: str, campaign: Campaign, director: User, units: dict[str, Unit], toilets: Clause
) -> None:
    other = make_article(toilets.parent, title="垃圾收运")
    for clause, lead, helpers in (
        (toilets, "城管局", ["住建局", "城东街道", "青山镇"]),
        (other, "住建局", ["城东街道"]),
    ):
        services.assign(
            campaign, clause, lead=units[lead], helpers=[units[h] for h in helpers],
            sponsor=None, reason="会议", by=director,
        )  # fmt: skip
    for title, unit, clause_ in (
        ("新建公厕", "城管局", toilets),
        ("取缔旱厕", "青山镇", toilets),
        ("防汛演练", "人社局", None),
    ):
        services.create_task(
            campaign, by=director, title=title, unit=units[unit], clause=clause_,
            quantity=Decimal("2.5"), quantity_unit="处", starts_on=date(2016, 1, 1), due_on=DUE,
        )  # fmt: skip
    lines = breakdown_lines(campaign, director)
    data = (
        breakdown_sheet().export(lines)
        if kind == "xlsx"
        else table_paper(campaign, director, on=DUE).docx()
    )
    draft = upload(campaign, ContentFile(data, name=f"表.{kind}"), director)
    assert Counter(states(draft)) == {"same": len(lines)}
    assert len(lines) == 4


def test_paragraphs_of_a_plan_are_read_with_their_headings(
    campaign: Campaign, director: User, units: dict[str, Unit], toilets: Clause
) -> None:
    file = word(
        "三、主要任务",
        "（一）市容环境卫生",
        "1.公厕建设管理。新建公厕12座。",
        "[牵头单位:市城管局;责任单位:市住建局,市人社局;完成时限:2016年6月30日前]",
    )
    draft = upload(campaign, file, director)
    [row] = drafts.read_rows(draft, draft.rows.all(), Books(draft))
    assert row.place == "第 4 段"
    assert row.row.trail == "三、主要任务 / （一）市容环境卫生"
    assert row.found.lead == units["城管局"]
    assert set(row.found.helpers) == {units["住建局"], units["人社局"]}
    assert row.found.due_on == DUE


def test_merged_cells_and_two_heading_rows_carry_down(
    campaign: Campaign, director: User, units: dict[str, Unit], toilets: Clause
) -> None:
    head = ["指标名称", "工作任务", "责任分工", "", "完成时限"]
    rows = [
        ["", "", "牵头单位", "配合单位", ""],
        ["公厕建设管理", "新建公厕12座", "城管局", "住建局", "2016年6月底前"],
        ["", "改造旱厕3座", "", "人社局", "2016年5月底前"],
    ]
    merges = ("A1:A2", "B1:B2", "C1:D1", "E1:E2", "A3:A4", "C3:C4")
    draft = upload(campaign, sheet(*rows, head=head, merges=merges), director)
    assert states(draft) == ["new", "new"]
    confirm(draft, director)
    assert {task.unit for task in Task.objects.all()} == {units["城管局"]}
    assert set(Assignment.objects.get().helpers.all()) == {units["住建局"], units["人社局"]}


def test_a_name_is_chosen_once_for_the_whole_file(
    campaign: Campaign, director: User, units: dict[str, Unit], toilets: Clause
) -> None:
    rows = [
        [1, "公厕建设管理", f"任务{n}", "城管局", "县直有关部门、建设局", "2016-06-30"]
        for n in range(3)
    ]
    draft = upload(campaign, sheet(*rows), director)
    assert states(draft) == ["confirm"] * 3
    assert "没有指明是哪些单位" in said(draft)
    assert "不认识“建设局”" in said(draft)
    questions = {one.name: one for one in drafts.questions_of(draft, Books(draft))}
    assert questions["建设局"].times == 3
    assert units["住建局"].pk in [pk for pk, _name in questions["建设局"].near]
    names = {"unit:建设局": units["住建局"].pk, "unit:县直有关部门": 0}
    draft = drafts.choose_names(draft, names, default_due_on=None, by=director)
    assert states(draft) == ["new"] * 3
    draft.refresh_from_db()
    assert draft.names == names  # the draft survives a reload


def test_a_former_name_means_the_unit_of_today(
    campaign: Campaign, director: User, units: dict[str, Unit], toilets: Clause
) -> None:
    UnitName.objects.create(unit=units["城管局"], name="城市建设监察大队", valid_to=DUE)
    draft = upload(campaign, sheet([*ROW[:3], "城市建设监察大队", *ROW[4:]]), director)
    [row] = drafts.read_rows(draft, draft.rows.all(), Books(draft))
    assert row.found.lead == units["城管局"]


@pytest.mark.parametrize(
    ("lead", "others", "words"),
    [
        ("城管局、住建局", "", "写了 2 个牵头单位"),
        ("", "城管局、住建局", "拟由排在第一的 城管局 牵头"),
        ("", "", "没有牵头单位"),
        ("城管局", "城管局、住建局", "既牵头又配合"),
    ],
)
def test_a_doubtful_lead_is_told_in_words(
    lead: str, others: str, words: str, campaign: Campaign, director: User,
    units: dict[str, Unit], toilets: Clause,
) -> None:  # fmt: skip
    draft = upload(
        campaign, sheet([1, "公厕建设管理", "新建", lead, others, "2016-06-30"]), director
    )
    assert words in said(draft)


def test_two_leads_of_one_clause_leave_the_first_and_the_other_is_a_task(
    campaign: Campaign, director: User, units: dict[str, Unit], toilets: Clause
) -> None:
    other = [2, "公厕建设管理", "清洗公厕", "住建局", "", "2016-06-30"]
    draft = upload(campaign, sheet(ROW, other, ROW), director)
    assert states(draft)[:2] == ["new", "new"]
    assert "与第 2 行是同一项任务" in said(draft)
    confirm(draft, director)
    assert Assignment.objects.get().lead == units["城管局"]
    assert Task.objects.count() == 2


def test_without_a_limit_the_rows_wait_until_one_date_is_given_for_all(
    campaign: Campaign, director: User, units: dict[str, Unit], toilets: Clause
) -> None:
    draft = upload(
        campaign,
        sheet([*ROW[:5], ""], [2, "公厕建设管理", "保洁", "城管局", "", "长期坚持"]),
        director,
    )
    assert states(draft) == ["confirm", "new"]
    draft = drafts.choose_names(draft, {}, default_due_on=DUE, by=director)
    assert states(draft) == ["new", "new"]
    confirm(draft, director)
    assert Task.objects.get(title="保洁").due_on == campaign.deadline_on


def test_rows_that_wait_are_handed_back_and_read_again(
    campaign: Campaign, director: User, units: dict[str, Unit], toilets: Clause
) -> None:
    draft = upload(campaign, sheet(ROW, [2, "", "@cmd()", "某某局", "", "2016-06-30"]), director)
    assert confirm(draft, director).waiting == 1
    waiting = drafts.read_rows(draft, draft.rows.filter(state="confirm"), Books(draft))
    data = refused_sheet().export(waiting)
    cells = [cell.value for cell in load_workbook(BytesIO(data)).worksheets[0][2]]
    assert cells[0] == "第 3 行"
    assert any("不认识“某某局”" in str(cell) for cell in cells)
    assert not any(str(cell).startswith("@") for cell in cells)
    again = upload(campaign, ContentFile(data, name="退回.xlsx"), director)
    assert states(again) == ["confirm"]


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (ContentFile(OLE, name="加密.xlsx"), "去掉密码"),
        (ContentFile(b"PK\x03\x04broken", name="坏.docx"), "已损坏"),
        (ContentFile(b"%PDF-1.4 %%EOF", name="表.pdf"), "Excel、Word"),
        (sheet(["x"], head=["姓名"]), "没有找到分解表的表头"),
        (word("一、总体要求", "全市上下要高度重视。"), "没有找到任务"),
        (sheet(*[[n, "", f"任务{n}", "甲局"] for n in range(MAX_ROWS + 1)]), "超过 3000 行"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_in_words_and_leaves_nothing(
    file: ContentFile[bytes], words: str, campaign: Campaign, director: User
) -> None:
    with pytest.raises(FileRefused, match=words):
        upload(campaign, file, director)
    assert not BreakdownDraft.objects.exists()


def test_the_plan_counts_its_figures_from_the_records(
    campaign: Campaign, director: User, units: dict[str, Unit], toilets: Clause
) -> None:
    confirm(upload(campaign, sheet(ROW), director), director)
    facts = plan_facts(campaign, director, on=DUE)
    assert (facts.assigned, facts.tasks, facts.unassigned) == (1, 1, 0)
    text = "\n".join(
        getattr(block, "text", "") for block in plan_paper(facts, readiness="", on=DUE).blocks
    )
    assert (
        "新建公厕12座，目标12座。〔牵头单位：城管局；责任单位：住建局、各乡镇、街道；"
        "完成时限：2016年6月30日前〕"
    ) in text
    assert "现有基础" not in text  # nothing assessed, nothing said
    assert plan_paper(facts, readiness="", on=DUE).docx()[:2] == b"PK"


# Pages
def test_the_page_keeps_what_was_chosen_and_confirms(
    client: Client, campaign: Campaign, director: User, units: dict[str, Unit], toilets: Clause
) -> None:
    client.force_login(director)
    file = sheet([1, "", "公厕全面提升", "", "城管局、住建局", "6月底前"])
    answer = client.post(f"/campaigns/breakdown/upload/?campaign={campaign.code}", {"file": file})
    draft = BreakdownDraft.objects.get()
    page = f"/campaigns/breakdown/{draft.pk}/"
    assert answer["Location"] == page
    assert "拟由排在第一的 城管局 牵头" in client.get(page).content.decode()
    row = draft.rows.get()
    typed = {
        "row": row.pk, f"clause-{row.pk}": toilets.code, f"lead-{row.pk}": units["住建局"].pk,
        f"due-{row.pk}": "2016-06-30", f"quantity-{row.pk}": "3", f"measure-{row.pk}": "座",
    }  # fmt: skip
    client.post(f"{page}rows/", typed)
    row.refresh_from_db()
    assert row.state == "new"
    client.post(f"{page}confirm/")
    task = Task.objects.get()
    assert (task.unit, task.clause, int(task.quantity)) == (units["住建局"], toilets, 3)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("clause", "zz9", "这个条款代码"), ("due", "明天", "不是日期"), ("quantity", "-1", "大于 0")],
)
def test_a_wrong_choice_is_told_and_kept_out(
    field: str, value: str, words: str, client: Client, campaign: Campaign, director: User,
    units: dict[str, Unit],
) -> None:  # fmt: skip
    client.force_login(director)
    draft = upload(campaign, sheet(ROW), director)
    row = draft.rows.get()
    url = f"/campaigns/breakdown/{draft.pk}/rows/"
    answer = client.post(url, {"row": row.pk, f"{field}-{row.pk}": value}, follow=True)
    assert words in answer.content.decode()
    row.refresh_from_db()
    assert row.choice == {}


def test_a_stale_confirmation_writes_nothing(
    client: Client, campaign: Campaign, director: User, units: dict[str, Unit], toilets: Clause
) -> None:
    client.force_login(director)
    draft = upload(campaign, sheet(ROW), director)
    url = f"/campaigns/breakdown/{draft.pk}/confirm/"
    assert client.post(url, {"version": draft.version - 1}).status_code == 409
    assert not Task.objects.exists()


def test_a_clerk_neither_sees_nor_uploads_drafts(
    client: Client, campaign: Campaign, director: User, units: dict[str, Unit]
) -> None:
    draft = upload(campaign, sheet(ROW), director)
    client.force_login(make_user(role="unit_clerk", unit=units["住建局"]))
    assert client.get(f"/campaigns/breakdown/{draft.pk}/").status_code == 403
    assert client.post("/campaigns/breakdown/upload/", {"file": sheet(ROW)}).status_code == 403


def test_the_page_costs_the_same_whatever_the_rows(
    client: Client, campaign: Campaign, director: User, units: dict[str, Unit], toilets: Clause
) -> None:
    client.force_login(director)

    def cost(rows: int) -> int:
        table = [
            [n, "公厕建设管理", f"任务{rows}-{n}", "城管局", "住建局", "2016-06-30"]
            for n in range(rows)
        ]
        draft = upload(campaign, sheet(*table), director)
        client.get(f"/campaigns/breakdown/{draft.pk}/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(f"/campaigns/breakdown/{draft.pk}/")
        return len(queries)

    assert cost(2) == cost(40)


def test_an_imported_duty_says_so_and_a_sharing_unit_goes_on_sharing(
    campaign: Campaign, director: User, units: dict[str, Unit], toilets: Clause
) -> None:
    services.assign(
        campaign, toilets, lead=units["人社局"], helpers=[], joint=[units["青山镇"]],
        parts={units["青山镇"].pk: "建 3 座"}, sponsor=None, reason="会议", by=director,
    )  # fmt: skip
    confirm(upload(campaign, sheet(ROW), director), director)
    row = campaign.assignments.get()
    assert (row.origin, row.lead) == ("import", units["城管局"])
    assert ("青山镇", "joint", "建 3 座") in row.helper_rows.values_list(
        "unit__short_name", "kind", "part"
    )
