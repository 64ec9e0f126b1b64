"""Drafting, deciding, trying and signing a move from 2014 to 2021."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from tongchuang.accounts.tests.make import make_membership, make_user
from tongchuang.assessment.models import Cell, Figure, Snapshot
from tongchuang.assessment.services import compute_snapshot
from tongchuang.campaigns.models import Assignment, Campaign, Task
from tongchuang.campaigns.tests.make import make_task
from tongchuang.cases.models import Case
from tongchuang.changeover import queries, services
from tongchuang.changeover.models import Changeover, Entry, Line
from tongchuang.changeover.services import ChangeoverRefused, moving
from tongchuang.changeover.survey import survey
from tongchuang.changeover.tests.make import (
    NOON,
    Office,
    draft,
    make_office,
    old,
    signed,
    submitted,
)
from tongchuang.core.flow import WrongState
from tongchuang.core.models import Event
from tongchuang.dossiers.models import Paper
from tongchuang.dossiers.queries import evidence_by_clause_and_unit
from tongchuang.projects.models import Project
from tongchuang.standards.models import Clause, Framework, Mapping

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everything")]


@pytest.fixture
def office() -> Office:
    return make_office()


def line(changeover: Changeover, kind: str, clause: str) -> Line:
    """The line of a kind on an old clause."""
    return changeover.lines.get(kind=kind, clause__code=f"nsc2014.{clause}")


def everything_counted() -> dict[str, Any]:
    """What a move could touch, to see that nothing changed."""
    models = (Assignment, Task, Entry, Mapping, Event, Snapshot, Cell, Figure)
    links = (Paper.clauses.through, Case.clauses.through, Project.clauses.through)
    return {
        **{model.__name__: model._default_manager.count() for model in (*models, *links)},
        "edition": Campaign.objects.get().framework_id,
        "tasks": list(Task.objects.order_by("pk").values_list("clause", "version")),
        "papers": list(Paper.objects.order_by("pk").values_list("asked_as", "version")),
        "lines": list(Line.objects.order_by("pk").values_list("targets", "fate", "is_open")),
    }


def test_a_draft_has_a_line_with_its_reason_for_all_that_hangs(office: Office) -> None:
    found = draft(office)
    assert set(found.lines.values_list("kind", flat=True)) == {
        "duty", "task", "paper", "figure", "case", "project",
    }  # fmt: skip
    assert not found.lines.filter(reason="").exists()
    assert line(found, "duty", "a35").fate == "retired"
    assert line(found, "figure", "a10.r1").targets == ["nsc2021.ind16"]
    assert "不是同一个量" in line(found, "figure", "a12.r3").reason
    assert office.campaign.framework_id != office.new.pk


def test_a_choice_is_left_to_a_person(office: Office) -> None:
    found = draft(office)
    opened = set(found.lines.filter(is_open=True).values_list("kind", "clause__code"))
    assert opened == {
        ("duty", "nsc2014.a11"),
        ("duty", "nsc2014.a13"),
        ("task", "nsc2014.a13.r1"),
    }
    with pytest.raises(ChangeoverRefused, match="3 行待定"):
        services.submit_changeover(found, by=office.director, at=NOON)


def test_a_person_decides_and_is_named(office: Office) -> None:
    found = draft(office)
    task = line(found, "task", "a13.r1")
    decided = services.decide_line(
        task, targets=["nsc2021.ch3.toilets.r1"], reason="做的是公厕", by=office.director, at=NOON
    )
    assert (decided.is_open, decided.decided_by) == (False, office.director)
    services.refresh_lines(found, by=office.director, at=NOON)
    task.refresh_from_db()
    assert task.targets == ["nsc2021.ch3.toilets.r1"]


@pytest.mark.parametrize(
    ("kind", "clause", "said", "words"),
    [
        ("task", "a13.r1", {"targets": ["nsc2021.ch3.toilets", "nsc2021.ch3.roads"]}, "只能挂一个"),
        ("task", "a13.r1", {"targets": ["nsc2014.a13"]}, "没有这些条款"),
        ("task", "a13.r1", {"targets": ["nsc2021.ch3"]}, "没有这些条款"),
        ("task", "a13.r1", {"targets": [], "reason": " "}, "写明理由"),
        ("duty", "a13", {"targets": [], "helps": ["nsc2021.ch3.roads"]}, "配合的条款"),
        ("figure", "a12.r3", {"targets": ["nsc2021.ind22"]}, "只能按两版对照"),
        ("paper", "a22", {"targets": ["nsc2021.ch3.roads"], "asked": "健康证"}, "不要“健康证”"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_in_words(
    office: Office, kind: str, clause: str, said: dict[str, Any], words: str
) -> None:
    found = draft(office)
    values = {"reason": "因为", **said}
    before = everything_counted()
    with pytest.raises(ChangeoverRefused, match=words):
        services.decide_line(line(found, kind, clause), by=office.director, at=NOON, **values)
    assert everything_counted() == before


def test_every_new_clause_gets_exactly_one_lead(office: Office) -> None:
    found = draft(office)
    services.accept_proposals(found, by=office.director, at=NOON)
    duty = line(found, "duty", "a13")
    services.decide_line(duty, targets=duty.targets, reason="都牵头", by=office.director, at=NOON)
    with pytest.raises(ChangeoverRefused, match="有且只有一个牵头单位"):
        services.submit_changeover(found, by=office.director, at=NOON)


def test_a_trial_tells_the_outcome_and_changes_nothing(office: Office) -> None:
    found = draft(office)
    before = everything_counted()
    tried = services.try_changeover(found, by=office.director, at=NOON)
    assert everything_counted() == before
    sums = {one["kind"]: one for one in tried.preview["sums"]}
    assert sums["duty"]["before"] == 4
    assert sum(sums["duty"]["by_fate"].values()) == 4
    assert tried.preview["before"].keys() == tried.preview["after"].keys()


def test_the_signed_move_is_what_the_trial_said(office: Office) -> None:
    waiting = submitted(office)
    found = services.sign_changeover(waiting, paper_no="8号", by=office.commander, at=NOON)
    for part in ("sums", "before", "after"):
        assert found.result[part] == waiting.preview[part]


def test_every_record_stands_in_the_ledger_once_and_nothing_is_lost(office: Office) -> None:
    compute_snapshot(office.campaign, "2016-03", at=NOON, by=office.director)
    hung = survey(office.campaign, Framework.objects.get(code="nsc2014"), office.new).hangings
    old_rows = {model: set(model._default_manager.values_list("pk", flat=True))
                for model in (Assignment, Cell, Figure, Paper, Snapshot, Case, Task)}  # fmt: skip
    found = signed(office)
    entries = Entry.objects.filter(line__changeover=found)
    told = sorted(entries.values_list("line__kind", "line__key", "record"))
    assert told == sorted((h.kind, h.key, h.record) for h in hung)
    assert len(told) == len(set(told))
    for model, keys in old_rows.items():
        assert keys <= set(model._default_manager.values_list("pk", flat=True))
    assert all(one["before"] == sum(one["by_fate"].values()) for one in found.result["sums"])
    assert entries.filter(line__kind="judgement", fate="retired").exists() or Cell.objects.exists()


def test_a_move_carries_duties_tasks_papers_cases_and_projects(office: Office) -> None:
    signed(office)
    campaign = Campaign.objects.get()
    assert campaign.framework == office.new
    duty = campaign.assignments.get(clause__code="nsc2021.ch3.waste_facilities")
    assert duty.lead == office.city.bureau
    assert [row.unit for row in duty.helper_rows.all()] == [office.city.other_bureau]
    assert campaign.assignments.get(clause=old("a35")).lead == office.city.other_bureau
    assert Task.objects.get(title="栽树").clause == Clause.objects.get(
        code="nsc2021.ch3.greening.r1"
    )
    codes = set(Case.objects.get().clauses.values_list("code", flat=True))
    assert codes == {"nsc2014.a13", "nsc2021.ch3.toilets"}
    codes = set(Project.objects.get().clauses.values_list("code", flat=True))
    assert {"nsc2014.a13.r1", "nsc2021.ch3.toilets.r1"} <= codes


def test_a_paper_goes_on_counting_under_what_the_new_edition_asks(office: Office) -> None:
    signed(office)
    campaign = Campaign.objects.get()
    article = Clause.objects.get(code="nsc2021.ch5.public_places")
    found = evidence_by_clause_and_unit(campaign, on=NOON.date())
    assert found[article.pk, office.city.bureau.pk].accepted == {"健康证": 1}
    assert (old("a22").pk, office.city.bureau.pk) in found


def test_figures_are_held_once_and_count_for_both_editions(office: Office) -> None:
    before = Figure.objects.count()
    signed(office)
    pair = Mapping.objects.get(
        target_measure__code="nsc2021.ind16", source__framework__code="nsc2014"
    )
    assert (pair.review, pair.reviewed_by, pair.same_quantity) == (
        "accepted",
        office.commander,
        True,
    )
    assert Figure.objects.count() == before
    assert not Mapping.objects.filter(source_measure__code="nsc2014.a12.r3.m1").filter(
        target_measure__code="nsc2021.ind22", review="accepted"
    )


def test_signing_twice_changes_nothing(office: Office) -> None:
    found = signed(office)
    before = everything_counted()
    with pytest.raises(WrongState):
        services.sign_changeover(found, paper_no="9号", by=office.commander, at=NOON)
    assert everything_counted() == before


def test_a_failing_line_leaves_everything_as_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = submitted(office)
    before = everything_counted()

    def fails(_move: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setitem(moving._CARRY, Line.Kind.PROJECT, fails)
    with pytest.raises(RuntimeError):
        services.sign_changeover(waiting, paper_no="8号", by=office.commander, at=NOON)
    assert everything_counted() == before
    waiting.refresh_from_db()
    assert waiting.status == Changeover.Status.SUBMITTED


def test_records_that_came_in_after_the_ledger_was_submitted_stop_the_signature(
    office: Office,
) -> None:
    waiting = submitted(office)
    make_task(campaign=office.campaign, unit=office.city.bureau, clause=old("a13.r1"), title="后来")
    with pytest.raises(ChangeoverRefused, match="1 行待定"):
        services.sign_changeover(waiting, paper_no="8号", by=office.commander, at=NOON)
    back = services.return_changeover(waiting, reason="又有新任务", by=office.commander, at=NOON)
    assert services.refresh_lines(back, by=office.director, at=NOON) == (1, 0)


def test_nobody_signs_their_own_draft(office: Office) -> None:
    make_membership(user=office.director, role="commander", unit=office.city.root)
    with pytest.raises(ChangeoverRefused, match="另一位"):
        services.sign_changeover(submitted(office), paper_no="8号", by=office.director, at=NOON)


def test_only_the_right_people_draft_and_sign(office: Office) -> None:
    clerk = make_user(role="unit_clerk", unit=office.city.bureau)
    with pytest.raises(PermissionDenied):
        draft(office, by=clerk)
    with pytest.raises(PermissionDenied):
        draft(office, by=office.commander)
    other = make_user(role="hq_director", unit=office.city.office, over=office.city.root)
    with pytest.raises(PermissionDenied):
        services.sign_changeover(submitted(office), paper_no="8号", by=other, at=NOON)


def test_one_move_at_a_time_and_none_to_the_same_edition(office: Office) -> None:
    found = draft(office)
    with pytest.raises(ChangeoverRefused, match="在办"):
        draft(office)
    services.withdraw_changeover(found, reason="暂缓", by=office.director, at=NOON)
    with pytest.raises(ChangeoverRefused, match="已经用的是"):
        services.draft_changeover(
            office.campaign,
            Framework.objects.get(code="nsc2014"),
            note="x",
            by=office.director,
            at=NOON,
        )
    assert found.lines.exists()


def test_months_judged_by_the_old_edition_keep_their_judgement(office: Office) -> None:
    february = compute_snapshot(office.campaign, "2016-02", at=NOON, by=office.director)
    march = compute_snapshot(office.campaign, "2016-03", at=NOON, by=office.director)
    signed(office)
    campaign = Campaign.objects.get()
    again = compute_snapshot(campaign, "2016-02", at=NOON + timedelta(hours=1), by=office.director)
    assert again == february
    now = Snapshot.objects.get(period="2016-03", current=True)
    assert (now.framework, Snapshot.objects.get(pk=march.pk).framework_id) == (
        office.new,
        march.framework_id,
    )
    assert Cell.objects.filter(snapshot=march, clause__framework__code="nsc2014").exists()


def test_a_submitted_ledger_waits_for_the_commander_alone(office: Office) -> None:
    found = submitted(office)
    assert list(queries.to_sign(office.commander)) == [found]
    assert not queries.to_sign(office.director).exists()
    services.sign_changeover(found, paper_no="示政〔2021〕1号", by=office.commander, at=NOON)
    assert not queries.to_sign(office.commander).exists()
