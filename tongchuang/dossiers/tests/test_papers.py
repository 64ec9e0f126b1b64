"""Papers: registered once, reviewed by somebody else, read by every clause."""

from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongchuang.accounts.services import rename_unit
from tongchuang.accounts.tests.make import make_user
from tongchuang.campaigns.models import Assignment
from tongchuang.core.flow import WrongState
from tongchuang.dossiers import queries, services
from tongchuang.dossiers.models import FLOW, Paper
from tongchuang.dossiers.rules import asked_papers
from tongchuang.dossiers.tests.make import NOON, Shelf, make_paper, make_shelf

pytestmark = pytest.mark.django_db
DAY = NOON.date()


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf()


def test_whoever_registered_a_paper_does_not_review_it(shelf: Shelf) -> None:
    director = shelf.city.director
    clerk = make_user(role="unit_clerk", unit=shelf.city.bureau)
    paper = make_paper(shelf, by=clerk)
    Paper.objects.filter(pk=paper.pk).update(registered_by=director)
    with pytest.raises(services.OwnPaper):
        services.accept_paper(paper, by=director, at=NOON)
    assert services.accept_paper(paper, by=shelf.reviewer, at=NOON).status == "accepted"


def test_a_returned_paper_comes_back_put_right(shelf: Shelf) -> None:
    paper = make_paper(shelf)
    services.return_paper(paper, reason="缺公章", by=shelf.reviewer, at=NOON)
    again = services.resubmit_paper(
        paper, clauses=[shelf.article], by=shelf.city.bureau_clerk, at=NOON, title="盖章件"
    )
    assert (again.status, again.title, again.returns) == ("registered", "盖章件", 1)


def test_an_accepted_paper_can_be_taken_out_of_use(shelf: Shelf) -> None:
    paper = services.accept_paper(make_paper(shelf), by=shelf.reviewer, at=NOON)
    services.supersede_paper(paper, reason="有新版", by=shelf.reviewer, at=NOON)
    assert queries.evidence_by_clause_and_unit(shelf.campaign, on=DAY) == {}


@pytest.mark.parametrize("move", ["accept", "return", "supersede"])
def test_only_reviewers_review(shelf: Shelf, move: str) -> None:
    paper = make_paper(shelf)
    more = {} if move == "accept" else {"reason": "缺公章"}
    service = getattr(services, f"{move}_paper")
    with pytest.raises(PermissionDenied):
        service(paper, by=shelf.city.bureau_clerk, at=NOON, **more)


@pytest.mark.parametrize("state", Paper.Status.values)
@pytest.mark.parametrize("move", FLOW.moves)
def test_moves_start_only_from_their_sources(shelf: Shelf, move: str, state: str) -> None:
    paper = make_paper(shelf)
    paper.status = state
    by = shelf.city.bureau_clerk if move == "resubmit" else shelf.reviewer
    if state in FLOW.moves[move].sources:
        FLOW.start(paper, move, by=by)
    else:
        with pytest.raises(WrongState):
            FLOW.start(paper, move, by=by)


def test_a_paper_without_file_says_where_it_is_kept(shelf: Shelf) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_paper(shelf, kept_at="")


def test_a_unit_registers_its_own_papers_only(shelf: Shelf) -> None:
    with pytest.raises(PermissionDenied):
        make_paper(shelf, unit=shelf.city.other_bureau)


def test_asked_papers_tell_what_is_missing() -> None:
    lines = asked_papers(["计划", "总结", "名册", "计划"], {"计划": 2}, {"总结": 1})
    assert [line.state for line in lines] == ["accepted", "waiting", "missing"]


def test_a_paper_of_a_requirement_counts_once_for_its_article(shelf: Shelf) -> None:
    paper = make_paper(shelf, clauses=[shelf.article, shelf.requirement])
    services.accept_paper(paper, by=shelf.reviewer, at=NOON)
    found = queries.evidence_by_clause_and_unit(shelf.campaign, on=DAY)
    key = (shelf.article.pk, shelf.city.bureau.pk)
    assert dict(found[key].accepted) == {"工作总结": 1}


def test_old_papers_do_not_count(shelf: Shelf) -> None:
    make_paper(shelf, year=2013, dated_on=date(2013, 12, 1))
    assert queries.evidence_by_clause_and_unit(shelf.campaign, on=DAY) == {}


def test_figures_of_a_month_for_the_lead(shelf: Shelf) -> None:
    bureau = shelf.city.bureau
    Assignment.objects.create(campaign=shelf.campaign, clause=shelf.article, lead=bureau)
    services.accept_paper(make_paper(shelf), by=shelf.reviewer, at=NOON)
    services.return_paper(make_paper(shelf), reason="缺公章", by=shelf.reviewer, at=NOON)
    found = queries.dossier_figures([bureau, shelf.city.other_bureau], "2016-03")
    mine, other = found[bureau.pk], found[shelf.city.other_bureau.pk]
    assert (mine.accepted, mine.due, mine.first_pass, mine.reviewed) == (1, 2, 1, 2)
    assert (other.accepted_rate, other.first_pass_rate, other.conflicts) == (None, None, None)


def test_todo_for_reviewer_and_for_the_unit(shelf: Shelf) -> None:
    make_paper(shelf)
    services.return_paper(make_paper(shelf), reason="缺公章", by=shelf.reviewer, at=NOON)
    assert [todo.count for todo in queries.todo_for(shelf.reviewer)] == [1]
    assert [todo.count for todo in queries.todo_for(shelf.city.bureau_clerk)] == [1]


# Pages
def test_a_paper_of_another_unit_is_not_found(shelf: Shelf, client: Client) -> None:
    client.force_login(shelf.city.other_clerk)
    paper = make_paper(shelf)
    for page in ("", "file/"):
        assert client.get(f"/dossiers/papers/{paper.pk}/{page}").status_code == 404
    assert client.post(f"/dossiers/papers/{paper.pk}/accept/").status_code == 404


def test_who_sees_but_may_not_review_is_refused(shelf: Shelf, client: Client) -> None:
    client.force_login(shelf.city.bureau_clerk)
    paper = make_paper(shelf)
    assert client.post(f"/dossiers/papers/{paper.pk}/accept/").status_code == 403


def test_a_form_filled_in_on_an_older_version_keeps_its_text(shelf: Shelf, client: Client) -> None:
    client.force_login(shelf.reviewer)
    paper = make_paper(shelf)
    answer = client.post(
        f"/dossiers/papers/{paper.pk}/return/", {"reason": "缺公章", "version": "0"}
    )
    assert answer.status_code == 409
    assert "缺公章" in answer.content.decode()
    assert Paper.objects.get().status == "registered"


def test_accepting_twice_has_one_effect(shelf: Shelf, client: Client) -> None:
    client.force_login(shelf.reviewer)
    paper = make_paper(shelf)
    client.post(f"/dossiers/papers/{paper.pk}/accept/")
    answer = client.post(f"/dossiers/papers/{paper.pk}/accept/", follow=True)
    assert "状态已经变化" in answer.content.decode()
    assert Paper.objects.get().version == 2


def _form(shelf: Shelf, **fields: object) -> dict[str, object]:
    return {
        "unit": shelf.city.bureau.pk,
        "title": "爱卫会文件",
        "clauses": [shelf.article.pk],
        "requirement": "年度计划",
        "dated_on": "2015-03-01",
        "kept_at": "档案室",
        **fields,
    }


def test_a_paper_is_registered_by_the_form(shelf: Shelf, client: Client) -> None:
    client.force_login(shelf.city.bureau_clerk)
    response = client.post("/dossiers/papers/new/", _form(shelf))
    paper = Paper.objects.get()
    assert response.headers["Location"] == f"/dossiers/papers/{paper.pk}/"
    assert (paper.year, list(paper.clauses.all())) == (2015, [shelf.article])


def test_without_file_and_place_the_form_says_what_to_do(shelf: Shelf, client: Client) -> None:
    client.force_login(shelf.city.bureau_clerk)
    response = client.post("/dossiers/papers/new/", _form(shelf, kept_at=""))
    assert response.status_code == 422
    assert "写明纸件存放在哪里" in response.content.decode()
    assert "爱卫会文件" in response.content.decode()


def test_a_file_that_is_none_is_refused_and_nothing_is_lost(shelf: Shelf, client: Client) -> None:
    client.force_login(shelf.city.bureau_clerk)
    bad = SimpleUploadedFile("a.pdf", BytesIO(b"\x00\x01not a pdf").read())
    response = client.post("/dossiers/papers/new/", _form(shelf, upload=bad))
    assert response.status_code == 422
    assert not Paper.objects.exists()


def test_the_list_narrows_and_its_cost_does_not_grow(shelf: Shelf, client: Client) -> None:
    client.force_login(shelf.reviewer)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get("/dossiers/papers/", {"clause": shelf.article.code, "year": "2015"})
        return len(found)

    make_paper(shelf)
    few = cost()
    for _number in range(12):
        make_paper(shelf)
    assert cost() == few


def test_the_clause_shows_which_papers_are_there(shelf: Shelf, client: Client) -> None:
    client.force_login(shelf.reviewer)
    services.accept_paper(make_paper(shelf), by=shelf.reviewer, at=NOON)
    page = client.get(f"/dossiers/clauses/{shelf.requirement.code}/")
    states = [one.state for one, _years in page.context["units"][0].lines]
    assert states == ["missing", "accepted"]


def test_the_register_is_exported(shelf: Shelf, client: Client) -> None:
    client.force_login(shelf.reviewer)
    make_paper(shelf)
    response = client.get("/dossiers/papers/export/")
    assert response.content[:2] == b"PK"


def test_a_paper_shows_its_unit_under_the_name_of_its_date(shelf: Shelf, client: Client) -> None:
    paper = make_paper(shelf, dated_on=date(2015, 12, 30))
    rename_unit(shelf.city.bureau, name="综合执法局", on=date(2016, 1, 1), by=shelf.city.admin)
    client.force_login(shelf.reviewer)
    page = client.get(f"/dossiers/papers/{paper.pk}/").content.decode()
    assert shelf.city.bureau.label in page
    assert "综合执法局" not in page.split("<main")[1]
