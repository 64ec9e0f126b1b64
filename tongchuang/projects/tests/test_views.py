from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from tongchuang.core import clock
from tongchuang.projects.models import MatchingRound, Project
from tongchuang.projects.sheets import project_sheet
from tongchuang.projects.tests.make import (
    Yard,
    a_photo,
    make_funding,
    make_project,
    make_round,
    make_yard,
)

pytestmark = pytest.mark.django_db
HEADS = ["编号", "名称", "类别", "责任单位", "建设内容和规模", "条款代码", "计划开始", "计划投用"]
ROW = [
    "P-1",
    "南湖停车场",
    "停车场",
    "城管局",
    "300 个",
    "nsc2014.a09.r1",
    "2016-04-01",
    "2016-12-31",
]


@pytest.fixture
def yard(client: Client) -> Yard:
    made = make_yard()
    client.force_login(made.city.director)
    return made


def _file(*rows: list[str]) -> SimpleUploadedFile:
    book = Workbook()
    for row in (HEADS, *rows):
        book.active.append(row)  # type: ignore[union-attr]  # a new book has a sheet
    out = BytesIO()
    book.save(out)
    return SimpleUploadedFile("pool.xlsx", out.getvalue())


def test_projects_of_other_units_are_404_not_403(client: Client, yard: Yard) -> None:
    project = make_project(yard)
    client.force_login(yard.city.other_clerk)
    assert client.get(f"/projects/{project.pk}/").status_code == 404
    assert project.title not in client.get("/projects/").content.decode()


def test_the_list_costs_the_same_for_one_and_for_thirty(client: Client, yard: Yard) -> None:
    def cost(page: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    pages = ["/projects/", "/projects/clauses/", "/projects/matching/", "/projects/export/"]
    make_funding(make_project(yard, status="pooled"))
    make_project(yard)
    client.get("/projects/export/")  # the first event of a city also begins its chain
    few = [cost(page) for page in pages]
    for number in range(29):
        make_funding(make_project(yard, status="pooled" if number % 2 else "idea"))
    assert [cost(page) for page in pages] == few


def test_a_form_moves_the_project_and_what_is_missing_is_said(client: Client, yard: Yard) -> None:
    project = make_project(yard, status="preparing")
    page = client.post(f"/projects/{project.pk}/begin/", {"on": "2016-03-08"})
    assert page.status_code == 422
    assert "主线节点还没有办结" in page.content.decode()
    client.post(f"/projects/{project.pk}/pause/", {"cause": "land", "reason": "未移交"})
    project.refresh_from_db()
    assert (project.status, project.paused_from) == ("paused", "preparing")


def test_a_stale_form_changes_nothing(client: Client, yard: Yard) -> None:
    project = make_project(yard, status="matched", version=3)
    assert client.post(f"/projects/{project.pk}/pool/", {"version": "2"}).status_code == 409
    project.refresh_from_db()
    assert project.status == "matched"


def test_a_day_in_the_future_is_refused(client: Client, yard: Yard) -> None:
    node = make_project(yard, status="pooled").nodes.get(code="site")
    form = {"on": "2099-01-01", "document_no": "1号"}
    assert client.post(f"/projects/nodes/{node.pk}/done/", form).status_code == 422
    node.refresh_from_db()
    assert node.done_on is None


def test_money_that_cannot_be_is_told_beside_its_field(client: Client, yard: Yard) -> None:
    page = f"/projects/{make_project(yard).pk}/funding/"
    form = {"source": "city", "applied": "9", "approved": "5", "received": "6", "spent": "0"}
    answer = client.post(page, form)
    assert answer.status_code == 422
    assert "到位不能多于批准" in answer.content.decode()
    assert client.post(page, {**form, "received": "4.50"}).status_code == 302
    shown = client.get(page.replace("funding/", "")).content.decode()
    assert "结余 4.50" in shown


def test_a_photo_keeps_its_place_and_is_seen_only_in_scope(client: Client, yard: Yard) -> None:
    project = make_project(yard)
    page = f"/projects/{project.pk}/photos/"
    client.post(page, {"upload": a_photo(), "place": "南湖东岸"})
    photo = project.photos.get()
    assert photo.place == "南湖东岸"
    assert client.get(f"/projects/photos/{photo.pk}/thumb/").status_code == 200
    client.force_login(yard.city.other_clerk)
    assert client.get(f"/projects/photos/{photo.pk}/thumb/").status_code == 404
    client.force_login(yard.city.director)
    wrong = SimpleUploadedFile("a.jpg", b"no picture")
    assert client.post(page, {"upload": wrong, "place": "x"}).status_code == 422


def test_the_round_opens_from_its_page_in_december(client: Client, yard: Yard) -> None:
    client.post("/projects/matching/")
    assert not MatchingRound.objects.exists()
    with clock.use(datetime(2016, 12, 5, 9, tzinfo=ZoneInfo("Asia/Shanghai"))):
        client.post("/projects/matching/")
    assert MatchingRound.objects.get().year == 2017


def test_the_list_of_a_round_goes_out_as_a_table(client: Client, yard: Yard) -> None:
    found = make_round(yard)
    make_project(yard, round=found, status="matched", gap="缺泊位 300 个")
    make_project(yard)
    data = client.get(f"/projects/matching/{found.pk}/export/").content
    rows = list(load_workbook(BytesIO(data)).active.values)  # type: ignore[union-attr]  # our sheet
    assert len(rows) == 2
    assert "缺泊位 300 个" in rows[1]


def test_an_import_twice_makes_one_project(yard: Yard) -> None:
    sheet = project_sheet(yard.campaign)
    first = sheet.preview(_file(ROW)).commit(by=yard.city.director)
    again = sheet.preview(_file(ROW)).commit(by=yard.city.director)
    assert (first.new, again.new, again.same) == (1, 0, 1)
    project = Project.objects.get()
    assert project.unit == yard.city.bureau
    assert list(project.clauses.all()) == [yard.clause]
    changed = [*ROW[:7], "2016-11-30"]
    assert sheet.preview(_file(changed)).commit(by=yard.city.director).changed == 1
    assert Project.objects.get().planned_finish_on == date(2016, 11, 30)


def test_an_export_comes_in_again_unchanged(client: Client, yard: Yard) -> None:
    make_project(yard, investment=Decimal("12.50"), area=yard.city.street, place="东门")
    data = client.get("/projects/export/").content
    preview = project_sheet(yard.campaign).preview(SimpleUploadedFile("p.xlsx", data))
    assert preview.errors == []
    assert (preview.same, preview.changed, preview.new) == (1, 0, 0)


def test_one_wrong_line_keeps_the_whole_table_out(client: Client, yard: Yard) -> None:
    wrong = ["P-2", "某厂", "宇航", "无此局", "1", "nsc9", "2016-05-01", "2016-04-01"]
    page = client.post("/projects/import/", {"file": _file(ROW, wrong)})
    assert page.status_code == 422
    faults = {(fault.line, fault.heading) for fault in page.context["errors"]}
    assert {(3, "类别"), (3, "责任单位"), (3, "条款代码")} <= faults
    assert not Project.objects.exists()


def test_the_gap_list_leads_to_a_new_project_of_the_right_kind(client: Client, yard: Yard) -> None:
    shown = client.get("/projects/clauses/").content.decode()
    assert f"/projects/new/?clause={yard.clause.code}" in shown
    form = client.get(f"/projects/new/?clause={yard.clause.code}").context["form"]
    assert form.initial == {"clauses": [yard.clause.pk], "kind": "car_park"}
