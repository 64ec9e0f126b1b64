"""The table of moves, walked completely."""

import pytest

from tongchuang.accounts.models import User
from tongchuang.accounts.tests.make import make_membership, make_user
from tongchuang.cases.models import FLOW, Case
from tongchuang.cases.tests.make import Town, make_case, make_town
from tongchuang.core.flow import WrongState

STATES = Case.Status.values


@pytest.fixture
def town() -> Town:
    return make_town()


@pytest.mark.django_db
@pytest.mark.parametrize("move", FLOW.moves)
def test_a_move_starts_only_from_its_sources(move: str, town: Town) -> None:
    everyone = make_everything(town)
    case = make_case(town)
    for state in STATES:
        case.status = state
        if state in FLOW.moves[move].sources:
            FLOW.start(case, move, by=everyone)
        else:
            with pytest.raises(WrongState):
                FLOW.start(case, move, by=everyone)


def make_everything(town: Town) -> User:
    """Somebody with every action of cases over the whole city, as no role has it."""
    roles = ("hq_director", "inspector", "unit_clerk", "commander", "hq_supervisor")
    person = make_user(unit=town.city.office)
    for role in roles:
        make_membership(user=person, role=role, unit=town.city.root)
    return person


def test_every_state_is_reached_and_only_three_are_ends() -> None:
    reached = {str(move.target) for move in FLOW.moves.values() if move.target}
    left = {str(source) for move in FLOW.moves.values() for source in move.sources}
    assert reached | {"submitted"} == set(STATES)
    assert set(STATES) - left == set()
    assert set(Case.OPEN) | {"rejected", "merged", "closed", "archived"} == set(STATES)


def test_every_move_names_an_action_and_a_word() -> None:
    for name, move in FLOW.moves.items():
        assert move.action.startswith("cases."), name
        assert str(move.label), name
