"""Figures and snapshots: corrected visibly, computed once, never changed."""

import json
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongchuang.accounts.tests.make import make_unit
from tongchuang.assessment import queries
from tongchuang.assessment.lines import lines, load_lines
from tongchuang.assessment.models import Cell, Figure, Snapshot
from tongchuang.assessment.months import months_to_choose
from tongchuang.assessment.tests.make import (
    NOON,
    PERIOD,
    Scene,
    cell,
    close,
    compute,
    make_figure,
    make_open_case,
    make_scene,
    make_task,
    make_visit,
    snapshot,
)
from tongchuang.campaigns.models import Campaign, Task
from tongchuang.core import clock
from tongchuang.core.flow import remember, save_audited
from tongchuang.standards.models import Rule
from tongchuang.standards.tests.make import make_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene()


# Figures
def test_the_same_figure_again_changes_nothing(scene: Scene) -> None:
    assert make_figure(scene, "92") == make_figure(scene, "92")
    assert Figure.objects.count() == 1


def test_a_correction_needs_a_reason_and_keeps_the_old_row(scene: Scene) -> None:
    old = make_figure(scene, "92")
    with pytest.raises(ValidationError):
        make_figure(scene, "91")
    new = make_figure(scene, "91", reason="年报更正")
    old.refresh_from_db()
    assert (old.replaced_by, old.value) == (new, Decimal(92))
    assert list(Figure.objects.current()) == [new]
    newest = make_figure(scene, "90", reason="再更正")
    assert list(Figure.objects.current()) == [newest]


@pytest.mark.parametrize("period", ["2016-13", "16", "2016-2", "2017", "2016-04"])
def test_a_period_that_is_none_or_has_not_come_is_refused(scene: Scene, period: str) -> None:
    with pytest.raises(ValidationError):
        make_figure(scene, "92", period=period)


def test_only_who_may_value_enters_figures(scene: Scene) -> None:
    with pytest.raises(PermissionDenied):
        make_figure(scene, "92", by=scene.city.bureau_clerk)


# Snapshots
def test_a_department_answers_for_the_figures_of_the_city(scene: Scene) -> None:
    make_figure(scene, "97")
    for _number in range(3):
        make_visit(scene)
    snapshot(scene)
    found = cell(scene, scene.city.bureau)
    assert (found.state, found.score, found.coverage) == ("strength", 1.0, 1.0)


def test_a_street_answers_for_its_own_sites_only(scene: Scene) -> None:
    make_figure(scene, "60")
    for result in ("pass", "pass", "fail"):
        make_visit(scene, result=result)
    snapshot(scene)
    street = cell(scene, scene.city.street)
    assert street.state == "weak"
    assert [entry["kind"] for entry in street.explanation] == ["checklist_rate"]
    assert street.explanation[0]["figures"]["passed"] == 2


def test_what_nobody_looked_at_is_unknown_and_not_zero(scene: Scene) -> None:
    snapshot(scene)
    found = cell(scene, scene.city.bureau)
    assert (found.state, found.score) == ("unknown", None)


def test_what_does_not_concern_a_unit_has_no_cell(scene: Scene) -> None:
    snapshot(scene)
    assert {row.unit for row in Cell.objects.all()} == {scene.city.bureau}


def test_open_cases_count_for_the_place_and_for_the_lead(scene: Scene) -> None:
    make_open_case(scene)
    snapshot(scene)
    for unit in (scene.city.bureau, scene.city.street):
        found = cell(scene, unit)
        assert (found.state, found.open_cases) == ("running", 1)


def test_an_overdue_case_makes_the_cell_bad(scene: Scene) -> None:
    make_figure(scene, "97")
    make_open_case(scene, due_at=NOON - timedelta(hours=1))
    snapshot(scene)
    found = cell(scene, scene.city.bureau)
    assert (found.state, found.overdue_cases) == ("bad", 1)


def test_a_fallen_veto_makes_the_cell_bad_and_caps_the_score(scene: Scene) -> None:
    make_rule(scene.figured, Rule.Kind.VETO, gate="document_gate")
    make_figure(scene, "60")
    snapshot(scene)
    found = cell(scene, scene.city.bureau)
    assert (found.state, found.score) == ("bad", 0.0)


def test_a_blocked_task_makes_a_weakness_hard(scene: Scene) -> None:
    make_figure(scene, "60")
    make_task(scene, status=Task.Status.BLOCKED)
    snapshot(scene)
    found = cell(scene, scene.city.bureau)
    assert found.state == "hard"


def test_a_figure_in_another_unit_is_not_converted(scene: Scene) -> None:
    make_figure(scene, "0.97", measured_in="‰")
    snapshot(scene)
    found = cell(scene, scene.city.bureau)
    assert found.explanation[0]["reason"] == "other_unit"


def test_old_figures_and_old_visits_do_not_count(scene: Scene) -> None:
    make_figure(scene, "97", period="2012")
    make_visit(scene, at=NOON - timedelta(days=400))
    snapshot(scene)
    found = cell(scene, scene.city.bureau)
    assert [entry["reason"] for entry in found.explanation] == ["no_value", "not_visited"]


def test_the_same_inputs_give_the_same_snapshot(scene: Scene) -> None:
    make_figure(scene, "97")
    first = snapshot(scene)
    assert snapshot(scene, at=NOON + timedelta(minutes=5)) == first
    assert Snapshot.objects.count() == 1


def test_a_new_snapshot_leaves_the_old_one_as_it_was(scene: Scene) -> None:
    old = snapshot(scene)
    make_figure(scene, "97")
    new = snapshot(scene)
    old.refresh_from_db()
    assert (old.current, new.current) == (False, True)
    kept = Cell.objects.get(snapshot=old, unit=scene.city.bureau)
    assert kept.explanation[0]["reason"] == "no_value"


def test_only_who_may_value_computes(scene: Scene) -> None:
    with pytest.raises(PermissionDenied):
        snapshot(scene, by=scene.city.bureau_clerk)


def test_computing_costs_the_same_however_many_rows(scene: Scene) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            snapshot(scene)
        return len(found)

    make_visit(scene)
    snapshot(scene)
    make_figure(scene, "91")
    few = cost()
    for number in range(8):
        make_visit(scene)
        make_open_case(scene)
        make_figure(scene, "91", period=f"2015-{number + 1:02}")
    assert cost() == few


# Past months
APRIL = NOON + timedelta(days=30)


def test_a_month_computed_again_after_its_cases_were_closed_is_the_same(scene: Scene) -> None:
    late = make_open_case(scene, grade="D", due_at=NOON - timedelta(hours=1))
    make_open_case(scene)
    first = snapshot(scene)
    close(late, NOON + timedelta(days=40))
    assert compute(scene, PERIOD, at=NOON).inputs_digest == first.inputs_digest


def test_a_past_month_is_read_as_it_stood_at_its_end(scene: Scene) -> None:
    closed_in_march, closed_in_april = make_open_case(scene), make_open_case(scene)
    close(closed_in_march, NOON + timedelta(days=2))
    close(closed_in_april, APRIL)
    make_open_case(scene, filed_at=APRIL)
    compute(scene, PERIOD, at=APRIL + timedelta(days=1))
    found = cell(scene, scene.city.bureau)
    assert (found.open_cases, found.overdue_cases) == (1, 1)


def test_a_task_that_was_unblocked_since_was_blocked_then(scene: Scene) -> None:
    make_figure(scene, "60")
    task = make_task(scene, status=Task.Status.BLOCKED)
    remember(task)
    task.status = Task.Status.RUNNING
    save_audited(task, "unblock", by=scene.valuer, at=APRIL)
    compute(scene, PERIOD, at=APRIL)
    assert cell(scene, scene.city.bureau).state == "hard"


@pytest.mark.parametrize("month", ["2016-04", "2016", "march"])
def test_only_a_month_that_has_begun_is_assessed(scene: Scene, month: str) -> None:
    with pytest.raises(ValidationError):
        compute(scene, month, at=NOON)


def test_months_to_choose_reach_back_to_the_beginning(scene: Scene) -> None:
    Campaign.objects.update(started_on=date(2016, 1, 20))
    snapshot(scene)
    found = months_to_choose(Campaign.objects.get(), at=NOON)
    assert found == [("2016-03", True), ("2016-02", False), ("2016-01", False)]


# Readiness
def test_readiness_shows_the_reason_below_the_coverage_line(scene: Scene) -> None:
    make_figure(scene, "97")
    snapshot(scene)
    found = queries.readiness_for_campaign(scene.campaign)
    assert (found.score, found.coverage) == (None, 0.5)
    assert "覆盖" in str(found.reason)


def test_readiness_is_the_lowest_part_when_covered(scene: Scene) -> None:
    make_figure(scene, "97")
    for _number in range(3):
        make_visit(scene)
    make_open_case(scene, grade="D", due_at=NOON - timedelta(days=1))
    snapshot(scene)
    found = queries.readiness_for_campaign(scene.campaign)
    assert found.score == pytest.approx(0.98)
    assert [part.key for part in found.parts if part.lowest] == ["major"]


def test_a_campaign_never_assessed_has_no_score(scene: Scene) -> None:
    found = queries.readiness_for_campaign(scene.campaign)
    assert (found.shown, found.snapshot) == (False, None)
    assert queries.clause_states(scene.campaign) == {}
    assert queries.weak_list(scene.valuer, scene.campaign) == []


def test_chapters_count_their_clauses_by_state(scene: Scene) -> None:
    make_figure(scene, "60")
    snapshot(scene)
    [chapter] = queries.states_by_chapter(scene.campaign)
    assert [(one.state, one.count) for one in chapter.states] == [("weak", 1)]
    assert (chapter.held, chapter.total) == (0, 1)


def test_the_weak_list_names_the_cell_and_opens_it(scene: Scene) -> None:
    make_figure(scene, "60")
    snapshot(scene)
    [weak] = queries.weak_list(scene.valuer, scene.campaign)
    assert weak.cell.unit == scene.city.bureau
    assert weak.url.endswith(f"/{scene.city.bureau.code}/?campaign=NSC&period={PERIOD}")


def test_people_see_the_cells_of_their_units(scene: Scene) -> None:
    make_unit()
    make_open_case(scene)
    snapshot(scene)
    seen = Cell.objects.visible_to(scene.city.bureau_clerk)
    assert {row.unit for row in seen} == {scene.city.bureau}


# Commands
def test_the_nightly_command_is_safe_to_run_twice(scene: Scene) -> None:
    with clock.use(NOON):
        call_command("assessment_snapshot", verbosity=0)
        call_command("assessment_snapshot", verbosity=0)
    assert Snapshot.objects.count() == 1


def test_readiness_is_printed_as_table_and_as_json(scene: Scene) -> None:
    snapshot(scene)
    table, text = StringIO(), StringIO()
    call_command("readiness", campaign="NSC", stdout=table)
    call_command("readiness", "--json", campaign="NSC", stdout=text)
    assert "条款达标" in table.getvalue()
    assert json.loads(text.getvalue())["period"] == PERIOD


def test_an_unknown_campaign_is_named(scene: Scene) -> None:
    with pytest.raises(CommandError, match="NSC"):
        call_command("readiness", campaign="XYZ")


def test_readiness_of_a_month_nobody_assessed_is_read_and_not_kept(scene: Scene) -> None:
    make_figure(scene, "97")
    text = StringIO()
    with clock.use(APRIL):
        call_command("readiness", "--json", campaign="NSC", month=PERIOD, stdout=text)
    found = json.loads(text.getvalue())
    assert (found["period"], found["coverage"], found["kept"]) == (PERIOD, 0.5, False)
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("month", ["2016-13", "2016-04"])
def test_readiness_of_a_month_that_cannot_be_is_refused(scene: Scene, month: str) -> None:
    with clock.use(NOON), pytest.raises(CommandError):
        call_command("readiness", campaign="NSC", month=month)


def test_a_past_month_is_kept_by_command_and_then_printed(scene: Scene) -> None:
    text = StringIO()
    with clock.use(APRIL):
        call_command("assessment_snapshot", campaign="NSC", month=PERIOD, verbosity=0)
        call_command("readiness", "--json", campaign="NSC", month=PERIOD, stdout=text)
    assert json.loads(text.getvalue())["kept"]


def test_the_first_nights_of_a_month_close_the_month_before(scene: Scene) -> None:
    with clock.use(NOON.replace(day=1)):
        call_command("assessment_snapshot", verbosity=0)
    assert queries.periods_of(scene.campaign) == ["2016-03", "2016-02"]


# Lines
def test_the_shipped_lines_can_be_read() -> None:
    assert lines().coverage_line == 0.8


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("coverage_line: 0.80", "coverage_line: 80", "coverage_line"),
        ("sample_least: 2", "sample_least: 0", "sample_least"),
        ("veto_cap: 0.50", "", "veto_cap is missing"),
        ("tongchuang/readiness/1", "something/else", "schema"),
    ],
)
def test_a_broken_file_of_lines_is_named(tmp_path: Path, old: str, new: str, fault: str) -> None:
    shipped = Path("data/scoring/readiness-2016.yaml").read_text(encoding="utf-8")
    path = tmp_path / "lines.yaml"
    path.write_text(shipped.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=fault):
        load_lines(path)
