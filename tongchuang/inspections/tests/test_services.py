from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from tongchuang.accounts.tests.make import make_user
from tongchuang.cases.models import Case
from tongchuang.cases.tests.make import make_site, photo
from tongchuang.inspections import queries, services
from tongchuang.inspections.models import Draw, Round, Visit
from tongchuang.inspections.services import Given
from tongchuang.inspections.tests.make import Beat, begun, drawn, finished, make_beat, planned
from tongchuang.standards.tests.make import make_problem_class

pytestmark = pytest.mark.django_db
MARCH = (date(2000, 1, 1), date(2100, 1, 1))


@pytest.fixture
def beat() -> Beat:
    return make_beat()


def test_a_draw_can_be_repeated_after_the_register_changed(beat: Beat) -> None:
    for _number in range(9):
        make_site(beat.town.city.community)
    one = drawn(beat, sample_size=4)
    make_site(beat.town.city.community)
    one.refresh_from_db()
    assert (one.population, one.draws.count()) == (10, 4)
    assert queries.redraw_agrees(one)
    one.draws.get(ordinal=1).delete()
    assert queries.redraw_agrees(one) is False


def test_nobody_is_sent_to_a_place_of_their_own_unit(beat: Beat) -> None:
    own = make_user(role="inspector", unit=beat.town.city.street, over=beat.town.city.root)
    services.draw_round(planned(beat), inspectors=[own], by=beat.town.city.supervisor)
    assert Draw.objects.get().inspector is None
    with pytest.raises(services.Refused, match="本单位"):
        services.start_visit(beat.town.site, by=own)


def test_only_planners_draw_and_an_empty_scope_is_refused(beat: Beat) -> None:
    with pytest.raises(PermissionDenied):
        services.draw_round(planned(beat), inspectors=[], by=beat.inspector)
    nowhere = planned(beat, scope={"site_types": ["none"], "territories": []})
    with pytest.raises(services.Refused, match="没有在用的点位"):
        services.draw_round(nowhere, inspectors=[], by=beat.town.city.supervisor)


def test_a_visit_begun_twice_is_one_visit(beat: Beat) -> None:
    one = drawn(beat)
    assert begun(beat, one) == begun(beat, one)
    assert Visit.objects.count() == 1


def test_a_visit_is_not_finished_while_something_is_missing(beat: Beat) -> None:
    visit = begun(beat)
    services.answer_item(visit, Given(beat.items[1], "fail"), by=beat.inspector)
    with pytest.raises(services.Incomplete) as told:
        services.finish_visit(visit, by=beat.inspector)
    assert [gap.words[:3] for gap in told.value.missing] == ["还没有", "须拍照", "还没有"]
    assert not Case.objects.exists()


def test_a_failed_item_becomes_a_case_with_its_photo(beat: Beat) -> None:
    visit = begun(beat)
    results = zip(beat.items, ("pass", "fail", "na"), (None, photo(), None), strict=True)
    given = [Given(item, result, photo=file) for item, result, file in results]
    services.answer_items(visit, given, by=beat.inspector)
    visit = services.finish_visit(visit, by=beat.inspector)
    case = Case.objects.get()
    assert (case.site, case.origin_kind, case.photos.count()) == (beat.town.site, "visit", 1)
    assert (str(visit.score), visit.passed, visit.failed) == ("66.67", 1, 1)
    assert services.finish_visit(visit, by=beat.inspector) == visit
    assert Case.objects.count() == 1


def test_the_same_fault_seen_again_joins_the_open_case(beat: Beat) -> None:
    finished(beat, fail=[0])
    again = finished(beat, fail=[0], one=drawn(beat, title="第二轮"))
    case = Case.objects.get()
    assert case.sources.count() == 2
    assert again.answers.get(item=beat.items[0]).case == case


def test_the_class_comes_from_the_clauses_of_the_item(beat: Beat) -> None:
    kind = beat.town.site.site_type
    wanted = make_problem_class(site_types=[kind])
    finished(beat, fail=[0])
    assert Case.objects.get().problem_class == wanted


def test_only_its_inspector_answers_and_only_until_the_end(beat: Beat) -> None:
    visit = begun(beat)
    with pytest.raises(PermissionDenied):
        services.answer_item(visit, Given(beat.items[0], "pass"), by=beat.town.city.supervisor)
    closed = finished(beat, one=drawn(beat, title="第二轮"))
    with pytest.raises(services.Refused, match="已经完成"):
        services.answer_item(closed, Given(beat.items[0], "fail"), by=beat.inspector)


def test_places_of_a_closed_round_are_not_visited(beat: Beat) -> None:
    one = services.close_round(drawn(beat), by=beat.town.city.supervisor)
    assert one.status == Round.Status.CLOSED
    with pytest.raises(services.Refused, match="没有在进行"):
        begun(beat, one)


def test_the_places_of_a_round_stay_unknown_until_visited(beat: Beat) -> None:
    one = drawn(beat)
    clerk = beat.town.city.street_clerk
    assert not queries.drawn_sites(one, clerk)
    finished(beat, one=one)
    assert queries.drawn_sites(one, clerk).count() == 1


def test_field_quality_is_none_without_visits_and_tells_coverage(beat: Beat) -> None:
    street = beat.town.city.street
    make_site(beat.town.city.community)
    one = drawn(beat)
    before = queries.field_quality([street], MARCH)[street.pk]
    assert (before.score, before.drawn.rate) == (None, 0)
    finished(beat, fail=[0], one=one)
    after = queries.field_quality([street], MARCH)[street.pk]
    assert (str(after.score), after.drawn.rate, after.places.visited) == ("50.00", 0.5, 1)


def test_a_round_that_still_runs_is_held_against_nobody(beat: Beat) -> None:
    street = beat.town.city.street
    drawn(beat, to_on=date(2016, 4, 10))
    march = (date(2016, 3, 1), date(2016, 3, 31))
    found = queries.field_quality([street], march, campaign=beat.campaign)[street.pk]
    assert (found.drawn.whole, found.drawn.rate) == (0, None)


def test_what_waits_is_counted_and_the_route_empties(beat: Beat) -> None:
    one = drawn(beat)
    assert [todo.count for todo in queries.todo_for(beat.inspector, on=date(2016, 3, 8))] == [1]
    assert [stop.draw.site for stop in queries.route_of(beat.inspector)] == [beat.town.site]
    finished(beat, one=one)
    assert queries.route_of(beat.inspector) == []
