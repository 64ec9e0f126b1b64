"""What people see and do on the pages of the crosswalk."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from tongchuang.accounts.models import User
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.core import audit, clock
from tongchuang.standards import pairs, services
from tongchuang.standards.models import Clause, Mapping
from tongchuang.standards.pairs import PairFilter
from tongchuang.standards.rules.crosswalk import Relation
from tongchuang.standards.tests.make import make_article, make_clause, make_measure
from tongchuang.standards.wheel import clipped, wheel, wrapped

pytestmark = pytest.mark.django_db
ROOT = "/standards/crosswalk/"


@pytest.fixture
def director() -> User:
    return make_user(role="hq_director", unit=make_unit())


@pytest.fixture
def client(director: User) -> Client:
    client = Client()
    client.force_login(director)
    return client


@pytest.fixture
def reviewer() -> User:
    return make_user(role="final_reviewer", unit=make_unit())


MakePair = Callable[..., Mapping]


@pytest.fixture
def make_pair(reviewer: User) -> MakePair:
    """A pair that somebody else proposed: 38 % here, 40 % there."""

    def made(*values: str, accepted: bool = False, **said: Any) -> Mapping:
        source = said.pop("source", None) or make_clause()
        target = said.pop("target", None) or make_clause()
        here, there = values or ("38", "40")
        pair = services.Pair(
            source=source,
            target=target,
            relation=said.pop("relation", Relation.SUBSET),
            reason="同一指标",
            source_measure=make_measure(source, threshold=Decimal(here)),
            target_measure=make_measure(target, threshold=Decimal(there)),
            same_quantity=True,
        )
        mapping = services.propose_mapping(pair, by=reviewer, at=clock.now())
        if accepted:
            mapping.review, mapping.reviewed_by = Mapping.Review.ACCEPTED, reviewer
            mapping.reviewed_at = clock.now()
        for name, value in said.items():
            setattr(mapping, name, value)
        mapping.save()
        return mapping

    return made


def _page(client: Client, path: str = "") -> str:
    response = client.get(ROOT + path)
    assert response.status_code == 200
    return response.content.decode()


# Matrix and list
def test_the_matrix_counts_both_ways_and_reads_from_the_row(make_pair: MakePair) -> None:
    mapping = make_pair(accepted=True)
    make_pair(source=mapping.source, target=mapping.target)
    rows = {one.pk: {c.column.pk: c for c in cells} for one, cells in pairs.matrix().rows}
    here, there = mapping.source.framework_id, mapping.target.framework_id
    assert (rows[here][there].accepted, rows[here][there].open) == (1, 1)
    assert rows[here][there].relations[Relation.SUBSET] == 2
    assert rows[there][here].relations[Relation.SUPERSET] == 2
    assert pairs.matrix().total == 2


def test_the_bar_of_a_cell_has_no_gaps(make_pair: MakePair) -> None:
    mapping = make_pair()
    for relation in (Relation.EQUAL, Relation.NONE):
        make_pair(source=mapping.source, target=mapping.target, relation=relation)
    cell = next(c for _f, cells in pairs.matrix().rows for c in cells if c.total)
    ends = [x + width for x, width, *_rest in cell.segments]
    assert [x for x, *_rest in cell.segments] == [0, *ends[:-1]]
    assert ends[-1] == cell.share == 100


def test_a_refused_or_given_up_pair_is_in_no_count(make_pair: MakePair) -> None:
    make_pair(accepted=True, review=Mapping.Review.REFUSED)
    make_pair(active=False)
    assert pairs.matrix().total == 0


def test_each_filter_keeps_what_fits(make_pair: MakePair) -> None:
    kept = make_pair(accepted=True, tension="相互拖累", relation=Relation.EQUAL)
    make_pair(confidence="low")
    for wanted in (
        PairFilter(review="accepted"),
        PairFilter(tension=True),
        PairFilter(relation="equal"),
        PairFilter(confidence="medium"),
        PairFilter(framework=kept.target.framework.code),
        PairFilter(framework=kept.source.framework.code, other=kept.target.framework.code),
        PairFilter(framework=kept.target.framework.code, other=kept.source.framework.code),
        PairFilter(clause=kept.target.code),
        PairFilter(words=kept.target.title),
    ):
        assert [row.code for row in pairs.pair_list(wanted)] == [kept.code], wanted
    assert not pairs.pair_list(PairFilter(clause="nothing"))


def test_the_list_links_numbers_to_their_pairs(client: Client, make_pair: MakePair) -> None:
    mapping = make_pair()
    page = _page(client)
    ends = f"framework={mapping.source.framework.code}&amp;other={mapping.target.framework.code}"
    assert f"{ends}&amp;review=open#rows" in page
    assert mapping.code in page
    assert "没有符合条件的对照" in _page(client, "?review=accepted")


def test_every_list_costs_the_same_whatever_its_length(client: Client, make_pair: MakePair) -> None:
    first = make_pair(tension="拖累", source_window=36, target_window=12)

    def cost() -> list[int]:
        found = []
        paths = ["", "tensions/", "thresholds/", "windows/", "alone/", "strictest/"]
        for path in [*paths, f"clauses/{first.source.code}/", f"pairs/{first.code}/"]:
            _page(client, path)
            with CaptureQueriesContext(connection) as queries:
                _page(client, path)
            found.append(len(queries))
        return found

    few = cost()
    for _number in range(6):
        make_pair(source=first.source, tension="拖累", source_window=36, target_window=12)
    assert cost() == few


# One clause
def test_a_clause_reads_each_pair_from_its_own_side(make_pair: MakePair) -> None:
    mapping = make_pair()
    (seen,) = pairs.counterparts(mapping.target)
    assert (seen.other, seen.relation) == (mapping.source, Relation.SUPERSET)
    assert seen.shown[0][1].endswith("−2 %")


def test_the_drawing_is_sound_and_says_the_difference(client: Client, make_pair: MakePair) -> None:
    mapping = make_pair()
    page = _page(client, f"clauses/{mapping.source.code}/")
    start = page.index('<svg class="standards-wheel"')
    end = page.index("</svg>", start) + len("</svg>")
    drawing = ET.fromstring(page[start:end])  # noqa: S314 -- our own page
    texts = [one.text for one in drawing.iter() if one.tag.endswith("text")]
    assert "⊂ +2" in texts
    assert f'href="{ROOT}pairs/{mapping.code}/"' in page
    assert "取最严：≥ 40 %" in page


def test_a_hint_is_broken_and_an_accepted_line_is_whole(make_pair: MakePair) -> None:
    hint = make_pair()
    make_pair(source=hint.source, accepted=True)
    drawing = wheel(hint.source, pairs.counterparts(hint.source))
    assert {one.accepted: bool(one.stroke.dash) for one in drawing.spokes} == {
        True: False,
        False: True,
    }


def test_cards_never_lie_on_each_other(make_pair: MakePair) -> None:
    first = make_pair()
    for _number in range(8):
        make_pair(source=first.source)
    drawing = wheel(first.source, pairs.counterparts(first.source))
    for side in (True, False):
        tops = [one.y for one in drawing.spokes if one.right is side]
        assert all(b - a >= 80 for a, b in pairwise(tops))
        assert min(tops) >= 0
        assert max(tops) + 80 <= drawing.height


def test_an_article_shows_the_pairs_of_its_requirements(make_pair: MakePair) -> None:
    article = make_article()
    make_pair(source=make_clause(article))
    assert len(pairs.counterparts(article)) == 1


def test_words_in_a_drawing_fit_their_room() -> None:
    assert clipped("建成区绿化覆盖率", 5) == "建成区绿…"
    assert clipped("短", 5) == "短"
    assert wrapped("Green coverage of the built-up area", 13)[0] == "Green coverage of the"


def test_a_long_name_gives_way_to_its_line(make_pair: MakePair) -> None:
    mapping = make_pair()
    assert mapping.source_measure is not None
    mapping.source_measure.name = "建成区绿化覆盖率" * 5
    mapping.source_measure.save()
    (shown,) = wheel(mapping.source, pairs.counterparts(mapping.source)).targets
    assert shown.startswith("建成区绿化")
    assert shown.endswith("… ≥ 38 %")


def test_the_page_of_a_clause_names_its_counterparts(client: Client, make_pair: MakePair) -> None:
    mapping = make_pair()
    page = client.get(f"/standards/clauses/{mapping.source.code}/").content.decode()
    assert mapping.target.title in page
    assert f"{ROOT}clauses/{mapping.source.code}/" in page


# One pair
def test_a_pair_shows_both_ends_and_what_is_asked(client: Client, make_pair: MakePair) -> None:
    clause = make_clause(text="不低于百分之四十", evidence=["绿地年报"])
    mapping = make_pair(target=clause, tension="铺草坪拉低乔木")
    page = _page(client, f"pairs/{mapping.code}/")
    for words in ("不低于百分之四十", "绿地年报", "乙方更严 +2 %", "铺草坪拉低乔木", "提出对照"):
        assert words in page


def test_another_person_accepts_a_pair(client: Client, director: User, make_pair: MakePair) -> None:
    mapping = make_pair()
    sent = {"decision": "accept", "note": "核对过", "version": mapping.version}
    assert client.post(f"{ROOT}pairs/{mapping.code}/review/", sent).status_code == 302
    mapping.refresh_from_db()
    assert (mapping.review, mapping.reviewed_by) == ("accepted", director)


def test_a_refusal_without_a_note_keeps_the_page(client: Client, make_pair: MakePair) -> None:
    mapping = make_pair()
    sent = {"decision": "refuse", "note": "", "version": mapping.version}
    response = client.post(f"{ROOT}pairs/{mapping.code}/review/", sent)
    assert response.status_code == 422
    assert "不采用须写明意见" in response.content.decode()


def test_a_stale_decision_is_told_and_loses_no_text(client: Client, make_pair: MakePair) -> None:
    mapping = make_pair()
    sent = {"decision": "accept", "note": "我的意见", "version": mapping.version + 3}
    for path in ("review", "give-up"):
        typed = {**sent, "reason": "我的意见"}
        response = client.post(f"{ROOT}pairs/{mapping.code}/{path}/", typed)
        assert response.status_code == 409
        assert "我的意见" in response.content.decode()
    assert Mapping.objects.get().review == "open"


def test_a_pair_is_given_up_with_its_reason(client: Client, make_pair: MakePair) -> None:
    mapping = make_pair()
    path = f"{ROOT}pairs/{mapping.code}/give-up/"
    assert client.post(path, {"reason": " ", "version": mapping.version}).status_code == 422
    client.post(path, {"reason": "标准已改", "version": mapping.version})
    assert not Mapping.objects.active()
    assert audit.history(mapping).last().reason == "标准已改"  # type: ignore[union-attr]  # it has events


def test_nobody_is_offered_to_review_their_own(reviewer: User, make_pair: MakePair) -> None:
    mapping = make_pair()
    own = Client()
    own.force_login(reviewer)
    page = _page(own, f"pairs/{mapping.code}/")
    assert "自己提出的对照不能自己复核" in page
    assert 'name="decision"' not in page
    sent = {"decision": "accept", "version": mapping.version}
    assert own.post(f"{ROOT}pairs/{mapping.code}/review/", sent).status_code == 422


def test_who_may_not_map_only_reads(make_pair: MakePair) -> None:
    mapping = make_pair()
    clerk = Client()
    clerk.force_login(make_user(role="unit_clerk", unit=make_unit()))
    assert 'name="decision"' not in _page(clerk, f"pairs/{mapping.code}/")
    for path in (f"pairs/{mapping.code}/review/", f"pairs/{mapping.code}/give-up/", "new/"):
        assert clerk.post(ROOT + path, {}).status_code == 403


# By hand
def test_clauses_are_found_and_paired_without_script(client: Client) -> None:
    source, target = make_clause(title="道路清扫"), make_clause(title="公厕保洁")
    page = _page(client, f"new/?source={source.code}&target_q=公厕")
    assert f"target={target.code}" in page
    path = f"{ROOT}new/?source={source.code}&target={target.code}"
    sent = {"relation": "equal", "reuse": "full", "rationale": "semantic", "strength": "5"}
    assert client.post(path, sent).status_code == 422
    assert client.post(path, {**sent, "reason": "同一要求"}).status_code == 302
    assert Mapping.objects.get().review == "open"
    again = client.post(path, {**sent, "reason": "同一要求"})
    assert "已有对照" in again.content.decode()


def test_the_form_offers_only_figures_of_its_clauses(client: Client) -> None:
    source, target = make_clause(), make_clause()
    foreign = make_measure()
    path = f"{ROOT}new/?source={source.code}&target={target.code}"
    sent = {"relation": "equal", "reuse": "full", "rationale": "semantic", "strength": "5"}
    sent |= {"reason": "同", "source_measure": str(foreign.pk)}
    assert client.post(path, sent).status_code == 422
    assert not Mapping.objects.exists()


# Lists
def test_thresholds_are_sorted_by_what_they_ask(make_pair: MakePair) -> None:
    differs, same = make_pair(), make_pair("90", "90")
    other_unit = make_pair()
    other_unit.target_measure.unit = "天"  # type: ignore[union-attr]  # it has one
    other_unit.target_measure.save()  # type: ignore[union-attr]  # it has one
    for kind, mapping in ((pairs.DIFFERS, differs), (pairs.SAME, same), (pairs.OPEN, other_unit)):
        assert [row.code for row in pairs.threshold_list(kind)] == [mapping.code]
    assert pairs.read(Mapping.objects.get(pk=other_unit.pk)).obstacle == "单位不同，不作换算"


def test_windows_and_tensions_are_listed(client: Client, make_pair: MakePair) -> None:
    make_pair(source_window=36, target_window=12)
    make_pair(source_window=12, target_window=12)
    make_pair(tension="此消彼长")
    assert len(pairs.window_list()) == 1
    assert "甲方 36 个月，乙方 12 个月" in _page(client, "windows/")
    assert "此消彼长" in _page(client, "tensions/")


def test_clauses_without_counterpart_are_counted_by_standard(make_pair: MakePair) -> None:
    mapping = make_pair()
    alone = make_clause(mapping.source.parent)
    counts = {framework.pk: number for framework, number in pairs.alone_counts()}
    assert counts[mapping.source.framework_id] == 1
    assert list(pairs.alone_list(mapping.source.framework)) == [alone]
    assert counts[mapping.target.framework_id] == 0


def test_the_strictest_line_of_a_shared_quantity(make_pair: MakePair) -> None:
    first = make_pair("38", "40", accepted=True)
    second = make_pair("38", "45", source=first.source)
    Mapping.objects.filter(pk=second.pk).update(source_measure=first.source_measure)
    (group,) = pairs.shared_quantities()
    assert (group.best_words, len(group.lines), group.accepted) == ("≥ 45 %", 3, False)
    (accepted,) = pairs.shared_quantities(accepted=True)
    assert (accepted.best_words, accepted.accepted) == ("≥ 40 %", True)


def test_tiers_are_shown_and_never_guessed(make_pair: MakePair) -> None:
    mapping = make_pair()
    measure = mapping.target_measure
    assert measure is not None
    measure.threshold = None
    measure.variants = [{"when": "生态园林城市", "op": ">=", "threshold": "43"}]
    measure.save()
    (group,) = pairs.shared_quantities()
    assert group.best_words == "≥ 38 %"
    assert group.tiered == [(measure, ["生态园林城市 ≥ 43 %"])]
    make_pair(source=mapping.source)
    Mapping.objects.update(source_measure=mapping.source_measure)
    drawing = wheel(mapping.source, pairs.counterparts(mapping.source))
    assert (drawing.best_words, drawing.best_count, drawing.best_left) == ("≥ 40 %", 2, 1)
    pair = pairs.read(Mapping.objects.get(pk=mapping.pk))
    assert pair.shown == [("≥ 38 % → 生态园林城市 ≥ 43 %", "乙方更严 +5 %")]


def test_lines_that_cannot_be_compared_are_named(make_pair: MakePair) -> None:
    mapping = make_pair()
    assert mapping.target_measure is not None
    mapping.target_measure.unit = "个/万人"
    mapping.target_measure.save()
    (group,) = pairs.shared_quantities()
    assert group.best is None
    assert "单位不同" in group.obstacles[0]


# Spreadsheets
HEADINGS = ["甲方条款", "关系", "乙方条款", "理由"]


def _upload(client: Client, *rows: list[str]) -> Any:
    book = Workbook()
    for row in (HEADINGS, *rows):
        book.worksheets[0].append(row)
    data = BytesIO()
    book.save(data)
    file = SimpleUploadedFile("对照.xlsx", data.getvalue())
    return client.post(f"{ROOT}import/", {"file": file})


def _line(source: Clause, target: Clause, **changes: str) -> list[str]:
    said = {"甲方条款": source.code, "关系": "等同", "乙方条款": target.code, "理由": "同一要求"}
    return [(said | changes)[name] for name in HEADINGS]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"甲方条款": "no.such"}, "第 2 行“甲方条款”：没有这个条款：no.such"),
        ({"关系": "差不多"}, "第 2 行“关系”：“差不多”不在可选范围内"),
        ({"理由": ""}, "第 2 行“理由”：不能为空"),
    ],
)
def test_a_broken_line_is_named_by_line_and_heading(
    client: Client, changes: dict[str, str], fault: str
) -> None:
    response = _upload(client, _line(make_clause(), make_clause(), **changes))
    assert response.status_code == 422
    assert fault in response.content.decode()
    assert not Mapping.objects.exists()


def test_a_clause_cannot_be_imported_against_itself_or_its_standard(client: Client) -> None:
    clause = make_clause()
    page = _upload(client, _line(clause, clause)).content.decode()
    assert "第 2 行“乙方条款”：条款不能与自己对照" in page
    page = _upload(client, _line(clause, make_clause(clause.parent))).content.decode()
    assert "第 2 行“乙方条款”：两条款在同一指标体系内" in page


def test_what_was_exported_is_the_same_when_it_comes_back(
    client: Client, make_pair: MakePair
) -> None:
    mapping = make_pair()
    exported = client.get(f"{ROOT}export/?framework={mapping.source.framework.code}")
    rows = list(load_workbook(BytesIO(exported.content)).worksheets[0].values)
    assert len(rows) == 2
    assert "乙方更严 +2 %" in rows[1]
    file = SimpleUploadedFile("对照.xlsx", exported.content)
    page = client.post(f"{ROOT}import/", {"file": file}).content.decode()
    assert "新增 0，更新 0，未变 1" in page


def test_imported_pairs_are_proposals_of_the_importer(client: Client, director: User) -> None:
    page = _upload(client, _line(make_clause(), make_clause())).content.decode()
    token = page.split('name="upload" value="')[1].split('"')[0]
    assert not Mapping.objects.exists()
    assert client.post(f"{ROOT}import/", {"upload": token}).status_code == 302
    mapping = Mapping.objects.get()
    assert (mapping.made_by, mapping.review) == (director, "open")


# For programs
def test_programs_read_pairs_with_the_computed_demand(client: Client, make_pair: MakePair) -> None:
    mapping = make_pair()
    make_pair(accepted=True)
    (item,) = client.get("/api/pairs?review=open").json()["items"]
    assert (item["code"], item["relation"]) == (mapping.code, "subset_of")
    assert item["comparisons"][0]["demand"] == "target_stricter"
    assert Client().get("/api/pairs").status_code == 401
