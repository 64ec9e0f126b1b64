"""What people see and do on the pages of standards."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tongchuang.accounts.models import User
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.core import audit
from tongchuang.standards.models import Measure
from tongchuang.standards.tests.make import (
    make_article,
    make_clause,
    make_framework,
    make_item,
    make_measure,
    make_problem_class,
    make_rule,
    make_site_type,
)

pytestmark = pytest.mark.django_db
TYPED = {"op": ">=", "threshold": "40", "threshold_text": "", "paper": "官方附表", "reason": ""}


@pytest.fixture
def director() -> User:
    return make_user(role="hq_director", unit=make_unit())


@pytest.fixture
def client(director: User) -> Client:
    client = Client()
    client.force_login(director)
    return client


def _page(client: Client, path: str) -> str:
    response = client.get(f"/standards/{path}")
    assert response.status_code == 200
    return response.content.decode()


def test_the_tree_shows_requirements_targets_and_doubts(client: Client) -> None:
    clause = make_clause(veto=True, evidence=["绿地年报"])
    make_measure(clause, threshold=Decimal("36"), unsure=True)
    page = _page(client, f"frameworks/{clause.framework.code}/")
    for words in (clause.title, "≥ 36 %", "待核实", "否决项", "绿地年报"):
        assert words in page


@pytest.mark.parametrize(("query", "shown"), [("q=草坪", "甲"), ("only=veto", "乙"), ("q=无", "")])
def test_search_and_filters_narrow_the_tree(query: str, shown: str, client: Client) -> None:
    article = make_article(title="第一条")
    make_clause(article, title="甲类要求", text="草坪完好")
    make_clause(article, title="乙类要求", veto=True)
    page = _page(client, f"frameworks/{article.framework.code}/?{query}")
    found = [word for word in ("甲", "乙") if f"{word}类要求" in page]
    assert found == ([shown] if shown else [])


def test_the_tree_costs_the_same_whatever_its_size(client: Client) -> None:
    article = make_article()

    def cost() -> int:
        make_measure(make_clause(article))
        with CaptureQueriesContext(connection) as queries:
            _page(client, f"frameworks/{article.framework.code}/")
        return len(queries)

    cost()
    few = cost()
    for _ in range(10):
        make_measure(make_clause(make_article(article.parent)))
    assert cost() == few


def test_a_clause_page_gathers_what_hangs_on_it(client: Client) -> None:
    article = make_article(plain="看得见的说明")
    clause = make_clause(article)
    measure = make_measure(clause)
    make_rule(clause, "threshold", measure=measure.code)
    item = make_item(clauses=[article])
    problem = make_problem_class(clauses=[article])
    page = _page(client, f"clauses/{clause.code}/")
    for words in ("看得见的说明", measure.name, "达到目标值", item.text, problem.title):
        assert words in page


def test_a_clause_page_costs_the_same_whatever_hangs_on_it(client: Client) -> None:
    article = make_article()

    def cost() -> int:
        clause = make_clause(article)
        make_rule(clause, "threshold", measure=make_measure(clause).code)
        make_item(clauses=[article])
        make_problem_class(clauses=[article])
        with CaptureQueriesContext(connection) as queries:
            _page(client, f"clauses/{article.code}/")
        return len(queries)

    cost()
    assert len({cost() for _ in range(3)}) == 1


def test_an_unknown_code_is_not_found(client: Client) -> None:
    for path in ("frameworks/x/", "clauses/x.y/", "site-types/x/", "problem-classes/x/"):
        assert client.get(f"/standards/{path}").status_code == 404


def test_lists_show_what_there_is_and_say_so_when_empty(client: Client) -> None:
    assert "还没有载入标准" in _page(client, "")
    assert "还没有载入检查清单" in _page(client, "site-types/")
    item = make_item(site_type=make_site_type("market", title="农贸市场"))
    make_problem_class(title="占道经营", site_types=[item.site_type])
    assert "农贸市场" in _page(client, "site-types/")
    assert item.text in _page(client, "site-types/market/")
    assert "占道经营" in _page(client, "problem-classes/")
    assert "没有符合条件的问题类别" in _page(client, "problem-classes/?q=无此类")


def test_a_page_in_english_names_things_in_english(client: Client) -> None:
    framework = make_framework(title="标准", title_en="The Standard")
    client.cookies["django_language"] = "en"
    assert "The Standard" in _page(client, f"frameworks/{framework.code}/")


def test_a_framework_is_exported_line_by_line(client: Client) -> None:
    clause = make_clause(title="=1+1")
    make_measure(clause)
    make_measure(clause)
    response = client.get(f"/standards/frameworks/{clause.framework.code}/export/")
    rows = list(load_workbook(BytesIO(response.content)).worksheets[0].values)
    assert len(rows) == 3
    assert not any(str(cell).startswith("=") for row in rows for cell in row)


def test_a_correction_replaces_the_target_and_keeps_the_old_one(
    client: Client, director: User
) -> None:
    measure = make_measure(threshold=Decimal("36"), unsure=True)
    response = client.post(f"/standards/measures/{measure.pk}/correct/", {**TYPED, "version": 1})
    assert response.status_code == 302
    measure.refresh_from_db()
    correction = measure.corrections.get()
    assert (measure.threshold, measure.unsure) == (Decimal("40"), False)
    assert (correction.old["threshold"], correction.by) == ("36", director)
    assert audit.history(measure).get().action == "correct"


def test_a_stale_correction_says_who_was_first_and_keeps_the_text(client: Client) -> None:
    measure = make_measure()
    path = f"/standards/measures/{measure.pk}/correct/"
    client.post(path, {**TYPED, "version": 1})
    response = client.post(path, {**TYPED, "threshold": "50", "version": 1})
    assert response.status_code == 409
    assert "已于" in response.content.decode()
    assert 'value="50"' in response.content.decode()
    assert Measure.objects.get().threshold == Decimal("40")


@pytest.mark.parametrize(
    "change",
    [
        {"paper": " "},
        {"threshold": ""},
        {"threshold": "很多"},
        {"threshold": "1e99"},
        {"op": "trend"},
        {"op": "~"},
    ],
)
def test_a_correction_without_paper_or_target_is_refused(
    change: dict[str, str], client: Client
) -> None:
    measure = make_measure()
    sent = {**TYPED, "version": "1", **change}
    response = client.post(f"/standards/measures/{measure.pk}/correct/", sent)
    assert response.status_code == 422
    assert not measure.corrections.exists()


def test_only_those_who_may_correct_see_the_form() -> None:
    measure = make_measure()
    reader = Client()
    reader.force_login(make_user(role="unit_clerk", unit=make_unit()))
    assert "更正" not in _page(reader, f"clauses/{measure.clause.code}/")
    assert reader.get(f"/standards/measures/{measure.pk}/correct/").status_code == 403
    assert reader.post(f"/standards/measures/{measure.pk}/correct/", TYPED).status_code == 403


def test_an_english_page_says_what_stays_in_chinese(client: Client) -> None:
    clause = make_clause(plain="看路面、街面、水面。")
    address = f"clauses/{clause.code}/"
    note = "Standard text in Chinese"
    assert note not in _page(client, address)
    client.cookies["django_language"] = "en"
    page = _page(client, address)
    assert note in page
    assert 'standards-plain" lang="zh-CN"' in page
