"""Random lives of a case: whatever people do, rows and audit trail tell the same story."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tongchuang.accounts.permissions import forget_reach
from tongchuang.cases import rules, services
from tongchuang.cases.models import FLOW, Case, Extension
from tongchuang.cases.tests.make import MORNING, Town, make_case, make_town, photo
from tongchuang.core import clock
from tongchuang.core.flow import WrongState

_SKIPPED = {"file", "to_verify", "verify", "reject", "merge", "resubmit"}


def _possible(case: Case) -> list[str]:
    """The moves that start from the present state."""
    return [n for n, m in FLOW.moves.items() if case.status in m.sources and n not in _SKIPPED]


def _try(case: Case, town: Town, move: str) -> Case:
    """Make a move if it is possible now; whatever is refused changes nothing."""
    city = town.city
    clerk, dispatcher = city.bureau_clerk, city.dispatcher
    if case.lead_id == city.other_bureau.pk:
        clerk = city.other_clerk
    to = city.other_bureau if case.returns else city.bureau
    calls: dict[str, Any] = {
        "dispatch": lambda: services.dispatch_case(case, to=to, by=dispatcher, basis="依据"),
        "accept": lambda: services.accept_case(case, by=clerk),
        "return": lambda: services.return_case(case, reason="other", basis="依据", by=clerk),
        "reply": lambda: services.reply_case(case, measure="清", photos=[photo()], by=clerk),
        "close": lambda: services.close_case(case, by=town.checker, no_photo_reason="无"),
        "send_back": lambda: services.send_back_case(case, reason="脏", by=town.checker),
        "ask_extension": lambda: services.ask_extension(case, days=1, reason="雨", by=clerk),
        "grant_extension": lambda: services.grant_extension(case, by=town.leader),
        "refuse_extension": lambda: services.refuse_extension(case, reason="不准", by=dispatcher),
        "pause": lambda: services.pause_case(case, reason="雨", paper="1号", by=dispatcher),
        "resume": lambda: services.resume_case(case, by=dispatcher),
        "reopen": lambda: services.reopen_case(case, reason="反弹", by=dispatcher),
        "archive": lambda: services.archive_case(case, by=city.director),
    }
    try:
        moved: Case = calls[move]()
    except (WrongState, services.Refused, PermissionDenied):
        return Case.objects.get(pk=case.pk)
    return moved


def _must_hold(case: Case) -> None:
    stored = list(case.legs.order_by("id"))
    track = services.replay(case)
    told = [(h.stage, h.unit, h.started_at, h.ended_at, h.due_at, h.limit) for h in track.hands]
    rows = [
        (leg.stage, leg.unit_id, leg.started_at, leg.ended_at, leg.due_at, leg.limit)
        for leg in stored
    ]
    assert rows == [(str(stage), *rest) for stage, *rest in told]
    assert (case.due_at, case.fix_due_at) == (track.due_at, track.fix_due_at)
    assert rules.gaps(track.hands) == []
    assert sum(leg.ended_at is None for leg in stored) == int(case.is_open)
    assert bool(case.lead_id) == (case.status != Case.Status.FILED)
    assert case.extensions.filter(state=Extension.State.ASKED).count() <= 1


class RandomLives(TestCase):
    @settings(max_examples=40)
    @given(
        st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3000)), max_size=14),
        st.sampled_from("UABCDE"),
    )
    def test_replay_tells_what_is_stored(self, plan: list[tuple[int, int]], grade: str) -> None:
        at = MORNING
        with clock.use(lambda: at):
            town = make_town()
            case = make_case(town, grade=grade)
            for choice, minutes in plan:
                at += timedelta(minutes=minutes)
                if moves := _possible(case):
                    case = _try(case, town, moves[choice % len(moves)])
                _must_hold(case)
            self._closer_is_of_another_unit(case, town)
        forget_reach(town.checker)

    def _closer_is_of_another_unit(self, case: Case, town: Town) -> None:
        last = case.legs.filter(stage="check").exclude(ended_at=None).order_by("-id").first()
        if case.status == Case.Status.CLOSED and last:
            assert last.unit_id != case.lead_id
