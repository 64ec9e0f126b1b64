"""Decisions about clauses: who may take them, and what they need."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from docx import Document

from tongchuang.accounts.tests.make import make_user
from tongchuang.core.flow import WrongState
from tongchuang.priorities import services
from tongchuang.priorities.models import Deferral, Highlight, Target
from tongchuang.priorities.papers import experience_paper
from tongchuang.priorities.services import Refused
from tongchuang.priorities.tests.make import NOON, Scene, approved, make_highlight, make_scene

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def _aim(scene: Scene, value: str) -> Target:
    return services.set_target(
        scene.campaign,
        scene.measure,
        value=Decimal(value),
        reason="争先",
        reach_on=TODAY,
        on=TODAY,
        by=scene.city.director,
    )


# Targets
def test_a_target_weaker_than_the_line_is_refused(scene: Scene) -> None:
    line = scene.measure.threshold
    assert line is not None
    for value in (line, line - 1):
        with pytest.raises(Refused):
            _aim(scene, str(value))
    assert not Target.objects.exists()


def test_a_new_target_ends_the_old_one_and_keeps_it(scene: Scene) -> None:
    line = scene.measure.threshold or Decimal(0)
    old, new = _aim(scene, str(line + 1)), _aim(scene, str(line + 2))
    old.refresh_from_db()
    assert (old.ended_on, new.ended_on) == (TODAY, None)


# No task now
def _defer(scene: Scene, days: int = 30) -> Deferral:
    return services.defer_clause(
        scene.campaign,
        scene.article,
        reason="等方案",
        until=TODAY + timedelta(days=days),
        at=NOON,
        by=scene.city.bureau_clerk,
    )


def test_nobody_approves_their_own_reason(scene: Scene) -> None:
    found = services.defer_clause(
        scene.campaign,
        scene.article,
        reason="等方案",
        until=TODAY + timedelta(days=9),
        at=NOON,
        by=scene.city.director,
    )
    with pytest.raises(Refused):
        services.decide_deferral(found, approve=True, at=NOON, by=scene.city.director)
    found.refresh_from_db()
    assert found.status == "submitted"


def test_a_unit_cannot_approve_a_reason(scene: Scene) -> None:
    with pytest.raises(PermissionDenied):
        services.decide_deferral(_defer(scene), approve=True, at=NOON, by=scene.city.other_clerk)


@pytest.mark.parametrize("days", [0, -1, 184])
def test_a_reason_holds_half_a_year_at_most(scene: Scene, days: int) -> None:
    with pytest.raises(Refused):
        _defer(scene, days)


def test_a_clause_has_one_reason_at_a_time_and_a_refusal_says_why(scene: Scene) -> None:
    found = _defer(scene)
    with pytest.raises(Refused):
        _defer(scene)
    with pytest.raises(Refused):
        services.decide_deferral(found, approve=False, at=NOON, by=scene.city.director)
    services.decide_deferral(
        found, approve=False, note="马上立任务", at=NOON, by=scene.city.director
    )
    assert _defer(scene).status == "submitted"


# Highlights
def test_the_nominating_unit_does_not_verify_itself(scene: Scene) -> None:
    found = make_highlight(scene)
    own = make_user(role="inspector", unit=scene.city.bureau, over=scene.city.root)
    with pytest.raises(Refused):
        services.verify_highlight(found, place="现场", note="属实", on=TODAY, by=own)


def test_nothing_is_verified_without_evidence(scene: Scene) -> None:
    found = make_highlight(scene)
    found.evidence.all().delete()
    with pytest.raises(Refused):
        services.verify_highlight(
            found, place="现场", note="属实", on=TODAY, by=scene.city.supervisor
        )


def test_three_people_make_a_model(scene: Scene) -> None:
    found = make_highlight(scene)
    both = make_user(role="commander", unit=scene.city.office, over=scene.city.root)
    with pytest.raises(WrongState):
        services.approve_highlight(found, paper="1号", on=TODAY, by=both)
    services.verify_highlight(found, place="现场", note="属实", on=TODAY, by=scene.city.supervisor)
    Highlight.objects.filter(pk=found.pk).update(verified_by=both)
    with pytest.raises(Refused):
        services.approve_highlight(found, paper="1号", on=TODAY, by=both)
    done = services.approve_highlight(found, paper="1号", on=TODAY, by=scene.city.director)
    assert done.status == "approved"


def test_a_level_is_reached_once_and_after_approval(scene: Scene) -> None:
    def spread(found: Highlight, level: str) -> None:
        services.spread_highlight(found, level=level, paper="2号", on=TODAY, by=scene.city.director)

    with pytest.raises(Refused):
        spread(make_highlight(scene), "city")
    found = approved(scene)
    spread(found, "city")
    with pytest.raises(Refused):
        spread(found, "city")
    spread(found, "province")
    assert found.spreads.count() == 2


def test_the_experience_paper_tells_what_the_record_holds(scene: Scene) -> None:
    found = approved(scene, verified_at_place="龙潭", verified_note="属实")
    book = Document(BytesIO(experience_paper(found).docx()))
    text = "\n".join(p.text for p in book.paragraphs)
    assert "1. 一栋一人" in text
    assert "现场核实：属实" in text
    cells = [cell.text for table in book.tables for row in table.rows for cell in row.cells]
    assert {"反弹率", "31%", "8%"} <= set(cells)


def test_others_see_models_but_not_nominations(scene: Scene) -> None:
    waiting, model = make_highlight(scene), approved(scene)
    seen = Highlight.objects.visible_to(scene.city.other_clerk)
    assert list(seen) == [model]
    assert waiting in Highlight.objects.visible_to(scene.city.bureau_clerk)
