"""Pairs of the crosswalk: loading them, and who may decide on them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from tongchuang.accounts.models import User
from tongchuang.accounts.services import robot
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.core import audit, clock
from tongchuang.standards import services
from tongchuang.standards.models import Mapping
from tongchuang.standards.rules.crosswalk import Relation
from tongchuang.standards.rules.reading import BrokenFile
from tongchuang.standards.services.mapping import StaleMapping
from tongchuang.standards.tests.conftest import FRAMEWORK, WriteFile
from tongchuang.standards.tests.make import make_clause, make_measure

pytestmark = pytest.mark.django_db
OTHER = FRAMEWORK.replace("small", "other").replace("小标准", "另一标准")
PAIRS = """\
schema: tongchuang/crosswalk/1
id: pairs
edition: '1'
title: 对照
author: 起草人
made_on: '2016-01-04'
pairs:
- id: P-1
  source: small.a1.r1
  target: other.a1.r1
  source_measure: small.a1.r1.m1
  target_measure: other.a1.r1.m1
  same_quantity: true
  relation: equal
  strength: 9
  rationale: semantic
  reuse: full
  reason: 同一个量
  confidence: high
- id: P-2
  source: small.a1.r2
  target: other.a1.r2
  relation: intersects_with
  strength: 3
  rationale: functional
  reuse: partial
  reason: 都看死角
  confidence: low
"""


Load = Callable[..., None]


@pytest.fixture
def load(write: WriteFile) -> Load:
    """Load the two small standards and their pairs, with words of the pairs replaced."""

    def loaded(*changes: tuple[str, str]) -> None:
        paths: list[Path] = [
            write(name="a.yaml"),
            write(text=OTHER, name="b.yaml"),
            write(*changes, text=PAIRS, name="c.yaml"),
        ]
        services.load_standards(paths, by=robot())

    return loaded


@pytest.fixture
def reviewer() -> User:
    return make_user(role="final_reviewer", unit=make_unit("创卫办"))


def _accept(mapping: Mapping, by: User, **changes: object) -> Mapping:
    wanted = {"accept": True, "note": "", "version": mapping.version, **changes}
    return services.review_mapping(mapping, by=by, at=clock.now(), **wanted)  # type: ignore[arg-type]


def _pair(**changes: object) -> services.Pair:
    ends = {"source": make_clause(), "target": make_clause(), "relation": Relation.EQUAL}
    return services.Pair(**{**ends, "reason": "同一要求", **changes})  # type: ignore[arg-type]


# Loading
def test_pairs_come_unreviewed_and_carry_nothing(load: Load) -> None:
    load()
    assert Mapping.objects.active().count() == 2
    assert not Mapping.objects.carrying()


def test_a_reviewed_pair_stays_reviewed_until_it_says_something_else(
    load: Load, reviewer: User
) -> None:
    load()
    for mapping in Mapping.objects.all():
        _accept(mapping, reviewer)
    load(("edition: '1'", "edition: '2'"), ("reason: 都看死角", "reason: 只有一处相同"))
    assert [row.code for row in Mapping.objects.carrying()] == ["P-1"]


def test_a_pair_that_is_gone_goes_out_of_use_with_its_review(load: Load, reviewer: User) -> None:
    load()
    _accept(Mapping.objects.get(code="P-2"), reviewer)
    load(("edition: '1'", "edition: '2'"), (PAIRS[PAIRS.index("- id: P-2") :], ""))
    gone = Mapping.objects.get(code="P-2")
    assert (gone.active, gone.review) == (False, "accepted")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("target: other.a1.r2", "target: other.a1.r9"), "引用了不存在的编号：other.a1.r9"),
        (("target: other.a1.r2", "target: small.a1.r1"), "在同一指标体系内"),
        (("target: other.a1.r2", "target: small.a1.r2"), "在同一指标体系内"),
        (("target_measure: other.a1.r1.m1", "target_measure: small.a1.r1.m1"), "不属于条款"),
        (("  target_measure: other.a1.r1.m1\n", ""), "须写明双方的指标"),
        (("strength: 9", "strength: 11"), "强度应在 1 与 10 之间"),
        (("relation: equal", "relation: alike"), "不认识的关系"),
        (("id: P-2", "id: P-1"), "编号重复"),
    ],
)
def test_a_broken_pair_is_named_with_its_line(
    load: Load, change: tuple[str, str], reason: str
) -> None:
    with pytest.raises(BrokenFile, match=reason) as refused:
        load(change)
    assert all(fault.line > 1 for fault in refused.value.faults)
    assert not Mapping.objects.exists()


def test_a_pair_read_the_other_way_is_the_same_pair(load: Load) -> None:
    turned = PAIRS[PAIRS.index("- id: P-2") :]
    turned = turned.replace("P-2", "P-3").replace("small", "x").replace("other", "small")
    with pytest.raises(BrokenFile, match="与 P-2 是同一对条款"):
        load(("confidence: low\n", "confidence: low\n" + turned.replace("x.", "other.")))


# Deciding
def test_an_accepted_pair_carries_and_is_on_record(reviewer: User) -> None:
    mapping = services.propose_mapping(_pair(), by=reviewer, at=clock.now())
    other = make_user(role="final_reviewer", unit=make_unit("资料组"))
    _accept(mapping, other, note="核对过原文")
    assert Mapping.objects.carrying().get().reviewed_by == other
    actions = list(audit.history(mapping).order_by("id").values_list("action", flat=True))
    assert actions == ["propose_mapping", "accept_mapping"]


def test_nobody_reviews_their_own_pair(reviewer: User) -> None:
    mapping = services.propose_mapping(_pair(), by=reviewer, at=clock.now())
    with pytest.raises(services.MappingRefused, match="另一位同事"):
        _accept(mapping, reviewer)


def test_a_refusal_says_why(reviewer: User, load: Load) -> None:
    load()
    mapping = Mapping.objects.get(code="P-2")
    with pytest.raises(services.MappingRefused, match="须写明意见"):
        _accept(mapping, reviewer, accept=False)
    refused = _accept(mapping, reviewer, accept=False, note="不是一回事")
    assert (refused.review, refused.review_note) == ("refused", "不是一回事")


def test_who_was_slower_is_told(reviewer: User, load: Load) -> None:
    load()
    seen = Mapping.objects.get(code="P-1")
    _accept(seen, reviewer)
    with pytest.raises(StaleMapping):
        _accept(seen, reviewer, version=1)


def test_a_pair_given_up_carries_nothing_and_stays(reviewer: User, load: Load) -> None:
    load()
    mapping = _accept(Mapping.objects.get(code="P-1"), reviewer)
    services.give_up_mapping(
        mapping, reason="标准已改", version=mapping.version, by=reviewer, at=clock.now()
    )
    assert not Mapping.objects.carrying()
    assert Mapping.objects.filter(code="P-1").exists()


def test_only_those_with_the_right_decide(load: Load) -> None:
    load()
    clerk = make_user(role="unit_clerk", unit=make_unit("城管局"))
    with pytest.raises(PermissionDenied):
        _accept(Mapping.objects.get(code="P-1"), clerk)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reason": "  "}, "请写明理由"),
        ({"same_quantity": True}, "须选双方的指标"),
    ],
)
def test_a_proposal_lacks_nothing(reviewer: User, changes: dict[str, object], reason: str) -> None:
    with pytest.raises(services.MappingRefused, match=reason):
        services.propose_mapping(_pair(**changes), by=reviewer, at=clock.now())
    assert not Mapping.objects.exists()


def test_a_measure_of_another_clause_is_refused(reviewer: User) -> None:
    with pytest.raises(services.MappingRefused, match="不属于条款"):
        services.propose_mapping(_pair(source_measure=make_measure()), by=reviewer, at=clock.now())


def test_the_same_pair_is_put_in_once_whichever_way(reviewer: User) -> None:
    pair = _pair()
    services.propose_mapping(pair, by=reviewer, at=clock.now())
    turned = _pair(source=pair.target, target=pair.source)
    with pytest.raises(services.MappingRefused, match="已有对照"):
        services.propose_mapping(turned, by=reviewer, at=clock.now())
