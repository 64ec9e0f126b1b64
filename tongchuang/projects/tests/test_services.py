from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from tongchuang.accounts.models import User
from tongchuang.accounts.tests.make import make_user
from tongchuang.campaigns.tests.make import make_gate
from tongchuang.core import clock
from tongchuang.core.flow import WrongState
from tongchuang.core.models import Event
from tongchuang.projects import queries, services
from tongchuang.projects.models import FLOW, Project
from tongchuang.projects.tests.make import (
    Yard,
    a_photo,
    finish_nodes,
    make_funding,
    make_project,
    make_round,
    make_yard,
)

pytestmark = pytest.mark.django_db
TODAY = date(2016, 3, 8)
VALUES: dict[str, dict[str, Any]] = {
    "approve": {"paper": "文1号"},
    "begin": {"on": TODAY},
    "complete": {"on": TODAY},
    "accept": {"paper": "文2号"},
    "put_in_use": {"on": TODAY, "paper": "文3号", "proof": "泊位从 0 到 300"},
    "pause": {"cause": "land", "reason": "地块未移交"},
    "resume": {"reason": "已移交"},
    "send_back": {"reason": "缺口不清"},
    "cancel": {"reason": "不再需要"},
}


@pytest.fixture
def yard() -> Yard:
    return make_yard()


def _move(project: Project, move: str, by: User, **values: Any) -> Project:
    return services.MOVES[move](project, by=by, **VALUES.get(move, {}) | values)


def test_every_move_of_the_flow_has_its_service() -> None:
    assert set(services.MOVES) == set(FLOW.moves)


@pytest.mark.parametrize("move", FLOW.moves)
@pytest.mark.parametrize("state", Project.Status.values)
def test_moves_start_only_from_their_sources(yard: Yard, move: str, state: str) -> None:
    more = {"in_use_on": TODAY, "proof": "有"} if state == "in_use" else {}
    paused = {"paused_from": "pooled"} if state == "paused" else {}
    project = make_project(yard, status=state, **more, **paused)
    finish_nodes(project)
    make_funding(project)
    services.add_photo(project, a_photo(), place="现场", at=_noon(), by=yard.city.director)
    values = {"round": make_round(yard), "gap": "缺 300 个"} if move == "match" else {}
    if state in FLOW.moves[move].sources:
        moved = _move(project, move, yard.city.director, **values)
        assert moved.status == (FLOW.moves[move].target or "pooled")
    else:
        with pytest.raises(WrongState):
            _move(project, move, yard.city.director, **values)


def _noon() -> datetime:
    return clock.now()


def test_a_project_gets_a_number_and_the_nodes_of_its_kind(yard: Yard) -> None:
    project = services.create_project(
        yard.campaign,
        clauses=[yard.clause],
        by=yard.city.director,
        title="南湖停车场",
        kind="car_park",
        unit=yard.city.bureau,
        scale="300 个",
        planned_start_on=date(2016, 4, 1),
        planned_finish_on=date(2016, 12, 31),
    )
    assert project.code == "XM2016-001"
    nodes = list(project.nodes.all())
    assert nodes[0].stage == "early"
    assert nodes[-1].limit_on == date(2016, 12, 31)
    assert Event.objects.filter(action="create", subject_id=str(project.pk)).exists()


def test_only_those_who_manage_projects_enter_one(yard: Yard) -> None:
    with pytest.raises(PermissionDenied):
        services.create_project(
            yard.campaign, by=yard.city.bureau_clerk, title="x", unit=yard.city.bureau
        )


def test_the_round_opens_in_december_only_and_once(yard: Yard) -> None:
    with pytest.raises(services.NotReady, match="12 月"):
        services.open_round(yard.city.root, on=date(2016, 3, 8), by=yard.city.director)
    found = services.open_round(yard.city.root, on=date(2015, 12, 3), by=yard.city.director)
    assert found.year == 2016
    with pytest.raises(services.NotReady):
        services.open_round(yard.city.root, on=date(2015, 12, 9), by=yard.city.director)


def test_the_round_ends_with_a_list_and_takes_nothing_afterwards(yard: Yard) -> None:
    found = make_round(yard)
    with pytest.raises(services.NotReady, match="没有项目"):
        services.close_round(found, on=TODAY, paper="1号", by=yard.city.director)
    idea, late = make_project(yard), make_project(yard)
    services.match_project(idea, round=found, gap="缺 300 个", by=yard.city.director)
    closed = services.close_round(found, on=TODAY, paper="1号", by=yard.city.director)
    with pytest.raises(services.NotReady, match="结束"):
        services.match_project(late, round=closed, gap="缺", by=yard.city.director)


def test_a_project_without_a_clause_is_not_matched(yard: Yard) -> None:
    project = make_project(yard)
    project.clauses.clear()
    with pytest.raises(services.NotReady, match="条款"):
        services.match_project(project, round=make_round(yard), gap="缺", by=yard.city.director)


def test_building_waits_for_the_early_nodes_of_the_main_line(yard: Yard) -> None:
    project = make_project(yard, status="preparing")
    with pytest.raises(services.NotReady, match="选址"):
        services.begin_project(project, on=TODAY, by=yard.city.bureau_clerk)
    finish_nodes(project, "early")
    project.nodes.filter(code="eia").update(done_on=None)  # parallel: holds nothing up
    begun = services.begin_project(project, on=TODAY, by=yard.city.bureau_clerk)
    assert begun.status == "under_construction"


def test_money_is_confirmed_only_when_some_was_approved(yard: Yard) -> None:
    project = make_project(yard, status="approved")
    with pytest.raises(services.NotReady, match="获批"):
        services.fund_project(project, by=yard.city.director)
    make_funding(project)
    assert services.fund_project(project, by=yard.city.director).status == "funded"


def test_what_has_not_come_cannot_be_spent(yard: Yard) -> None:
    project, by = make_project(yard), yard.city.bureau_clerk
    with pytest.raises(ValueError, match="支出"):
        services.save_funding(
            project, "debt", approved=Decimal(9), received=Decimal(3), spent=Decimal(4), by=by
        )
    with pytest.raises(IntegrityError):
        make_funding(project, spent=Decimal(51))


def test_a_source_has_one_line(yard: Yard) -> None:
    project, by = make_project(yard), yard.city.bureau_clerk
    for amount in (3, 5):
        services.save_funding(project, "debt", applied=Decimal(amount), by=by)
    assert [line.applied for line in project.funding.all()] == [Decimal(5)]


def test_use_is_confirmed_with_a_photo_and_by_somebody_else(yard: Yard) -> None:
    project = make_project(yard, status="accepted")
    finish_nodes(project)
    with pytest.raises(services.NotReady, match="照片"):
        _move(project, "put_in_use", yard.city.director)
    services.add_photo(project, a_photo(), place="南湖", at=_noon(), by=yard.city.bureau_clerk)
    own = make_user(role="hq_director", unit=yard.city.bureau)
    with pytest.raises(services.NotReady, match="责任单位"):
        _move(project, "put_in_use", own)
    assert _move(project, "put_in_use", yard.city.director).proof == "泊位从 0 到 300"


def test_a_clause_counts_as_built_only_after_the_proof_of_use(yard: Yard) -> None:
    def state() -> str:
        return queries.clause_needs(yard.city.director, [yard.clause], on=TODAY)[0].state

    assert state() == "gap"
    make_project(yard, status="idea")
    assert state() == "gap"
    project = make_project(yard, status="accepted")
    assert state() == "under_way"
    project.status, project.in_use_on, project.proof = "in_use", TODAY, "有"
    project.save()
    assert state() == "done"
    make_project(yard, status="pooled")
    assert state() == "under_way"


def test_a_cancelled_project_leaves_the_gap(yard: Yard) -> None:
    project = make_project(yard, status="pooled")
    services.cancel_project(project, reason="改址", by=yard.city.director)
    assert queries.clause_needs(yard.city.director, [yard.clause], on=TODAY)[0].state == "gap"


def test_a_slipped_node_shows_which_gate_its_clauses_miss(yard: Yard) -> None:
    project = make_project(yard, status="under_construction")
    gate = make_gate(yard.campaign, due_on=date(2017, 1, 10))
    make_gate(yard.campaign, due_on=date(2018, 1, 10))
    finish_nodes(project)
    line = queries.lines_of([project], on=date(2016, 12, 1))[0]
    assert queries.gates_missed(yard.city.director, line) == []
    last = project.nodes.get(code="devices")
    last.done_on = None
    last.save()
    line = queries.lines_of([Project.objects.get()], on=date(2017, 1, 8))[0]
    missed = queries.gates_missed(yard.city.director, line)
    assert [(row.gate, row.clauses, row.by_slip) for row in missed] == [(gate, [yard.clause], True)]


def test_a_paused_project_goes_on_where_it_stopped(yard: Yard) -> None:
    project = make_project(yard, status="preparing")
    paused = _move(project, "pause", yard.city.bureau_clerk)
    assert (paused.status, paused.cause) == ("paused", "land")
    with pytest.raises(PermissionDenied):
        _move(project, "resume", yard.city.bureau_clerk)
    resumed = _move(project, "resume", yard.city.director)
    assert (resumed.status, resumed.cause) == ("preparing", "")


def test_the_office_of_a_node_sees_the_project_and_finishes_its_node(yard: Yard) -> None:
    project = make_project(yard, status="preparing")
    stranger = yard.city.other_clerk
    assert not Project.objects.visible_to(stranger).exists()
    node = project.nodes.get(code="site")
    node.office = yard.city.other_bureau
    node.save()
    assert list(Project.objects.visible_to(stranger)) == [project]
    done = services.finish_node(node, on=TODAY, document_no="地1号", by=stranger)
    assert done.done_on == TODAY
    with pytest.raises(WrongState):
        services.finish_node(node, on=TODAY, document_no="地2号", by=stranger)
    with pytest.raises(PermissionDenied):
        services.finish_node(
            project.nodes.get(code="design"), on=TODAY, document_no="x", by=stranger
        )


def test_limits_are_promises_once_the_project_is_in_the_pool(yard: Yard) -> None:
    idea, pooled = make_project(yard), make_project(yard, status="pooled")
    for project in (idea, pooled):
        services.change_project(project, planned_finish_on=date(2017, 6, 30), by=yard.city.director)
    assert idea.nodes.get(code="opening").limit_on == date(2017, 6, 30)
    assert pooled.nodes.get(code="opening").limit_on == date(2016, 12, 31)
    node = services.set_node(
        pooled.nodes.get(code="opening"),
        limit_on=date(2017, 6, 30),
        office=None,
        main=True,
        reason="设计变更",
        by=yard.city.director,
    )
    assert Event.objects.get(action="set_node", subject_id=str(node.pk)).reason == "设计变更"


def test_the_colour_filter_agrees_with_the_colours_shown(yard: Yard) -> None:
    late = make_project(yard, status="pooled", planned_start_on=date(2015, 1, 1))
    fine = make_project(yard, status="pooled", planned_start_on=date(2016, 3, 1))
    for colour, expected in (("red", [late]), ("green", [fine]), ("yellow", [])):
        wanted = queries.ProjectFilter(colour=colour)
        found = queries.project_list(yard.city.director, wanted, on=TODAY)
        assert list(found) == expected
    assert queries.colour_counts(yard.city.director, on=TODAY) == {
        "green": 1,
        "yellow": 0,
        "red": 1,
    }
