"""From the data cut to the erratum."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from docx import Document

from tongchuang.assessment.models import Figure
from tongchuang.cases.models import Case
from tongchuang.core.audit import history
from tongchuang.core.flow import WrongState
from tongchuang.core.models import Message
from tongchuang.standards.tests.make import make_measure
from tongchuang.supervision import frozen as plain
from tongchuang.supervision import services
from tongchuang.supervision.models import FLOW, Bulletin, Erratum, Objection, UnitScore
from tongchuang.supervision.queries.month import cut_moment
from tongchuang.supervision.services import Refused
from tongchuang.supervision.tests import make
from tongchuang.supervision.tests.make import (
    CONSULTED,
    CUT,
    ISSUED,
    SEALED,
    MonthCity,
    consulting,
    day,
    due_case,
    frozen,
    issued,
    make_month,
    make_spread,
    sealed,
    with_standard,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def month() -> MonthCity:
    return make_month()


def _objection(month: MonthCity, bulletin: Bulletin, **fields: Any) -> Any:
    values = {"unit": month.bureau, "part": "closing", "text": "案件超期系天气暂停"}
    return services.object_to(bulletin, at=CONSULTED, by=month.head, **{**values, **fields})


def _ruled(month: MonthCity, objection: Objection, **fields: Any) -> Objection:
    values = {"ruling": "已核实", "at": CONSULTED, "by": month.director}
    return services.rule_objection(objection, **{**values, **fields})


# The cut
def test_freezing_counts_the_month_and_scores_each_unit(month: MonthCity) -> None:
    bulletin = frozen(month)
    assert bulletin.data["totals"]["due"] == 10
    assert bulletin.data["totals"]["on_time_rate"] == "0.8000"
    line = UnitScore.objects.get(bulletin=bulletin, unit=month.bureau)
    # closing alone: 0.6 x 0.8 + 0.3 x 1 + 0.1 x 1 = 0.88 of 100, less two overdue at 0.3
    assert (line.closing, line.deduction, line.score) == (
        Decimal("88.00"), Decimal("0.60"), Decimal("87.40")
    )  # fmt: skip


def test_a_unit_without_work_is_listed_without_score(month: MonthCity) -> None:
    line = UnitScore.objects.get(bulletin=frozen(month), unit=month.street)
    assert (line.score, line.rank, line.not_ranked) == (None, None, "little_work")


def test_freezing_twice_gives_the_same_bulletin(month: MonthCity) -> None:
    first = frozen(month)
    due_case(month)
    assert frozen(month).pk == first.pk
    assert frozen(month).digest == first.digest


def test_what_happened_after_the_cut_has_not_happened(month: MonthCity) -> None:
    Case.objects.filter(status="accepted").update(
        status="closed", replied_at=CUT + timedelta(days=2), closed_at=CUT + timedelta(days=2)
    )
    assert frozen(month).data["overdue"]["n"] == 2


def test_a_month_that_is_not_over_cannot_be_frozen(month: MonthCity) -> None:
    with pytest.raises(Refused, match="还没有结束"):
        frozen(month, at=day(20))
    with pytest.raises(Refused, match="2016-02 的形式"):
        frozen(month, month="二月")


def test_a_clerk_may_not_freeze(month: MonthCity) -> None:
    with pytest.raises(PermissionDenied):
        frozen(month, by=month.head)


def test_cases_of_a_sub_unit_count_for_the_scored_unit_above(month: MonthCity) -> None:
    for _n in range(5):
        done = {"status": "closed", "replied_at": day(18), "closed_at": day(19)}
        due_case(month, lead=month.town.city.grid, **done)
    line = UnitScore.objects.get(bulletin=frozen(month), unit=month.street)
    assert (line.score, line.rank) == (Decimal("100.00"), 1)


def test_an_empty_month_still_makes_a_bulletin(month: MonthCity) -> None:
    bulletin = frozen(month, month="2015-05", at=cut_moment("2015-05"))
    assert bulletin.data["totals"]["on_time_rate"] is None
    services.consult_bulletin(bulletin, at=CONSULTED, by=month.director)


# Praise
def test_approved_good_practice_gives_its_bonus_and_stays_visible(month: MonthCity) -> None:
    make_spread(month, month.bureau, "province")
    praise = [{"unit": month.bureau.pk, "text": "门栋认领做法", "level": "province"}]
    bulletin = services.edit_bulletin(
        frozen(month), praise=praise, named=[], demands="", by=month.director
    )
    line = UnitScore.objects.get(bulletin=bulletin, unit=month.bureau)
    assert (line.bonus, line.score) == (Decimal(2), Decimal("89.40"))
    assert bulletin.digest == plain.digest(bulletin.data)


def test_a_bonus_needs_a_highlight_that_reached_its_level_in_the_month(month: MonthCity) -> None:
    make_spread(month, month.bureau, "city")
    for unit, level in ((month.bureau, "nation"), (month.street, "city")):
        praise = [{"unit": unit.pk, "text": "做法", "level": level}]
        with pytest.raises(Refused):
            services.edit_bulletin(
                frozen(month), praise=praise, named=[], demands="", by=month.director
            )


def test_what_was_spread_in_the_month_is_praised_with_its_level(month: MonthCity) -> None:
    make_spread(month, month.bureau, "city")
    bulletin = frozen(month)
    assert [one["level"] for one in bulletin.praise if one["level"]] == ["city"]
    assert UnitScore.objects.get(bulletin=bulletin, unit=month.bureau).bonus == Decimal(1)


def test_praise_is_closed_once_the_units_are_consulted(month: MonthCity) -> None:
    bulletin = consulting(month)
    with pytest.raises(WrongState):
        services.edit_bulletin(bulletin, praise=[], named=[], demands="", by=month.director)


def test_only_scored_units_can_be_named(month: MonthCity) -> None:
    named = [{"unit": month.town.city.office.pk, "text": "x"}]
    with pytest.raises(Refused):
        services.edit_bulletin(frozen(month), praise=[], named=named, demands="", by=month.director)


# Good examples
def _told(month: MonthCity, **fields: Any) -> Bulletin:
    values = {"praise": [], "named": [], "demands": "", "by": month.director, **fields}
    return services.edit_bulletin(frozen(month), **values)


def test_a_good_example_is_kept_with_an_event_and_gives_no_points(month: MonthCity) -> None:
    before = UnitScore.objects.get(bulletin=frozen(month), unit=month.bureau).score
    told = [{"unit": month.bureau.pk, "text": "门栋认领，垃圾当日清"}]
    bulletin = _told(month, highlights=told)
    assert [one["text"] for one in bulletin.data["highlights"]] == ["门栋认领，垃圾当日清"]
    assert UnitScore.objects.get(bulletin=bulletin, unit=month.bureau).score == before
    assert bulletin.digest == plain.digest(bulletin.data)
    event = history(bulletin).last()
    assert event is not None
    assert event.after["data"]["highlights"][0]["name"] == "城管局"


def test_good_examples_stay_when_other_things_are_changed(month: MonthCity) -> None:
    _told(month, highlights=[{"unit": month.bureau.pk, "text": "门栋认领"}])
    assert len(_told(month, demands="限期整改").data["highlights"]) == 1


def test_only_the_author_of_a_draft_tells_good_examples(month: MonthCity) -> None:
    told = [{"unit": month.bureau.pk, "text": "门栋认领"}]
    with pytest.raises(PermissionDenied):
        _told(month, highlights=told, by=month.head)


# People
def test_an_entered_figure_goes_before_what_citizens_said(
    month: MonthCity, settings: Any, monkeypatch: Any
) -> None:
    settings.CITIZENS_VERDICTS = "tongchuang.supervision.tests.make.told_verdicts"
    monkeypatch.setattr(make, "TOLD", {month.bureau.pk: (6, 8), month.street.pk: (3, 3)})
    measure = make_measure(code="unit_satisfaction", unit="%")
    first = _people(month)
    assert first == {month.bureau.pk: "0.75", month.street.pk: None}
    Bulletin.objects.all().delete()
    Figure.objects.create(
        measure=measure, unit=month.bureau, period="2016-02", value=90, source="问卷",
        entered_by=month.director, entered_at=CUT,
    )  # fmt: skip
    assert Decimal(_people(month)[month.bureau.pk] or 0) == Decimal("0.9")


def _people(month: MonthCity) -> dict[int, str | None]:
    return {row["unit"]: row["facts"]["people"] for row in frozen(month).data["units"]}


# Readiness
def test_the_draft_holds_readiness_with_coverage_and_last_month(month: MonthCity) -> None:
    with_standard(month)
    found = frozen(month).data["readiness"]
    assert (found["score"], found["coverage"], found["lowest"]) == ("0.0000", "1.0000", "clauses")
    assert found["before"] == {"score": "0.0000"}


def test_last_months_readiness_is_the_one_its_bulletin_said(month: MonthCity) -> None:
    with_standard(month)
    january = frozen(month, month="2016-01", at=cut_moment("2016-01"))
    january.data["readiness"]["score"] = "0.7000"
    january.save()
    assert frozen(month).data["readiness"]["before"] == {"score": "0.7000"}


def test_a_campaign_without_a_standard_has_no_readiness(month: MonthCity) -> None:
    assert frozen(month).data["readiness"] is None


# Objections
def test_consulting_opens_three_working_days(month: MonthCity) -> None:
    bulletin = consulting(month)
    assert bulletin.objections_until == SEALED.replace(hour=17, minute=0)
    assert Message.objects.filter(kind="bulletin_consult").count() == 2


def test_an_upheld_objection_adjusts_the_line_visibly(month: MonthCity) -> None:
    bulletin = consulting(month)
    before = UnitScore.objects.get(bulletin=bulletin, unit=month.bureau)
    objection = _objection(month, bulletin)
    _ruled(month, objection, upheld=True, points=Decimal("0.30"))
    after = UnitScore.objects.get(bulletin=bulletin, unit=month.bureau)
    assert before.score is not None
    assert (after.adjustment, after.score) == (Decimal("0.30"), before.score + Decimal("0.30"))
    assert after.deduction == before.deduction


def test_a_dismissed_objection_gives_no_points(month: MonthCity) -> None:
    objection = _objection(month, consulting(month))
    with pytest.raises(Refused):
        _ruled(month, objection, upheld=False, points=Decimal(1))


def test_the_same_objection_twice_is_one(month: MonthCity) -> None:
    bulletin = consulting(month)
    assert _objection(month, bulletin) == _objection(month, bulletin)


def test_objections_end_with_their_time(month: MonthCity) -> None:
    with pytest.raises(Refused, match="异议期已过"):
        services.object_to(
            consulting(month), unit=month.bureau, part="closing", text="x", at=SEALED, by=month.head
        )


def test_a_unit_objects_only_for_itself(month: MonthCity) -> None:
    with pytest.raises(PermissionDenied):
        _objection(month, consulting(month), unit=month.street)


# Sealing and issuing
def test_sealing_waits_for_rulings_and_for_the_time_to_end(month: MonthCity) -> None:
    bulletin = consulting(month)
    with pytest.raises(Refused, match="异议期未满"):
        services.seal_bulletin(bulletin, at=CONSULTED, by=month.director)
    _objection(month, bulletin)
    with pytest.raises(Refused, match="1 件异议"):
        services.seal_bulletin(bulletin, at=SEALED, by=month.director)


def test_sealed_data_does_not_follow_the_records(month: MonthCity) -> None:
    bulletin = sealed(month)
    Case.objects.update(status="closed", replied_at=day(11), closed_at=day(12))
    due_case(month)
    again = frozen(month)
    assert again.pk == bulletin.pk
    assert again.digest == bulletin.digest == plain.digest(again.data)


def test_issuing_gives_numbers_without_gaps_and_a_paper(month: MonthCity) -> None:
    bulletin = issued(month)
    assert bulletin.document_no == "示创卫办〔2016〕1号"
    assert bulletin.docx is not None
    text = "\n".join(
        line.text for line in Document(BytesIO(bulletin.docx.sealed.read())).paragraphs
    )
    assert "按期办结率80.00%" in text
    assert "示创卫办〔2016〕1号" in text
    with pytest.raises(WrongState):
        services.issue_bulletin(bulletin, at=ISSUED, by=month.director)


def test_each_step_is_on_record(month: MonthCity) -> None:
    actions = [event.action for event in history(issued(month))]
    assert actions[:4] == ["freeze", "consult", "seal", "issue"]


def test_a_correction_is_an_erratum_and_leaves_the_data(month: MonthCity) -> None:
    bulletin = issued(month)
    first, twice = _corrected(month, bulletin), _corrected(month, bulletin)
    assert first == twice
    assert (first.ordinal, first.document_no) == (1, "示创卫办〔2016〕2号")
    assert Bulletin.objects.get(pk=bulletin.pk).digest == bulletin.digest


def _corrected(month: MonthCity, bulletin: Bulletin) -> Erratum:
    words = {"anchor": "totals", "place": "总体情况", "was": "10件", "reads": "11件"}
    return services.correct_bulletin(
        bulletin, **words, reason="录入有误", at=ISSUED, by=month.director
    )


def test_nothing_is_corrected_before_it_is_issued(month: MonthCity) -> None:
    with pytest.raises(WrongState):
        _corrected(month, sealed(month))


@pytest.mark.parametrize("move", sorted(FLOW.moves))
@pytest.mark.parametrize("state", Bulletin.Status.values)
def test_moves_start_only_from_their_sources(month: MonthCity, move: str, state: str) -> None:
    bulletin = frozen(month)
    bulletin.status = state
    if state in FLOW.moves[move].sources:
        FLOW.start(bulletin, move, by=month.director)
    else:
        with pytest.raises(WrongState):
            FLOW.start(bulletin, move, by=month.director)
