"""Pages of assessment."""

from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongchuang.accounts.tests.make import make_unit
from tongchuang.assessment.models import Figure, Snapshot
from tongchuang.assessment.sheets import figure_sheet
from tongchuang.assessment.tests.make import (
    NOON,
    Scene,
    make_figure,
    make_open_case,
    make_scene,
    make_visit,
    snapshot,
)
from tongchuang.core import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(client: Client) -> Scene:
    scene = make_scene()
    client.force_login(scene.valuer)
    return scene


def _key(scene: Scene) -> str:
    return f"{scene.article.code}:{scene.city.bureau.code}"


def test_without_a_snapshot_the_heat_says_what_to_do(scene: Scene, client: Client) -> None:
    assert "还没有自评" in client.get("/assessment/").content.decode()


def test_a_chosen_cell_shows_its_panel_without_a_script(scene: Scene, client: Client) -> None:
    make_open_case(scene)
    snapshot(scene)
    page = client.get("/assessment/", {"cell": _key(scene)}).content.decode()
    assert "看这 1 件问题" in page
    assert f"clause={scene.article.pk}" in page


@pytest.mark.parametrize(
    ("query", "columns", "rows"),
    [
        ({}, 2, 1),
        ({"kind": "place"}, 1, 1),
        ({"kind": "other"}, 1, 1),
        ({"only": "veto"}, 2, 0),
        ({"state": "running"}, 2, 1),
        ({"state": "met"}, 2, 0),
        ({"cell": "nonsense", "unit": "?", "period": "x"}, 2, 1),
    ],
)
def test_the_heat_narrows(
    scene: Scene, client: Client, query: dict[str, str], columns: int, rows: int
) -> None:
    make_open_case(scene)
    snapshot(scene)
    heat = client.get("/assessment/", query).context["heat"]
    assert (len(heat.columns), heat.clauses) == (columns, rows)


def test_the_number_of_queries_does_not_grow(scene: Scene, client: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get("/assessment/", {"cell": _key(scene)})
        return len(found)

    make_open_case(scene)
    snapshot(scene)
    few = cost()
    for _number in range(6):
        make_open_case(scene, lead=make_unit(parent=scene.city.root))
    snapshot(scene)
    assert cost() == few


def test_every_rule_opens_its_records(scene: Scene, client: Client) -> None:
    make_figure(scene, "60")
    make_visit(scene, result="fail")
    make_open_case(scene)
    snapshot(scene)
    address = f"/assessment/cells/{scene.article.code}/{scene.city.bureau.code}/"
    page = client.get(address)
    assert [rule.rule for rule in page.context["rules"]] == ["threshold", "checklist_rate"]
    assert len(page.context["answers"]) == len(page.context["cases"]) == 1
    assert scene.measure.code in page.context["rules"][0].url


def test_a_cell_of_another_unit_is_not_found(scene: Scene, client: Client) -> None:
    make_open_case(scene)
    snapshot(scene)
    make_unit()
    client.force_login(scene.city.other_clerk)
    address = f"/assessment/cells/{scene.article.code}/{scene.city.bureau.code}/"
    assert client.get(address).status_code == 404


def test_the_table_twin_and_the_export_hold_the_same(scene: Scene, client: Client) -> None:
    make_open_case(scene)
    snapshot(scene)
    assert "tc-table--cards" in client.get("/assessment/", {"view": "table"}).content.decode()
    assert client.get("/assessment/export/").content[:2] == b"PK"


def test_readiness_shows_parts_and_formula(scene: Scene, client: Client) -> None:
    make_figure(scene, "97")
    snapshot(scene)
    page = client.get("/assessment/readiness/").content.decode()
    assert "达标的条款 ÷ 已评的条款" in page
    assert "覆盖不到规定的线" in page


def test_recomputing_makes_one_snapshot_however_often_pressed(scene: Scene, client: Client) -> None:
    with clock.use(NOON):
        for _time in range(2):
            assert client.post("/assessment/recompute/").status_code == 302
    assert Snapshot.objects.count() == 1


def test_who_may_not_value_does_not_recompute(scene: Scene, client: Client) -> None:
    client.force_login(scene.city.bureau_clerk)
    assert client.post("/assessment/recompute/").status_code == 403


def test_a_month_nobody_assessed_can_be_made_good_by_who_may_value(
    scene: Scene, client: Client
) -> None:
    address = {"campaign": "NSC", "period": "2016-02"}
    with clock.use(NOON):
        assert "补评 2016-02" in client.get("/assessment/readiness/", address).content.decode()
        sent = client.post("/assessment/recompute/?campaign=NSC&period=2016-02")
        assert sent.headers["Location"].endswith("period=2016-02")
        page = client.get("/assessment/readiness/", address).content.decode()
    assert "这是当月末的情况" in page
    assert list(Snapshot.objects.values_list("period", flat=True)) == ["2016-02"]


def test_who_may_not_value_is_offered_no_assessing(scene: Scene, client: Client) -> None:
    client.force_login(scene.city.bureau_clerk)
    with clock.use(NOON):
        page = client.get("/assessment/readiness/", {"period": "2016-02"}).content.decode()
    assert "补评" not in page


# Figures
def _post(scene: Scene, client: Client, **fields: object) -> int:
    values = {
        "unit": scene.city.root.pk,
        "period": "2015",
        "value": "92",
        "source": "年鉴",
        **fields,
    }
    with clock.use(NOON):
        address = f"/assessment/figures/{scene.measure.code}/enter/"
        return client.post(address, values).status_code


def test_a_figure_is_entered_by_the_form(scene: Scene, client: Client) -> None:
    assert _post(scene, client) == 302
    assert Figure.objects.get().value == 92


def test_a_second_value_without_reason_is_told_and_not_kept(scene: Scene, client: Client) -> None:
    _post(scene, client)
    assert _post(scene, client, value="95") == 422
    assert Figure.objects.get().value == 92


def test_the_list_tells_met_and_missing(scene: Scene, client: Client) -> None:
    make_figure(scene, "91")
    page = client.get("/assessment/figures/")
    assert [line["verdict"] for line in page.context["rows"]] == ["met"]
    assert "刚过线" in page.content.decode()
    assert client.get("/assessment/figures/", {"only": "none"}).context["rows"] == []


def test_figures_go_out_and_come_in_again(scene: Scene, client: Client) -> None:
    make_figure(scene, "91")
    data = client.get("/assessment/figures/export/").content
    preview = figure_sheet().preview(BytesIO(data), name="a.xlsx")
    assert (preview.errors, preview.same) == ([], 1)


def test_a_changed_value_in_a_file_needs_its_reason(scene: Scene) -> None:
    make_figure(scene, "91")
    head = "指标代码,地区或单位,期间,数值,数据来源,更正理由"
    line = f"{scene.measure.code},示例市,2015,93,年鉴,"
    sheet = figure_sheet()
    bad = sheet.preview(BytesIO(f"{head}\n{line}\n".encode()), name="a.csv")
    assert bad.errors
    good = sheet.preview(BytesIO(f"{head}\n{line}统计局更正\n".encode()), name="a.csv")
    assert good.errors == []
    with clock.use(NOON):
        assert good.commit(by=scene.valuer).changed == 1
    assert Figure.objects.current().get().value == 93
