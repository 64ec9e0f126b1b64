"""The life of a case, move by move."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied

from tongchuang.cases import services
from tongchuang.cases.models import Case
from tongchuang.cases.tests.make import (
    Town,
    accepted,
    closed,
    dispatched,
    later,
    make_case,
    make_class,
    make_site,
    make_town,
    photo,
    replied,
)
from tongchuang.core import audit
from tongchuang.core.files import FileRefused
from tongchuang.core.flow import WrongState
from tongchuang.core.models import Message

pytestmark = pytest.mark.django_db
S = Case.Status


@pytest.fixture
def town() -> Town:
    return make_town()


def test_a_case_goes_its_whole_way_and_keeps_one_lead(town: Town) -> None:
    case = closed(town)
    assert case.status == S.CLOSED
    assert case.lead == town.city.bureau
    assert [leg.stage for leg in case.legs.all()] == ["dispatch", "sign", "fix", "check"]
    assert not case.legs.filter(ended_at=None).exists()
    assert audit.verify_chain().sound


def test_what_inspectors_find_is_filed_at_once(town: Town) -> None:
    case = make_case(town)
    assert case.status == S.FILED
    assert case.number == "2016-0001"
    assert case.territory == town.city.community


def test_what_the_public_tells_is_verified_first(town: Town) -> None:
    case = make_case(town, channel="public")
    assert case.status == S.TO_VERIFY
    case = services.verify_report(case, by=town.checker)
    assert case.status == S.FILED
    assert case.filed_at is not None


def test_sending_twice_files_once(town: Town) -> None:
    key = uuid.uuid4()
    assert make_case(town, client_id=key) == make_case(town, client_id=key)
    assert Case.objects.count() == 1


def test_a_report_without_a_place_is_refused(town: Town) -> None:
    with pytest.raises(services.Refused, match="地点"):
        make_case(town, site=None)


def test_a_report_without_photo_needs_a_reason(town: Town) -> None:
    with pytest.raises(services.Refused, match="照片"):
        make_case(town, no_photo_reason="")


def test_a_photo_that_is_none_leaves_nothing_behind(town: Town) -> None:
    bad = photo()
    bad.file.seek(0)  # type: ignore[union-attr]  # an open upload
    bad.file.write(b"not a picture at all")  # type: ignore[union-attr]
    with pytest.raises(FileRefused):
        make_case(town, photos=[bad], no_photo_reason="")
    assert not Case.objects.exists()


def test_dispatch_tells_the_lead_and_the_other_parties(town: Town) -> None:
    site = make_site(town.city.community, trade=town.city.other_bureau, holder=town.city.street)
    case = make_case(town, site=site)
    Message.objects.all().delete()
    case = services.dispatch_case(case, to=town.city.bureau, by=town.city.dispatcher)
    assert {row.part for row in case.helper_rows.all()} == {"trade", "property"}
    assert Message.objects.count() == 3


def test_the_fix_clock_starts_at_the_signature_at_the_latest_when_its_limit_ends(
    town: Town,
) -> None:
    case = dispatched(town)
    signed_at_once = services.accept_case(case, by=town.city.bureau_clerk).fix_due_at
    late = dispatched(town)
    sign_due = late.due_at
    with later(days=4):
        late = services.accept_case(late, by=town.city.bureau_clerk)
    assert sign_due is not None
    assert signed_at_once is not None
    assert late.fix_due_at is not None
    assert (late.fix_due_at - sign_due).days == 3
    assert late.fix_due_at > signed_at_once


def test_a_unit_returns_once_inside_the_window(town: Town) -> None:
    case = dispatched(town)
    clerk = town.city.bureau_clerk
    case = services.return_case(
        case, reason="not_ours", basis="示政发〔2015〕3号", by=clerk, proposed=town.city.street
    )
    assert case.status == S.RETURNED
    assert case.proposed_lead == town.city.street
    case = services.dispatch_case(
        case, to=town.city.bureau, by=town.city.dispatcher, basis="会议纪要"
    )
    with pytest.raises(services.Refused, match="已退回过"):
        services.return_case(case, reason="not_ours", basis="再退", by=clerk)


def test_a_second_return_needs_a_ruling(town: Town) -> None:
    case = dispatched(town)
    city = town.city
    case = services.return_case(case, reason="not_ours", basis="依据", by=city.bureau_clerk)
    assert not case.needs_ruling
    case = services.dispatch_case(case, to=city.other_bureau, by=city.dispatcher, basis="依据")
    case = services.return_case(case, reason="not_ours", basis="依据", by=city.other_clerk)
    assert case.needs_ruling


def test_after_the_window_nothing_is_returned(town: Town) -> None:
    case = dispatched(town)
    with later(days=2), pytest.raises(services.Refused, match="时限"):
        services.return_case(case, reason="not_ours", basis="晚", by=town.city.bureau_clerk)


def test_an_urgent_case_is_put_right_first(town: Town) -> None:
    case = dispatched(town, grade="U")
    with pytest.raises(services.Refused, match="先处置后争议"):
        services.return_case(case, reason="not_ours", basis="依据", by=town.city.bureau_clerk)


def test_a_second_dispatch_needs_a_basis(town: Town) -> None:
    case = dispatched(town)
    case = services.return_case(case, reason="other", basis="依据", by=town.city.bureau_clerk)
    with pytest.raises(services.Refused, match="依据"):
        services.dispatch_case(case, to=town.city.street, by=town.city.dispatcher)


def test_a_reply_needs_an_after_photo(town: Town) -> None:
    case = accepted(town)
    with pytest.raises(services.Refused, match="照片"):
        services.reply_case(case, measure="已清", photos=[], by=town.city.bureau_clerk)


def test_a_photo_far_away_must_be_explained(town: Town) -> None:
    case = accepted(town)
    clerk = town.city.bureau_clerk
    far = services.PhotoInput(photo(), lon=118.76, lat=30.94)
    with pytest.raises(services.Refused, match="50 米"):
        services.reply_case(case, measure="已清", photos=[far], by=clerk)
    assert not case.photos.exists()
    again = services.PhotoInput(photo(), lon=118.76, lat=30.94)
    case = services.reply_case(
        case, measure="已清", photos=[again], by=clerk, explanation="定位漂移"
    )
    kept = case.photos.get()
    assert kept.distance_m is not None
    assert kept.distance_m > 900


def test_the_lead_unit_never_closes_its_own_case(town: Town) -> None:
    case = replied(town)
    town.checker.unit = town.city.bureau
    town.checker.save()
    with pytest.raises(services.Refused, match="主办单位"):
        services.close_case(case, by=town.checker, no_photo_reason="无")


def test_rework_goes_on_with_what_the_limit_had_left(town: Town) -> None:
    case = replied(town)
    before = case.fix_due_at
    with later(hours=20):
        case = services.send_back_case(case, reason="还有垃圾", by=town.checker)
    assert case.status == S.REWORK
    assert case.reworks == 1
    assert before is not None
    assert case.fix_due_at is not None
    assert (case.fix_due_at - before).total_seconds() == 20 * 3600


def test_a_reopened_case_is_one_grade_stricter(town: Town) -> None:
    case = services.reopen_case(closed(town), reason="反弹", by=town.city.dispatcher)
    assert (case.status, case.grade, case.reopenings) == (S.REOPENED, "A", 1)
    case = services.dispatch_case(case, to=town.city.bureau, by=town.city.dispatcher)
    assert case.due_at is not None


def test_the_survivor_of_a_merger_keeps_sources_and_photos(town: Town) -> None:
    one, other = make_case(town), make_case(town, photos=[photo()], channel="public")
    other = services.merge_case(other, into=one, by=town.city.dispatcher)
    assert other.merged_into == one
    assert one.sources.count() == 2
    assert one.photos.count() == 1
    other = services.resubmit_case(other, reason="不是同一处", by=town.city.dispatcher)
    assert other.status == S.TO_VERIFY
    assert one.sources.count() == 1
    assert one.photos.count() == 0


def test_no_case_is_merged_into_itself(town: Town) -> None:
    case = make_case(town)
    with pytest.raises(services.Refused):
        services.merge_case(case, into=case, by=town.city.dispatcher)


def test_more_time_is_asked_before_the_limit_and_once(town: Town) -> None:
    case = accepted(town)
    clerk, dispatcher = town.city.bureau_clerk, town.city.dispatcher
    before = case.fix_due_at
    with pytest.raises(services.Refused, match="1 至 3"):
        services.ask_extension(case, days=4, reason="雨", by=clerk)
    services.ask_extension(case, days=2, reason="雨", by=clerk)
    case = services.grant_extension(case, by=dispatcher)
    assert before is not None
    assert case.fix_due_at is not None
    assert (case.fix_due_at - before).days == 2
    services.ask_extension(case, days=1, reason="还是雨", by=clerk)
    with pytest.raises(PermissionDenied, match="third"):
        services.grant_extension(case, by=dispatcher)
    assert services.grant_extension(case, by=town.leader).status == S.ACCEPTED


def test_after_the_limit_no_more_time_is_given(town: Town) -> None:
    case = accepted(town)
    with later(days=5), pytest.raises(services.Refused, match="届满前"):
        services.ask_extension(case, days=1, reason="晚", by=town.city.bureau_clerk)


def test_a_pause_stops_the_clock_and_its_end_moves_the_limit(town: Town) -> None:
    case = accepted(town)
    before = case.fix_due_at
    case = services.pause_case(
        case, reason="暴雨红色预警", paper="示气预〔2016〕11号", by=town.city.dispatcher
    )
    assert case.due_at is None
    with later(hours=12):
        case = services.resume_case(case, by=town.city.dispatcher)
    assert before is not None
    assert case.due_at is not None
    assert (case.due_at - before).total_seconds() == 12 * 3600


def test_a_move_made_twice_has_one_effect(town: Town) -> None:
    case = accepted(town)
    with pytest.raises(WrongState):
        services.accept_case(case, by=town.city.bureau_clerk)
    assert case.legs.filter(stage="fix").count() == 1


def test_bulk_dispatch_sends_what_is_sure_and_says_why_not(town: Town) -> None:
    sure_class = make_class(trade_hint=["城管局"])
    sure = make_case(town, problem_class=sure_class)
    unsure = make_case(town)
    outcome = services.dispatch_as_proposed([sure, unsure], by=town.city.dispatcher)
    assert [bool(one.why_not) for one in outcome] == [False, True]
    sure.refresh_from_db()
    assert sure.lead == town.city.bureau


def test_a_recurrence_names_the_case_before(town: Town) -> None:
    first = closed(town)
    assert make_case(town).repeat_of == first
