"""Whose is it: from the second return over the session on the spot to a ruling that binds."""

import random

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.tests.make import make_user
from tongchuang.cases import services
from tongchuang.cases.models import Case, OwnershipSession
from tongchuang.cases.services.proposing import propose_lead
from tongchuang.cases.tests.make import Town, dispatched, make_class, make_town
from tongchuang.core import clock
from tongchuang.core.flow import WrongState
from tongchuang.places.models import LeadRule

pytestmark = pytest.mark.django_db
S = Case.Status


@pytest.fixture
def town() -> Town:
    return make_town()


def _clerk(unit: Unit) -> User:
    return User.objects.filter(unit=unit).first() or make_user(role="unit_clerk", unit=unit)


def _return(case: Case) -> Case:
    assert case.lead is not None
    by = make_user(role="unit_head", unit=case.lead)
    return services.return_case(case, reason="not_ours", basis="三定方案", by=by)


def _disputed(town: Town) -> tuple[Case, OwnershipSession]:
    """Sent back by the bureau and by the other bureau."""
    case = _return(dispatched(town, problem_class=make_class()))
    case = services.dispatch_case(
        case, to=town.city.other_bureau, by=town.city.dispatcher, basis="会议纪要"
    )
    case = _return(case)
    return case, case.sessions.get()


def _held(session: OwnershipSession, town: Town) -> OwnershipSession:
    return services.hold_session(
        session,
        held_at=clock.now(),
        present="城管局、教育局、城南街道",
        papers="用地红线图",
        findings="垃圾堆在校门外人行道",
        by=town.city.dispatcher,
    )


def _ruled(session: OwnershipSession, town: Town, **fields: object) -> OwnershipSession:
    values = {
        "lead": town.city.bureau,
        "grounds": "红线外为市政道路",
        "scope": "site_class",
        "by": town.city.director,
        "groundless": [town.city.bureau],
        **fields,
    }
    return services.rule_session(session, **values)  # type: ignore[arg-type]


def test_the_second_return_calls_a_session_and_stops_the_passing_on(town: Town) -> None:
    case, session = _disputed(town)
    assert (case.status, session.status) == (S.RETURNED, "open")
    assert session.interim == town.city.street
    with pytest.raises(services.Refused, match="权属认定"):
        services.dispatch_case(case, to=town.city.bureau, by=town.city.dispatcher, basis="会议纪要")


def test_a_ruling_dispatches_is_numbered_and_binds(town: Town) -> None:
    case, session = _disputed(town)
    session = _ruled(_held(session, town), town)
    case = Case.objects.get(pk=case.pk)
    assert (case.lead, case.status) == (town.city.bureau, S.DISPATCHED)
    assert session.document_no
    assert session.docx is not None
    with pytest.raises(services.Refused, match="不得再退回"):
        _return(case)


def test_a_ruling_is_the_rule_of_the_next_case_there(town: Town) -> None:
    case, session = _disputed(town)
    session = _ruled(_held(session, town), town)
    found = propose_lead(case.site, case.problem_class, case.territory)
    assert found is not None
    assert found.unit == town.city.bureau
    assert session.document_no in found.reason
    assert session.rule is not None
    assert session.rule.kind == LeadRule.Kind.RULING


def test_a_ruling_for_this_case_alone_makes_no_rule(town: Town) -> None:
    _case, session = _disputed(town)
    assert _ruled(_held(session, town), town, scope="case").rule is None


@pytest.mark.parametrize(
    ("fields", "words"), [({"grounds": " "}, "理由"), ({"groundless": "street"}, "退回过")]
)
def test_a_ruling_that_cannot_be_leaves_nothing_behind(
    town: Town, fields: dict[str, object], words: str
) -> None:
    _case, session = _disputed(town)
    session = _held(session, town)
    if fields.get("groundless"):
        fields = {"groundless": [town.city.street]}
    with pytest.raises(services.Refused, match=words):
        _ruled(session, town, **fields)
    assert OwnershipSession.objects.get(pk=session.pk).status == "held"
    assert not LeadRule.objects.filter(kind=LeadRule.Kind.RULING).exists()


def test_only_a_named_office_rules_and_only_after_the_session(town: Town) -> None:
    _case, session = _disputed(town)
    with pytest.raises(WrongState):
        _ruled(session, town)
    session = _held(session, town)
    with pytest.raises(PermissionDenied):
        _ruled(session, town, by=_clerk(town.city.bureau))


def test_what_was_seen_on_the_spot_must_be_written(town: Town) -> None:
    _case, session = _disputed(town)
    with pytest.raises(services.Refused, match="都须写明"):
        services.hold_session(
            session,
            held_at=clock.now(),
            present="各单位",
            papers=" ",
            findings="无",
            by=town.city.dispatcher,
        )


@pytest.mark.parametrize("seed", range(12))
def test_from_dispatch_on_a_case_has_exactly_one_lead(town: Town, seed: int) -> None:
    """Random histories of passing on, signing, disputing and ruling."""
    chance = random.Random(seed)  # noqa: S311 -- a history, not a secret
    units = [town.city.bureau, town.city.other_bureau, town.city.street]
    case = dispatched(town, problem_class=make_class())
    for _step in range(10):
        session = case.sessions.exclude(status="ruled").first()
        move = chance.choice(("return", "dispatch", "accept", "rule"))
        try:
            if move == "return":
                _return(case)
            elif move == "dispatch":
                services.dispatch_case(
                    case, to=chance.choice(units), by=town.city.dispatcher, basis="依据"
                )
            elif move == "accept" and case.lead:
                head = make_user(role="unit_head", unit=case.lead)
                services.accept_case(case, by=head)
            elif move == "rule" and session:
                chosen = chance.choice(units)
                _ruled(_held(session, town), town, lead=chosen, groundless=[])
        except (services.Refused, PermissionDenied, WrongState):
            pass  # what may not be done leaves the case as it was
        case = Case.objects.get(pk=case.pk)
        assert case.lead is not None or case.status == S.RETURNED
        assert case.sessions.exclude(status="ruled").count() <= 1
        assert not case.helper_rows.filter(unit=case.lead_id).exists()


def test_the_session_is_held_and_ruled_on_its_pages(town: Town, client: Client) -> None:
    case, session = _disputed(town)
    client.force_login(town.city.director)
    assert case.number in client.get("/cases/ownership/").content.decode()
    held = _held(session, town)
    assert held.held_at is not None
    form = client.get(f"/cases/ownership/{session.pk}/hold/").content.decode()
    assert f'value="{timezone.localtime(held.held_at):%Y-%m-%dT%H:%M}"' in form
    page = client.get(f"/cases/ownership/{session.pk}/").content.decode()
    assert "用地红线图" in page
    session = _ruled(OwnershipSession.objects.get(pk=session.pk), town)
    paper = client.get(f"/cases/ownership/{session.pk}/docx/")
    assert paper.status_code == 200
    assert client.get("/cases/ownership/export/").status_code == 200
