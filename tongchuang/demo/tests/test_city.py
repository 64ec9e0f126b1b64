"""The small city: it stands, it is the same every time, and it obeys the rules of the product."""

from collections.abc import Iterator
from datetime import date
from io import StringIO
from itertools import pairwise

import pytest
import shapely
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.test import Client
from pytest_django import DjangoDbBlocker
from shapely.geometry import shape

from tongchuang.accounts.models import Post, Unit, User
from tongchuang.assessment.reuse import reused, sum_of
from tongchuang.campaigns.models import Campaign, Gate
from tongchuang.cases.models import Case, Leg, Photo
from tongchuang.cases.rules import gaps
from tongchuang.cases.services.trail import replay
from tongchuang.core.audit import verify_chain
from tongchuang.core.models import Event
from tongchuang.demo import loading
from tongchuang.demo.build import build_city
from tongchuang.demo.city import FULL, NOW, City, survey
from tongchuang.demo.people import DEMO_PEOPLE, sign_in_people
from tongchuang.demo.units import all_rows
from tongchuang.inspections.models import Answer, Draw, Visit
from tongchuang.places.models import Area, Site
from tongchuang.public.models import Report
from tongchuang.standards.models import DataFile


@pytest.fixture(scope="module")
def _city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        list(build_city(size="small", seed=7))
        yield
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_city")]


def _rows() -> list[tuple[object, ...]]:
    """What a case, a site and a visit are, without the keys that may go on."""
    cases = Case.objects.order_by("number").values_list("number", "title", "status", "due_at")
    sites = Site.objects.order_by("code").values_list("code", "name", "lon", "lat", "plate")
    visits = Visit.objects.order_by("id").values_list("site__code", "score", "started_at", "failed")
    return [*cases, *sites, *visits]


def test_the_same_seed_gives_the_same_city() -> None:
    before = _rows()
    loading.clear()
    list(build_city(size="small", seed=7))
    assert _rows() == before


def test_every_event_follows_from_the_one_before_it_in_time() -> None:
    assert verify_chain().sound
    moments = list(Event.objects.order_by("id").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] <= NOW


def test_every_unit_that_must_have_a_head_and_a_deputy_has_them() -> None:
    for kind in Post.COMPULSORY:
        without = Unit.objects.filter(kind__in=Unit.WITH_POSTS).exclude(posts__kind=kind)
        assert not without.exists()


def test_every_site_lies_inside_its_area() -> None:
    shapes = {area.unit_id: shape(area.boundary or {}) for area in Area.objects.all()}
    for site in Site.objects.all():
        place = shapely.Point(site.lon or 0, site.lat or 0)
        assert shapes[site.territory_id].covers(place), site


def test_communities_tile_the_city_without_gap_or_overlap() -> None:
    city = City(FULL, 11)
    for row in all_rows():
        city.units[row.code] = Unit(code=row.code, name=row.name, kind=row.kind)
    survey(city)
    cells = [cell for code, cell in city.land.items() if len(code) == 5]
    assert shapely.coverage_is_valid(cells)
    assert sum(cell.area for cell in cells) == pytest.approx(city.land["349900"].area)


def test_six_campaigns_stand_on_one_line(client: Client) -> None:
    client.force_login(User.objects.get(username="fangyuan"))
    line = client.get("/campaigns/").context["line"]
    codes = [row.campaign.code for row in line.rows]
    assert codes == ["NSC", "PSC", "NCC", "NGC", "FOR", "ECO"]
    assert all(row.marks for row in line.rows), "a campaign without a gate is no campaign"
    assert len({row.campaign.framework_id for row in line.rows}) == 6


def test_the_three_gates_of_the_national_assessment_come_in_their_order() -> None:
    campaign = Campaign.objects.get(code="NSC")
    assert campaign.process
    gates = Gate.objects.filter(campaign=campaign).order_by("ordinal")
    named = [gate for gate in gates if gate.title in {"资料评审", "暗访", "技术评估"}]
    assert [gate.title for gate in named] == ["资料评审", "暗访", "技术评估"]
    states = {state.code: state.title for state in campaign.process.states.all()}
    assert [states[gate.process_state] for gate in named] == [gate.title for gate in named]
    assert {gate.due_on.year for gate in named if gate.due_on} == {2017}
    for before, after in pairwise(named):
        assert before in after.prerequisites.all()


def test_the_legs_of_a_case_are_those_that_its_events_tell() -> None:
    for case in Case.objects.order_by("?")[:60]:
        track = replay(case)
        stored = list(case.legs.order_by("id").values_list("stage", "unit", "started_at", "due_at"))
        assert stored == [(str(h.stage), h.unit, h.started_at, h.due_at) for h in track.hands]
        assert not gaps(track.hands)
        assert (case.due_at, case.fix_due_at) == (track.due_at, track.fix_due_at)


def test_no_case_is_closed_by_its_own_unit() -> None:
    closed = Event.objects.filter(action="close", subject_kind="cases.case")
    units = dict(User.objects.values_list("pk", "unit"))
    leads = dict(Case.objects.values_list("pk", "lead"))
    assert closed.exists()
    assert all(units[event.actor_id or 0] != leads[event.subject_id] for event in closed)


def test_a_case_has_one_lead_from_dispatch_to_closing() -> None:
    assert not Case.objects.filter(status__in=Case.WITH_LEAD, lead=None).exists()
    assert not Leg.objects.filter(stage__in=["sign", "fix", "rework"], unit=None).exists()


def test_nothing_happens_after_today_or_before_it_began() -> None:
    assert not Case.objects.filter(closed_at__lt=F("found_at")).exists()
    assert not Leg.objects.filter(ended_at__lt=F("started_at")).exists()
    assert not Photo.objects.filter(added_at__gt=NOW).exists()
    after = Photo.objects.filter(moment="after")
    assert not after.filter(taken_at__lt=F("case__found_at")).exists()


def test_findings_of_visits_are_cases_at_the_same_site() -> None:
    linked = Answer.objects.exclude(case=None)
    assert linked.exists()
    assert not linked.exclude(case__site=F("visit__site")).exists()
    assert not linked.exclude(result="fail").exists()


def test_the_running_round_has_four_places_left_for_the_inspector_of_the_day() -> None:
    ahead = Draw.objects.filter(round__status="running", inspector__username="liming")
    visited = Visit.objects.filter(round__status="running").values("site")
    assert ahead.exclude(site__in=visited).count() == 4


def test_an_unfinished_case_has_its_report_unanswered() -> None:
    assert Report.objects.exists()
    waiting = Report.objects.filter(case__status__in=Case.OPEN)
    assert not waiting.exclude(answered_at=None).exists()


def test_the_people_of_the_sign_in_page_live_in_the_city() -> None:
    known = set(User.objects.values_list("username", flat=True))
    assert {card.username for card in DEMO_PEOPLE if card.username} <= known
    assert sign_in_people() == list(DEMO_PEOPLE)


def test_the_problem_of_the_story_stands_where_the_story_says() -> None:
    case = Case.objects.get(title="津南路 38 号旁空地垃圾混堆")
    assert (case.status, str(case.lead), case.returns) == ("replied", "城南街道", 1)
    assert case.pauses.get().paper == "示气预〔2016〕11号"


def test_running_again_changes_nothing() -> None:
    before = Case.objects.count()
    said = StringIO()
    call_command("demo", size="small", stdout=said)
    assert "已在库中" in said.getvalue()
    assert Case.objects.count() == before


def test_a_database_that_is_no_demonstration_is_left_alone() -> None:
    DataFile.objects.filter(**loading.MARK).delete()
    with pytest.raises(CommandError, match="不是演示数据"):
        call_command("demo", size="small", reset=True, stdout=StringIO())
    assert Case.objects.exists()


def test_an_interrupted_load_is_cleared_and_begun_again() -> None:
    loading.set_mark(loading.LOADING, edition="small/7")
    call_command("demo", size="small", seed=7, verbosity=0, stdout=StringIO())
    mark = loading.mark()
    assert mark is not None
    assert mark.content["state"] == loading.LOADED


def test_a_paper_is_used_more_than_once() -> None:
    rows = reused(User.objects.get(username="fangyuan"), since=date(2015, 3, 8))
    papers = sum_of(row for row in rows if row.kind == "paper")
    assert papers.ratio is not None
    assert papers.ratio >= 1.5  # contract Q4
