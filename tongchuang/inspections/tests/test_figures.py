from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongchuang.cases.tests.make import make_site
from tongchuang.inspections import queries, services
from tongchuang.inspections.models import Visit
from tongchuang.inspections.sheets import visit_sheet
from tongchuang.inspections.tests.make import Beat, drawn, finished, make_beat
from tongchuang.standards.models import Clause
from tongchuang.standards.tests.make import make_article, make_chapter, make_clause

pytestmark = pytest.mark.django_db
EVER = (date(2000, 1, 1), date(2100, 1, 1))
HEAD = "外部来源,外部编号,点位编号,点位名称,类别,属地,检查时间,得分,督查员,备注,新建点位\n"


@pytest.fixture
def beat() -> Beat:
    return make_beat()


def _clause(beat: Beat) -> Clause:
    assert beat.campaign.framework
    return make_clause(make_article(make_chapter(beat.campaign.framework)))


def _import(text: str, beat: Beat) -> list[str]:
    preview = visit_sheet().preview(BytesIO((HEAD + text).encode()), name="visits.csv")
    if not preview.errors:
        preview.commit(by=beat.town.city.dispatcher)
    return [error.message for error in preview.errors]


def _rates(beat: Beat, clause: Clause) -> queries.ChecklistRates:
    return queries.checklist_rates(beat.campaign.city, {clause.pk}, EVER)


def test_a_clause_gets_the_pass_rate_of_its_items_at_the_places_of_a_street(beat: Beat) -> None:
    clause = _clause(beat)
    for item in beat.items[:2]:
        item.clauses.add(clause)
    make_site(beat.town.city.community, site_type=beat.town.site.site_type)
    finished(beat, fail=[0])
    found, kind, street = _rates(beat, clause), beat.town.site.site_type_id, beat.town.city.street
    assert found.types == {clause.pk: {kind}}
    assert found.answers == {(clause.pk, kind, street.pk): queries.PassCount(1, 2)}
    assert found.answers[clause.pk, kind, street.pk].rate == 0.5
    assert found.sites[kind, street.pk].rate == 0.5


def test_a_clause_without_a_visit_has_no_rate(beat: Beat) -> None:
    clause = _clause(beat)
    beat.items[0].clauses.add(clause)
    found = _rates(beat, clause)
    assert (found.answers, queries.PassCount().rate) == ({}, None)
    assert [sites.rate for sites in found.sites.values()] == [0]


def test_an_item_that_is_out_of_use_asks_for_no_places_but_its_answers_stay(beat: Beat) -> None:
    clause = _clause(beat)
    beat.items[0].clauses.add(clause)
    finished(beat)
    type(beat.items[0]).objects.update(active=False)
    found = _rates(beat, clause)
    assert found.types == {}
    assert [count.answered for count in found.answers.values()] == [1]


def test_rates_cost_six_queries_however_many_visits(beat: Beat) -> None:
    clause = _clause(beat)
    beat.items[0].clauses.add(clause)
    for _time in range(2):
        finished(beat)
        with CaptureQueriesContext(connection) as found:
            _rates(beat, clause)
        assert len(found) == 6


def test_the_totals_of_a_month_count_visits_and_their_places(beat: Beat) -> None:
    finished(beat)
    finished(beat, one=drawn(beat, title="第二轮"))
    totals = queries.visit_totals(beat.campaign, EVER)
    assert (totals.visits, totals.places) == (2, 1)


def test_the_history_of_an_item_tells_the_latest_answer_first(beat: Beat) -> None:
    finished(beat, fail=[0])
    finished(beat, one=drawn(beat, title="第二轮"))
    history = queries.item_history(beat.town.site, beat.items[0])
    assert [answer.result for answer in history] == ["pass", "fail"]


def test_visits_of_another_system_come_in_once(beat: Beat) -> None:
    line = f"fulton,1,{beat.town.site.code},,,,2016-03-01 10:00,91.5,Lee,ok,\n"
    assert _import(line, beat) == []
    assert _import(line, beat) == []
    visit = Visit.objects.get()
    assert (str(visit.score), visit.site, visit.status) == ("91.50", beat.town.site, "finished")


def test_an_unknown_place_is_refused_unless_it_shall_be_added(beat: Beat) -> None:
    site, street = beat.town.site, beat.town.city.street
    where = f"N-1,新店,{site.site_type.code},{street.code},2016-03-01 10:00,88,,"
    (told,) = _import(f"fulton,2,{where},\n", beat)
    assert "没有编号为 N-1 的点位" in told
    assert _import(f"fulton,2,{where},是\n", beat) == []
    assert Visit.objects.get().site.name == "新店"


def test_a_score_beyond_100_is_refused(beat: Beat) -> None:
    (told,) = _import(f"fulton,3,{beat.town.site.code},,,,2016-03-01 10:00,101,,,\n", beat)
    assert told == "得分应在 0 到 100 之间"


def _cost(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as told:
        assert client.get(address).status_code == 200
    return len(told)


@pytest.mark.parametrize("page", ["/inspections/", "/inspections/mine/", "round"])
def test_a_page_costs_the_same_however_many_places_there_are(
    client: Client, beat: Beat, page: str
) -> None:
    client.force_login(beat.inspector)
    address = page if page != "round" else f"/inspections/{drawn(beat).pk}/"
    before = _cost(client, address)
    kind = beat.town.site.site_type
    for _number in range(6):
        make_site(beat.town.city.community, site_type=kind)
    bigger = drawn(beat, title="第二轮")
    address = page if page != "round" else f"/inspections/{bigger.pk}/"
    assert _cost(client, address) <= before + (page != "round")  # one more where there is a row


def test_a_visit_that_has_begun_is_no_longer_on_the_route(beat: Beat) -> None:
    services.start_visit(beat.town.site, round=drawn(beat), by=beat.inspector)
    assert queries.route_of(beat.inspector) == []
    assert [todo.count for todo in queries.todo_for(beat.inspector, on=date(2016, 3, 8))] == [1]
