"""One fact, many uses: what is counted as a use and what as a request saved."""

from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tongchuang.accounts.tests.make import make_user
from tongchuang.assessment.reuse import Reused, by_campaign, reused, sum_of
from tongchuang.assessment.tests.make import NOON, Scene, make_figure, make_scene, make_visit
from tongchuang.campaigns.models import Campaign
from tongchuang.dossiers import services as dossiers
from tongchuang.dossiers.models import Paper
from tongchuang.standards.models import Clause, Mapping
from tongchuang.standards.rules.crosswalk import Relation
from tongchuang.standards.services import Pair, propose_mapping, review_mapping
from tongchuang.standards.tests.make import make_article, make_chapter, make_clause, make_measure

SINCE = date(2015, 3, 8)
pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def _garden(scene: Scene) -> Campaign:
    framework = make_clause().framework
    return Campaign.objects.create(
        code="NGC", title="园林城市", city=scene.city.root, framework=framework
    )


def _asked_by(campaign: Campaign) -> Clause:
    assert campaign.framework
    return make_clause(make_article(make_chapter(campaign.framework)))


def _rows(scene: Scene, kind: str) -> list[Reused]:
    return [row for row in reused(scene.city.director, since=SINCE) if row.kind == kind]


def _accept(scene: Scene, pair: Pair) -> Mapping:
    proposer = make_user(role="final_reviewer", unit=scene.city.root)
    mapping = propose_mapping(pair, by=proposer, at=NOON)
    return review_mapping(mapping, accept=True, note="", version=1, by=scene.city.director, at=NOON)


def test_a_figure_has_a_use_in_every_campaign_whose_accepted_pair_reads_it(scene: Scene) -> None:
    garden = _garden(scene)
    twin = make_measure(_asked_by(garden))
    make_figure(scene, "95")
    assert [row.uses for row in _rows(scene, "figure")] == [Counter(NSC=1)]
    _accept(
        scene,
        Pair(
            scene.figured,
            twin.clause,
            Relation.EQUAL,
            reason="同一个数",
            source_measure=scene.measure,
            target_measure=twin,
            same_quantity=True,
        ),
    )
    (row,) = _rows(scene, "figure")
    assert row.uses == Counter(NSC=1, NGC=1)
    assert row.saved == 1


def _paper(scene: Scene, text: str) -> Paper:
    paper = dossiers.register_paper(
        scene.campaign,
        scene.city.bureau,
        title="2015 年工作总结",
        requirement=text,
        dated_on=date(2015, 12, 30),
        year=2015,
        kept_at="档案室",
        clauses=[scene.article],
        by=scene.city.bureau_clerk,
        at=NOON,
    )
    Paper.objects.filter(pk=paper.pk).update(status=Paper.Status.ACCEPTED)
    return paper


def test_a_paper_is_read_by_every_requirement_that_asks_for_it(scene: Scene) -> None:
    make_clause(scene.article, evidence=["工作总结", "名册"])
    make_clause(scene.article, evidence=["工作总结"])
    _paper(scene, "工作总结")
    _paper(scene, "别的")
    by_uses = Counter(row.each for row in _rows(scene, "paper"))
    assert by_uses == {2: 1, 1: 1}  # what nobody asks for counts for its own article


def test_a_paper_is_no_use_where_it_proves_a_part(scene: Scene) -> None:
    garden = _garden(scene)
    whole, part = (_asked_by(garden) for _ in range(2))
    _accept(scene, Pair(scene.article, whole, Relation.SUPERSET, reason="要求更多"))
    _accept(scene, Pair(scene.article, part, Relation.INTERSECTS, reason="交叉"))
    _paper(scene, "工作总结")
    (row,) = _rows(scene, "paper")
    assert row.uses == Counter(NSC=1, NGC=1)


def test_papers_that_wait_for_review_are_not_counted(scene: Scene) -> None:
    paper = _paper(scene, "工作总结")
    Paper.objects.filter(pk=paper.pk).update(status=Paper.Status.REGISTERED)
    assert _rows(scene, "paper") == []


def test_a_visit_serves_the_campaigns_of_its_round_only(scene: Scene) -> None:
    garden = _garden(scene)
    scene.item.clauses.add(_asked_by(garden))
    make_visit(scene)
    make_visit(scene)
    (row,) = _rows(scene, "answer")
    assert (row.facts, row.uses) == (2, Counter(NSC=1))


def test_a_neighbour_sees_only_what_is_his(scene: Scene) -> None:
    make_visit(scene)
    _paper(scene, "工作总结")
    elsewhere = make_user(role="unit_clerk", unit=scene.city.other_bureau)
    assert reused(elsewhere, since=SINCE) == []


def test_the_number_of_queries_does_not_grow(scene: Scene) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as context:
            reused(scene.city.director, since=SINCE)
        return len(context)

    make_visit(scene)
    _paper(scene, "工作总结")
    asked()  # the rights of the person are read once
    few = asked()
    for _ in range(5):
        make_visit(scene)
        _paper(scene, "工作总结")
    assert asked() == few


rows = st.builds(
    Reused,
    kind=st.just("figure"),
    title=st.just("数"),
    url=st.just("/"),
    facts=st.integers(1, 500),
    uses=st.dictionaries(st.sampled_from(["NSC", "NGC", "NCC"]), st.integers(1, 5)).map(Counter),
)


@given(st.lists(rows))
def test_what_is_saved_is_what_goes_beyond_the_first_use(found: list[Reused]) -> None:
    whole = sum_of(found)
    assert whole.saved == sum(row.saved for row in found)
    assert whole.ratio is None or whole.ratio >= 1
    campaigns = [Campaign(code=code) for code in ("NSC", "NGC", "NCC")]
    assert sum(uses for _campaign, uses in by_campaign(found, campaigns)) == whole.uses


def test_the_page_names_the_uses_and_the_file_has_them(scene: Scene, client: Client) -> None:
    make_clause(scene.article, evidence=["工作总结"])
    make_clause(scene.article, evidence=["工作总结"])
    _paper(scene, "工作总结")
    client.force_login(scene.city.director)
    page = client.get("/assessment/reuse/?kind=paper").content.decode()
    assert "2015 年工作总结" in page
    assert "NSC</a> 2" in page
    assert client.get("/assessment/reuse/export/").status_code == 200
