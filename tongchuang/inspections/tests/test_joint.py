"""One visit serves two campaigns: what is asked, what a fault breaks and where an answer counts."""

from datetime import date
from io import BytesIO
from typing import NamedTuple

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from openpyxl import load_workbook

from tongchuang.accounts.tests.make import make_membership
from tongchuang.campaigns.models import Campaign
from tongchuang.campaigns.tests.make import make_campaign
from tongchuang.cases.models import Case
from tongchuang.core import clock
from tongchuang.core.models import Event
from tongchuang.inspections import queries, services
from tongchuang.inspections.models import Round, Visit
from tongchuang.inspections.services import Given
from tongchuang.inspections.tests.make import Beat, begun, drawn, make_beat, planned
from tongchuang.standards.models import ChecklistItem, Clause, Mapping
from tongchuang.standards.tests.make import (
    make_article,
    make_chapter,
    make_clause,
    make_framework,
    make_item,
    make_mapping,
)

pytestmark = pytest.mark.django_db
EVER = (date(2000, 1, 1), date(2100, 1, 1))


class Pair(NamedTuple):
    """Two campaigns of one city, each with a question about handbills, and the pair between."""

    beat: Beat
    civil: Campaign
    hygiene_clause: Clause
    civil_clause: Clause
    hygiene_item: ChecklistItem
    civil_item: ChecklistItem
    mapping: Mapping


def _clause(campaign: Campaign) -> Clause:
    return make_clause(make_article(make_chapter(campaign.framework)))


@pytest.fixture
def pair() -> Pair:
    beat = make_beat()
    kind = beat.town.site.site_type
    civil = make_campaign(city=beat.campaign.city)
    mine, theirs = _clause(beat.campaign), _clause(civil)
    for item in beat.items:
        item.active = False
        item.save()
    asked = make_item(kind, text="无小广告和乱涂写", clauses=[mine])
    behind = make_item(kind, text="无小广告乱贴、乱涂写", clauses=[theirs])
    mapping = make_mapping(
        mine,
        theirs,
        source_measure=None,
        target_measure=None,
        same_quantity=False,
        relation=Mapping.RelationKind.EQUAL,
        review=Mapping.Review.ACCEPTED,
        reviewed_by=beat.town.city.director,
        reviewed_at=clock.now(),
    )
    return Pair(beat, civil, mine, theirs, asked, behind, mapping)


def _give_up(pair: Pair) -> None:
    pair.mapping.review = Mapping.Review.REFUSED
    pair.mapping.save()


def _visit(pair: Pair, one: Round, result: str) -> Visit:
    visit = begun(pair.beat, one)
    given = [Given(item, result, "见说明") for item in queries.items_of(visit)]
    services.answer_items(visit, given, by=pair.beat.inspector)
    return services.finish_visit(visit, by=pair.beat.inspector)


def _rate(pair: Pair, clause: Clause) -> queries.PassCount | None:
    found = queries.checklist_rates(pair.beat.campaign.city, {clause.pk}, EVER)
    assert found.types == {clause.pk: {pair.beat.town.site.site_type_id}}
    return next(iter(found.answers.values()), None)


def test_a_round_for_two_campaigns_asks_the_same_once_and_keeps_the_list(pair: Pair) -> None:
    one = drawn(pair.beat, also=[pair.civil])
    kind = pair.beat.town.site.site_type
    one.refresh_from_db()
    assert one.campaigns == [pair.beat.campaign, pair.civil]
    assert one.questions == {kind.code: [pair.hygiene_item.code]}
    assert Event.objects.filter(action="plan").latest("pk").after["also"] == [pair.civil.code]
    make_item(kind, text="路灯完好", clauses=[pair.hygiene_clause])
    _give_up(pair)
    assert queries.items_of(begun(pair.beat, one)) == [pair.hygiene_item]
    later = drawn(pair.beat, also=[pair.civil], title="第二轮")
    assert len(later.questions[kind.code]) == 3


def test_a_failed_item_breaks_the_clauses_of_both(pair: Pair) -> None:
    _visit(pair, drawn(pair.beat, also=[pair.civil]), "fail")
    assert set(Case.objects.get().clauses.all()) == {pair.hygiene_clause, pair.civil_clause}


def test_a_failed_item_breaks_only_its_own_clause_without_the_pair(pair: Pair) -> None:
    _give_up(pair)
    _visit(pair, drawn(pair.beat), "fail")
    assert set(Case.objects.get().clauses.all()) == {pair.hygiene_clause}


def test_an_answer_counts_at_once_for_both_campaigns(pair: Pair) -> None:
    assert _rate(pair, pair.civil_clause) is None
    _visit(pair, drawn(pair.beat, also=[pair.civil]), "pass")
    passed = queries.PassCount(1, 1)
    assert (_rate(pair, pair.hygiene_clause), _rate(pair, pair.civil_clause)) == (passed, passed)
    assert queries.visit_totals(pair.civil, EVER).visits == 1


def test_an_answer_stops_counting_for_the_other_when_the_pair_is_given_up(pair: Pair) -> None:
    _visit(pair, drawn(pair.beat, also=[pair.civil]), "pass")
    _give_up(pair)
    assert _rate(pair, pair.civil_clause) is None
    assert _rate(pair, pair.hygiene_clause) == queries.PassCount(1, 1)


def test_a_round_serves_campaigns_of_one_city_only(pair: Pair) -> None:
    elsewhere = make_campaign()
    make_membership(user=pair.beat.town.city.supervisor, role="hq_supervisor", unit=elsewhere.city)
    with pytest.raises(services.Refused, match="不是本市"):
        planned(pair.beat, also=[elsewhere])
    assert not Round.objects.exists()


def test_a_round_serves_only_campaigns_that_its_planner_plans_for(pair: Pair) -> None:
    with pytest.raises(PermissionDenied):
        planned(pair.beat, also=[make_campaign()])
    assert not Round.objects.exists()


def test_a_standard_without_items_borrows_all_and_says_so(client: Client, pair: Pair) -> None:
    bare = make_campaign(city=pair.beat.campaign.city, framework=make_framework())
    one = planned(pair.beat, campaign=bare)
    client.force_login(pair.beat.town.city.supervisor)
    words = "没有检查项，这些点位按全部在用检查项检查"
    for page in ("draw/", "questions/"):
        content = client.get(f"/inspections/{one.pk}/{page}").content.decode()
        assert words in content
        assert pair.beat.town.site.site_type.name in content
    shared = planned(pair.beat, also=[pair.civil])
    assert words not in client.get(f"/inspections/{shared.pk}/draw/").content.decode()


def test_the_form_plans_a_round_for_two(client: Client, pair: Pair) -> None:
    client.force_login(pair.beat.town.city.supervisor)
    facts = {
        "campaign": pair.beat.campaign.pk,
        "also": [pair.civil.pk],
        "title": "创卫文明联合检查",
        "kind": Round.Kind.ROUTINE,
        "sample_size": 0,
        "from_on": "2016-03-01",
        "to_on": "2016-03-18",
    }
    assert client.post("/inspections/new/", facts).status_code == 302
    assert Round.objects.get().campaigns == [pair.beat.campaign, pair.civil]


def test_the_questions_tell_what_they_stand_for_and_where_they_count(
    client: Client, pair: Pair
) -> None:
    one = drawn(pair.beat, also=[pair.civil])
    client.force_login(pair.beat.town.city.supervisor)
    page = client.get(f"/inspections/{one.pk}/questions/").content.decode()
    assert "2 项 → 合并后 1 项，省去 1 问" in page
    assert pair.civil_item.text in page
    assert f"/standards/crosswalk/pairs/{pair.mapping.code}/" in page or pair.mapping.code in page
    answer = client.get(f"/inspections/{one.pk}/questions/?format=xlsx")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    head, row = list(sheet.values)[:2]
    line = dict(zip(head, row, strict=True))
    assert line["检查内容"] == pair.hygiene_item.text
    assert line["同时回答"] == pair.civil_item.text
    assert pair.beat.campaign.title in str(line["计入条款"])
    assert f"{pair.civil.title} {pair.civil_clause.number}" in str(line["计入条款"])
    assert Event.objects.filter(action="export_questions").exists()


def test_the_result_of_a_visit_names_the_clauses_of_both(client: Client, pair: Pair) -> None:
    visit = _visit(pair, drawn(pair.beat, also=[pair.civil]), "pass")
    client.force_login(pair.beat.town.city.supervisor)
    page = client.get(f"/inspections/visits/{visit.pk}/result/").content.decode()
    assert pair.hygiene_clause.code in page
    assert pair.civil_clause.code in page
