"""Citizens' judgements become the part "people" of the monthly score."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tongchuang.accounts.models import Unit
from tongchuang.cases.models import Case
from tongchuang.public.models import Report
from tongchuang.public.queries import verdicts_by_unit
from tongchuang.public.services import new_code
from tongchuang.supervision.models import Bulletin, UnitScore
from tongchuang.supervision.tests.make import MonthCity, day, due_case, frozen, make_month

pytestmark = pytest.mark.django_db
FEBRUARY = {"since": day(1, 0), "until": day(29, 23)}


@pytest.fixture
def month() -> MonthCity:
    return make_month()


def _judged(
    month: MonthCity, *, lead: Unit | None = None, at: datetime | None = None, **fields: Any
) -> Report:
    """A report that its citizen judged in February, with its case."""
    lead = lead or month.bureau
    case = due_case(month, lead=lead, status="closed", replied_at=day(18), closed_at=day(19))
    return _report(month, case=case, rated_at=at or day(20), **fields)


def _report(month: MonthCity, **fields: Any) -> Report:
    values = {
        "tracking_code": new_code(),
        "city": month.town.city.root,
        "title": "垃圾",
        "at": day(10),
        "solved": True,
        **fields,
    }
    return Report.objects.create(**values)


def _found(month: MonthCity) -> dict[int, tuple[int, int]]:
    return verdicts_by_unit(month.town.city.root.pk, **FEBRUARY)


@pytest.mark.parametrize(
    ("said", "satisfied"),
    [
        ({"solved": True}, 1),
        ({"solved": True, "rating": 5}, 1),
        ({"solved": True, "rating": 3}, 1),
        ({"solved": True, "rating": 2}, 0),
        ({"solved": False}, 0),
        ({"solved": False, "rating": 5}, 0),
    ],
)
def test_satisfied_is_solved_and_not_rated_badly(
    month: MonthCity, said: dict[str, Any], satisfied: int
) -> None:
    _judged(month, **said)
    assert _found(month) == {month.bureau.pk: (satisfied, 1)}


def test_who_has_not_judged_yet_does_not_count(month: MonthCity) -> None:
    _judged(month, solved=None)
    _judged(month, at=datetime(2016, 3, 2, tzinfo=day(1).tzinfo))
    assert _found(month) == {}


def test_a_letter_counts_for_the_unit_that_answered_it(month: MonthCity) -> None:
    _report(month, rated_at=day(20), answering_unit=month.street)
    _report(month, rated_at=day(20), agency="不知道的单位")
    assert _found(month) == {month.street.pk: (1, 1)}


def _line(month: MonthCity) -> tuple[Bulletin, UnitScore]:
    bulletin = frozen(month)
    return bulletin, UnitScore.objects.get(bulletin=bulletin, unit=month.bureau)


def test_fourteen_of_twenty_satisfied_earn_seventy_percent_of_the_part(month: MonthCity) -> None:
    for number in range(20):
        _judged(month, solved=number < 14)
    bulletin, line = _line(month)
    # Closing 25 and people 5 apply: people weighs 5 / 30 x 100 = 16.67, of which 0.7 is 11.67.
    assert line.people == Decimal("11.67")
    row = next(row for row in bulletin.data["units"] if row["unit"] == month.bureau.pk)
    assert row["verdicts"] == [14, 20]


def test_four_judgements_are_chance_and_five_are_a_result(month: MonthCity) -> None:
    for _number in range(4):
        _judged(month, solved=False)
    before, line = _line(month)
    assert line.people is None
    before.delete()
    _judged(month, solved=False)
    assert _line(month)[1].people == Decimal("0.00")


def test_units_under_a_scored_unit_count_for_it(month: MonthCity) -> None:
    for _number in range(5):
        _judged(month, lead=month.town.city.community)
    row = next(r for r in frozen(month).data["units"] if r["unit"] == month.street.pk)
    assert (row["verdicts"], row["facts"]["people"]) == ([5, 5], "1")


def test_the_score_tells_the_numbers_and_opens_the_reports(month: MonthCity) -> None:
    for number in range(6):
        _judged(month, solved=number < 3)
    _judged(month, lead=month.town.city.other_bureau)
    client = Client()
    client.force_login(month.director)
    page = client.get(f"/supervision/{frozen(month).pk}/units/{month.bureau.pk}/").content.decode()
    assert "群众评价 6 件，满意 3 件，满意率 50%" in page
    asked = {"tab": "rated", "unit": month.bureau.pk, "month": "2016-02"}
    rows = client.get("/p/reports/", asked).context["rows"]
    assert len(rows) == 6
    assert client.get("/p/reports/", asked | {"month": "x"}).context["rows"] == []


def test_too_few_judgements_are_told_as_such(month: MonthCity) -> None:
    _judged(month)
    client = Client()
    client.force_login(month.director)
    page = client.get(f"/supervision/{frozen(month).pk}/units/{month.bureau.pk}/").content.decode()
    assert "群众评价 1 件，不足 5 件，不计" in page


def test_cases_of_citizens_are_cases_like_others(month: MonthCity) -> None:
    """A judgement adds nothing to closing: only the case itself does."""
    _judged(month, solved=False)
    assert Case.objects.filter(report__isnull=False).count() == 1
    bulletin, _line_of = _line(month)
    row = next(row for row in bulletin.data["units"] if row["unit"] == month.bureau.pk)
    assert (row["facts"]["due"], row["facts"]["on_time"]) == (11, 9)
