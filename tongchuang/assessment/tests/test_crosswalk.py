"""One figure, one result, many standards: what reaches a clause over accepted pairs."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.assessment import services
from tongchuang.assessment.inputs import gather
from tongchuang.assessment.lines import lines
from tongchuang.assessment.models import Cell, Figure
from tongchuang.assessment.queries import with_papers
from tongchuang.assessment.tests.make import (
    NOON,
    PERIOD,
    Scene,
    cell,
    make_figure,
    make_scene,
    snapshot,
)
from tongchuang.assessment.uses import use_counts, uses_of
from tongchuang.campaigns.models import Assignment, Campaign
from tongchuang.dossiers.models import Paper
from tongchuang.dossiers.tests.make import Shelf, make_paper
from tongchuang.standards.models import Clause, Mapping, Measure, Rule
from tongchuang.standards.rules.crosswalk import Relation
from tongchuang.standards.services import Pair, give_up_mapping, propose_mapping, review_mapping
from tongchuang.standards.tests.make import make_clause, make_measure, make_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def other() -> Measure:
    """A measure of another standard, judged by its line of 80 %."""
    return _other_measure()


def _other_measure() -> Measure:
    measure = make_measure(make_clause(), threshold=80)
    make_rule(measure.clause, Rule.Kind.THRESHOLD, measure=measure.code)
    return measure


def _pair(
    scene: Scene, source: Clause, target: Clause, relation: Relation, **facts: Any
) -> Mapping:
    pair = Pair(source, target, relation, reason="同一要求", **facts)
    proposer = make_user(role="final_reviewer", unit=scene.city.root)
    mapping = propose_mapping(pair, by=proposer, at=NOON)
    return review_mapping(mapping, accept=True, note="", version=1, by=scene.city.director, at=NOON)


def _enter(scene: Scene, measure: Measure, value: str, **fields: Any) -> Figure:
    facts = {"source": "年鉴", "by": scene.valuer, "at": NOON, **fields}
    return services.enter_figure(measure, scene.city.root, "2015", value=Decimal(value), **facts)


def _bureau(scene: Scene) -> Cell:
    """The article at the bureau, computed now."""
    snapshot(scene)
    return cell(scene, scene.city.bureau)


def _entries(scene: Scene, clause: Clause) -> list[dict[str, Any]]:
    found = _bureau(scene)
    return [one for one in found.explanation if one["clause"] == clause.code]


def _twin(scene: Scene, other: Measure, relation: Relation = Relation.SUBSET) -> Mapping:
    facts = {"source_measure": other, "target_measure": scene.measure, "same_quantity": True}
    return _pair(scene, other.clause, scene.figured, relation, **facts)


# Figures are held once
def test_a_figure_of_another_standard_is_compared_with_the_own_line(
    scene: Scene, other: Measure
) -> None:
    mapping = _twin(scene, other)
    _enter(scene, other, "85")
    (entry,) = _entries(scene, scene.figured)
    assert (entry["verdict"], entry["via"]) == ("not_met", mapping.code)
    assert (entry["figures"]["value"], entry["figures"]["line"]) == ("85", "90")


def test_a_corrected_figure_changes_both_campaigns(scene: Scene, other: Measure) -> None:
    _twin(scene, other)
    second = Campaign.objects.create(
        code="NGC", title="园林城市", city=scene.city.root, framework=other.clause.framework
    )
    Assignment.objects.create(
        campaign=second, clause=other.clause.parent or other.clause, lead=scene.city.bureau
    )
    _enter(scene, other, "70")

    def verdicts() -> list[str]:
        snapshots = [
            services.compute_snapshot(one, PERIOD, at=NOON, by=scene.valuer)
            for one in (scene.campaign, second)
        ]
        cells = Cell.objects.filter(snapshot__in=snapshots, unit=scene.city.bureau)
        found = [e for c in cells.order_by("snapshot") for e in c.explanation]
        return [e["verdict"] for e in found if e["kind"] == "threshold"]

    assert verdicts() == ["not_met", "not_met"]
    _enter(scene, other, "95", reason="年报更正")
    assert verdicts() == ["met", "met"]


def test_the_own_figure_goes_first(scene: Scene, other: Measure) -> None:
    _twin(scene, other)
    _enter(scene, other, "70")
    make_figure(scene, "92")
    (entry,) = _entries(scene, scene.figured)
    assert (entry["verdict"], entry["via"]) == ("met", "")


def test_another_unit_is_never_shared(scene: Scene, other: Measure) -> None:
    Measure.objects.filter(pk=other.pk).update(unit="个/万人")
    other.refresh_from_db()
    _twin(scene, other, Relation.INTERSECTS)
    _enter(scene, other, "95")
    assert next(iter(_entries(scene, scene.figured)))["verdict"] == "unknown"


# Results are passed on
def _judged_there(scene: Scene, value: str) -> Clause:
    """A clause of another standard that its figure decides."""
    measure = _other_measure()
    _enter(scene, measure, value)
    return measure.clause


@pytest.mark.parametrize(
    ("relation", "value", "said"),
    [
        (Relation.EQUAL, "85", "met"),
        (Relation.SUPERSET, "85", "met"),
        (Relation.SUBSET, "85", "part"),
        (Relation.INTERSECTS, "85", "part"),
        (Relation.EQUAL, "70", "not_met"),
        (Relation.SUBSET, "70", "not_met"),
        (Relation.SUPERSET, "70", None),
        (Relation.INTERSECTS, "70", None),
        (Relation.NONE, "85", None),
    ],
)
def test_a_relation_passes_on_what_it_can(
    scene: Scene, relation: Relation, value: str, said: str | None
) -> None:
    mapping = _pair(scene, _judged_there(scene, value), scene.figured, relation)
    carried = [one for one in _entries(scene, scene.figured) if one["kind"] == "crosswalk"]
    assert [one["reason"] for one in carried] == ([f"carried_{said}"] if said else [])
    assert all(one["via"] == mapping.code for one in carried)


def test_a_pair_is_read_from_both_ends(scene: Scene) -> None:
    _pair(scene, scene.figured, _judged_there(scene, "85"), Relation.SUBSET)
    carried = _entries(scene, scene.figured)[-1]
    assert carried["reason"] == "carried_met"


def test_a_proof_stands_in_for_what_nobody_knows(scene: Scene) -> None:
    _pair(scene, _judged_there(scene, "85"), scene.figured, Relation.EQUAL)
    assert [(one["kind"], one["counts"]) for one in _entries(scene, scene.figured)] == [
        ("threshold", False),
        ("crosswalk", True),
    ]


def test_a_proof_does_not_outweigh_the_own_failure(scene: Scene) -> None:
    make_figure(scene, "60")
    _pair(scene, _judged_there(scene, "85"), scene.figured, Relation.EQUAL)
    assert _bureau(scene).state == Cell.State.WEAK


def test_a_failure_elsewhere_counts_beside_the_own_success(scene: Scene) -> None:
    make_figure(scene, "99")
    before = _bureau(scene)
    _pair(scene, _judged_there(scene, "70"), scene.figured, Relation.EQUAL)
    after = _bureau(scene)
    assert after.state == Cell.State.WEAK
    assert (after.score or 0) < (before.score or 0)


def test_several_sources_all_stay(scene: Scene) -> None:
    codes = {
        _pair(scene, _judged_there(scene, value), scene.figured, Relation.EQUAL).code
        for value in ("85", "95", "70")
    }
    carried = [one for one in _entries(scene, scene.figured) if one["kind"] == "crosswalk"]
    assert {one["via"] for one in carried} == codes
    assert _bureau(scene).state == Cell.State.WEAK


def test_a_proof_of_a_part_changes_no_state(scene: Scene) -> None:
    before = _bureau(scene)
    _pair(scene, _judged_there(scene, "85"), scene.figured, Relation.INTERSECTS)
    after = _bureau(scene)
    assert (after.state, after.score, after.coverage) == (
        before.state,
        before.score,
        before.coverage,
    )


def test_one_hop_only(scene: Scene) -> None:
    middle = make_clause()
    make_rule(middle, Rule.Kind.MANUAL)
    _pair(scene, _judged_there(scene, "85"), middle, Relation.EQUAL)
    _pair(scene, middle, scene.figured, Relation.EQUAL)
    carried = [one for one in _entries(scene, scene.figured) if one["kind"] == "crosswalk"]
    assert carried == []


# Only people's word carries
def test_an_unreviewed_or_given_up_pair_carries_nothing(scene: Scene) -> None:
    there = _judged_there(scene, "85")
    pair = Pair(there, scene.figured, Relation.EQUAL, reason="同一要求")
    mapping = propose_mapping(pair, by=scene.city.director, at=NOON)
    assert len(_entries(scene, scene.figured)) == 1
    reviewer = make_user(role="final_reviewer", unit=make_unit("资料组", parent=scene.city.root))
    mapping = review_mapping(mapping, accept=True, note="", version=1, by=reviewer, at=NOON)
    assert len(_entries(scene, scene.figured)) == 2
    give_up_mapping(mapping, reason="标准已改", version=2, by=reviewer, at=NOON)
    assert len(_entries(scene, scene.figured)) == 1


def test_running_again_changes_nothing(scene: Scene) -> None:
    _pair(scene, _judged_there(scene, "85"), scene.figured, Relation.EQUAL)
    assert snapshot(scene) == snapshot(scene)


def test_more_pairs_ask_no_more_of_the_database(scene: Scene) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            gather(scene.campaign, PERIOD, at=NOON, lines=lines())
        return len(queries)

    _pair(scene, _judged_there(scene, "85"), scene.figured, Relation.EQUAL)
    few = cost()
    for _more in range(4):
        _pair(scene, _judged_there(scene, "85"), scene.checked, Relation.INTERSECTS)
    assert cost() == few


# One figure, many uses
def _uses(scene: Scene, client: Client) -> str:
    client.force_login(scene.valuer, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/assessment/figures/{scene.measure.code}/")
    assert page.status_code == 200
    return page.content.decode()


def test_a_figure_shows_every_clause_that_reads_it(
    scene: Scene, other: Measure, client: Client
) -> None:
    Campaign.objects.create(
        code="NGC", title="园林城市", city=scene.city.root, framework=other.clause.framework
    )
    mapping = _twin(scene, other)
    make_figure(scene, "85")
    page = _uses(scene, client)
    assert mapping.code in page
    assert "要求更低" in page  # 80 % beside the own 90 %
    assert "/assessment/?campaign=NGC" in page
    assert "少报 1 次" in page


def test_a_figure_that_nobody_else_reads_says_so(
    scene: Scene, other: Measure, client: Client
) -> None:
    pair = Pair(
        other.clause,
        scene.figured,
        Relation.EQUAL,
        reason="同一个量",
        source_measure=other,
        target_measure=scene.measure,
        same_quantity=True,
    )
    propose_mapping(pair, by=scene.city.director, at=NOON)
    page = _uses(scene, client)
    assert other.clause.title not in page
    assert "只有本条用到这个数" in page


def test_uses_are_counted_from_both_ends(scene: Scene, other: Measure) -> None:
    _twin(scene, other)
    assert use_counts([scene.measure, other]) == {scene.measure.pk: 2, other.pk: 2}


# From the paper to the campaigns and back
def _proven(scene: Scene, measure: Measure, value: str = "85") -> tuple[Figure, Paper]:
    """A figure with the accepted paper that proves it, registered by the bureau."""
    shelf = Shelf(scene.city, scene.campaign, scene.article, scene.figured, scene.valuer)
    paper = make_paper(shelf)
    return _enter(scene, measure, value, paper=paper), paper


def test_a_paper_leads_to_its_figure_and_the_figure_to_the_cells_and_back(
    scene: Scene, other: Measure, client: Client
) -> None:
    mapping = _twin(scene, other)
    figure, paper = _proven(scene, other)
    address = f"/assessment/figures/{other.code}/"
    here = f"/assessment/cells/{scene.article.code}/{scene.city.bureau.code}/"
    snapshot(scene)
    client.force_login(scene.valuer, backend="django.contrib.auth.backends.ModelBackend")
    assert address in client.get(f"/dossiers/papers/{paper.pk}/").content.decode()
    page = client.get(address).content.decode()
    assert f"/dossiers/papers/{paper.pk}/" in page
    assert f"{here}?campaign=NSC&amp;period={PERIOD}#rule-{scene.figured.code}" in page
    cell_page = client.get(f"{here}?campaign=NSC&period={PERIOD}").content.decode()
    assert f"由{other.clause.framework.name}“{figure.measure.title}”的数得出" in cell_page
    for link in (address, f"/dossiers/papers/{paper.pk}/", f"/crosswalk/pairs/{mapping.code}/"):
        assert link in cell_page


def test_a_result_taken_over_from_a_figure_stands_among_its_uses(scene: Scene) -> None:
    measure = _other_measure()
    _enter(scene, measure, "85")
    mapping = _pair(scene, measure.clause, scene.figured, Relation.EQUAL)
    snapshot(scene)
    figure = Figure.objects.get()
    own, taken = uses_of(measure, figure, user=scene.valuer)
    assert (own.mapping, taken.mapping) == (None, mapping)
    assert [one.cell.unit for one in taken.readings] == [scene.city.bureau]
    assert taken.readings[0].entry["reason"] == "carried_met"


def test_a_figure_of_another_place_is_no_reading(scene: Scene) -> None:
    make_figure(scene, "85")
    elsewhere = make_figure(scene, "70", unit=scene.city.street)
    snapshot(scene)
    (use,) = uses_of(scene.measure, elsewhere, user=scene.valuer)
    assert [one.cell.unit for one in use.readings] == [scene.city.street]


def test_who_may_not_see_the_paper_reads_its_place_only(scene: Scene) -> None:
    _proven(scene, scene.measure)
    stranger = make_user(role="final_reviewer", unit=scene.city.street)
    (seen,) = with_papers(scene.valuer, Figure.objects.all())
    (unseen,) = with_papers(stranger, Figure.objects.all())
    assert (seen.paper_open, unseen.paper_open) == (True, False)  # type: ignore[attr-defined]


def test_another_paper_is_a_correction_with_its_reason(scene: Scene) -> None:
    figure, paper = _proven(scene, scene.measure)
    assert _enter(scene, scene.measure, "85", paper=paper) == figure
    with pytest.raises(ValidationError):
        _enter(scene, scene.measure, "85", paper=None)
