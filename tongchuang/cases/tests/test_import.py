"""Cases of another system with their history."""

from io import BytesIO

import pytest

from tongchuang.cases import rules, services
from tongchuang.cases.models import Case
from tongchuang.cases.sheets import case_import_sheet
from tongchuang.cases.tests.make import Town, make_town
from tongchuang.core import audit
from tongchuang.core.tabular import ImportRefused

pytestmark = pytest.mark.django_db
_HEAD = "外部来源,外部编号,问题,发现时间,时限,办结时间,主办单位,经度,纬度,来源\n"
_DONE = (
    "bos,1,路灯不亮,2015-01-02 09:00,2015-01-05 09:00,2015-01-03 10:00,城管局,118.75,30.9,电话\n"
)
_OPEN = "bos,2,乱倒垃圾,2015-01-02 09:00,,,城管局,0,0,应用\n"
_FOREIGN = "bos,3,井盖缺失,2015-01-02 09:00,,,城管执法,118.7,30.9,电话\n"


@pytest.fixture
def town() -> Town:
    return make_town()


def _file(*lines: str) -> BytesIO:
    return BytesIO((_HEAD + "".join(lines)).encode())


def _take(town: Town, *lines: str) -> None:
    preview = case_import_sheet().preview(_file(*lines), name="cases.csv")
    preview.commit(by=town.city.dispatcher)


def test_rows_become_cases_whose_legs_agree_with_their_events(town: Town) -> None:
    _take(town, _DONE, _OPEN)
    done, unfinished = Case.objects.order_by("external_id")
    assert (done.status, unfinished.status) == (Case.Status.CLOSED, Case.Status.ACCEPTED)
    for case in (done, unfinished):
        legs = [(leg.stage, leg.started_at, leg.ended_at) for leg in case.legs.order_by("id")]
        told = rules.lasting(services.replay(case).hands)
        assert legs == [(str(hand.stage), hand.started_at, hand.ended_at) for hand in told]
    assert done.replied_at is not None
    assert done.fix_due_at is not None
    assert done.replied_at < done.fix_due_at
    assert audit.verify_chain().sound


def test_zero_is_no_place(town: Town) -> None:
    _take(town, _OPEN)
    case = Case.objects.get()
    assert (case.lon, case.lat) == (None, None)


def test_importing_again_changes_nothing(town: Town) -> None:
    _take(town, _DONE, _OPEN)
    again = case_import_sheet().preview(_file(_DONE, _OPEN), name="cases.csv")
    assert (again.new, again.same) == (0, 2)
    again.commit(by=town.city.dispatcher)
    assert Case.objects.count() == 2


def test_an_unknown_agency_is_named_with_those_like_it_and_never_made(town: Town) -> None:
    preview = case_import_sheet().preview(_file(_FOREIGN), name="cases.csv")
    assert "城管局" in str(preview.errors[0])
    with pytest.raises(ImportRefused):
        preview.commit(by=town.city.dispatcher)
    assert not Case.objects.exists()
