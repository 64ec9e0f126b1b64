"""A standard by spreadsheet alone: draft, refusal, publication; campaigns see only what is out."""

from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from tongchuang.accounts.models import User
from tongchuang.accounts.services import robot
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.core import audit, clock
from tongchuang.standards import services
from tongchuang.standards.models import Clause, DataFile, Draft, Framework, Measure, Rule
from tongchuang.standards.outline_sheet import outline_sheet, read_outline
from tongchuang.standards.rules.outline import recoded, rows_of
from tongchuang.standards.rules.reading import BrokenFile
from tongchuang.standards.services.drafting import DraftRefused, check_draft
from tongchuang.standards.tests.conftest import WriteFile

pytestmark = pytest.mark.django_db
EXAMPLE = Path(settings.FRAMEWORK_DATA) / "examples" / "own-standard.csv"


@pytest.fixture
def director() -> User:
    return make_user(role="hq_director", unit=make_unit())


@pytest.fixture
def client(director: User) -> Client:
    client = Client()
    client.force_login(director)
    return client


def _upload(client: Client, data: bytes, name: str = "own.csv") -> str:
    file = SimpleUploadedFile(name, data)
    response = client.post("/standards/drafts/new/", {"file": file}, follow=True)
    return response.content.decode()


def _drafted(director: User, data: bytes | None = None) -> Draft:
    data = EXAMPLE.read_bytes() if data is None else data
    document = read_outline(ContentFile(data, name="own.csv"), name="own.csv")
    return services.keep_draft(document, file_name="own.csv", by=director, at=clock.now())


def _changed(old: str, new: str) -> bytes:
    text = EXAMPLE.read_text(encoding="utf-8-sig")
    assert old in text
    return text.replace(old, new).encode("utf-8-sig")


def test_a_small_standard_is_entered_by_spreadsheet_alone(client: Client, director: User) -> None:
    """The walk of docs/how/own-standard.md."""
    page = _upload(client, EXAMPLE.read_bytes())
    draft = Draft.objects.get()
    for words in ("没有发现错误", "江北省卫生镇示范标准", "草稿", "≥ 95 %", "月数=36"):
        assert words in page
    assert not Framework.objects.exists()
    answer = client.post(
        f"/standards/drafts/{draft.pk}/publish/", {"seen": draft.content_sha256}, follow=True
    )
    assert "已发布" in answer.content.decode()
    framework = Framework.objects.get()
    assert (framework.code, framework.clauses.count()) == ("jbws2016", 11)
    trend = Rule.objects.get(kind="trend")
    assert trend.params == {"measure": "jbws2016.a3.r1.m1", "years": 3}
    assert Measure.objects.get(code="jbws2016.a2.r1.m1").variants[0]["threshold"] == "92"
    assert Clause.objects.filter(veto=True).count() == 2
    draft.refresh_from_db()
    assert (draft.status, draft.framework, draft.decided_by) == ("published", framework, director)


def test_draft_and_publication_are_on_record(director: User) -> None:
    draft = _drafted(director)
    services.publish_draft(draft, by=director, at=clock.now())
    assert [event.action for event in audit.history(draft)] == [
        "draft_standard",
        "publish_standard",
    ] or [event.action for event in audit.history(draft)] == ["publish_standard", "draft_standard"]
    assert audit.history(DataFile.objects.get()).get().action == "load"


def test_what_comes_out_of_a_published_standard_is_what_went_in(
    client: Client, director: User
) -> None:
    draft = _drafted(director)
    services.publish_draft(draft, by=director, at=clock.now())
    data = client.get("/standards/frameworks/jbws2016/table/").content
    back = read_outline(ContentFile(data, name="t.xlsx"), name="t.xlsx")
    assert back.content == draft.content
    assert client.get(f"/standards/drafts/{draft.pk}/table/").status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("≥,95,%", "约,95,%", "第 23 行“比较”：“约”不在可选范围内"),
        ("≥,95,%", "≥,95,码", "第 23 行“单位”"),
        ("≥,95,%", ",95,%", "第 23 行“比较”：有目标值就要有比较符"),
        ("要求,jbws2016.a3.r2", "要求,jbws2016.a3.r1", "“代码”：编号重复"),
        ("指标=jbws2016.a3.r1.m1", "指标=nowhere", "第 24 行“判定参数”"),
        ("属性,,,版本,2016", "属性,,,版本,", "第 3 行“版本”：不能为空"),
    ],
)
def test_a_faulty_table_is_told_by_line_and_heading_and_nothing_is_kept(
    old: str, new: str, words: str, client: Client
) -> None:
    response = client.post(
        "/standards/drafts/new/", {"file": SimpleUploadedFile("own.csv", _changed(old, new))}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page, page[page.find("需要改正") :][:900]
    assert not Draft.objects.exists()


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"a,b\n1,2\n"])
def test_a_file_that_is_no_table_is_refused_in_words(data: bytes, client: Client) -> None:
    file = SimpleUploadedFile("own.csv", data)
    assert client.post("/standards/drafts/new/", {"file": file}).status_code == 422
    assert client.post("/standards/drafts/new/").status_code == 422


def test_two_editions_under_one_code_are_refused(director: User, write: WriteFile) -> None:
    services.publish_draft(_drafted(director), by=director, at=clock.now())
    for old, new, words in (
        ("版本,2016", "版本,2017", "已用于 2016 版"),
        ("九成半", "九成五", "内容不同"),
        ("版本,2016", "版本,2016", "完全相同"),
    ):
        with pytest.raises(BrokenFile, match=words):
            _drafted(director, _changed(old, new))
    services.load_framework(write(), by=robot())
    with pytest.raises(BrokenFile, match="已属于 small"):
        _drafted(director, _changed("jbws2016.a4.r1", "small.a1.r1"))


def test_a_new_edition_starts_from_a_copy_under_a_new_code(client: Client, director: User) -> None:
    services.publish_draft(_drafted(director), by=director, at=clock.now())
    data = client.get("/standards/frameworks/jbws2016/table/?as=jbws2018").content
    book = load_workbook(BytesIO(data))
    page = book.worksheets[0]
    headings = {cell.value: number for number, cell in enumerate(page[1], 1)}
    for line in range(2, 12):
        if page.cell(line, headings["名称"]).value == "版本":
            page.cell(line, headings["内容"]).value = "2018"
    out = BytesIO()
    book.save(out)
    assert "没有发现错误" in _upload(client, out.getvalue(), "new.xlsx")
    assert Draft.objects.get(code="jbws2018").edition == "2018"
    assert client.get("/standards/frameworks/jbws2016/table/?as=a/b").status_code == 404


def test_uploading_again_replaces_the_open_draft_and_the_old_sight_cannot_publish(
    director: User,
) -> None:
    seen = _drafted(director)
    again = _drafted(director, _changed("九成半", "九成五"))
    assert again.pk == seen.pk
    with pytest.raises(DraftRefused, match="重新上传"):
        services.publish_draft(seen, by=director, at=clock.now())
    services.discard_draft(again, by=director, at=clock.now())
    with pytest.raises(DraftRefused, match="已作废"):
        services.publish_draft(again, by=director, at=clock.now())
    assert not Framework.objects.exists()


def test_a_draft_whose_codes_were_taken_since_is_not_published(
    client: Client, director: User
) -> None:
    first = _drafted(director)
    copy = recoded(first.content, "other") | {"edition": "1"}
    copy["chapters"][0]["id"] = "jbws2016.c1"
    data = outline_sheet().export(rows_of(copy))
    document = read_outline(ContentFile(data, name="t.xlsx"), name="t.xlsx")
    other = services.keep_draft(document, file_name="t.xlsx", by=director, at=clock.now())
    services.publish_draft(first, by=director, at=clock.now())
    page = client.get(f"/standards/drafts/{other.pk}/").content.decode()
    assert "现在不能发布" in page
    with pytest.raises(BrokenFile):
        services.publish_draft(other, by=director, at=clock.now())
    assert Framework.objects.count() == 1


def test_only_who_may_draft_drafts_and_only_who_may_publish_publishes(director: User) -> None:
    clerk = make_user(role="unit_clerk", unit=make_unit())
    reviewer = make_user(role="final_reviewer", unit=make_unit())
    with pytest.raises(PermissionDenied):
        _drafted(clerk)
    draft = _drafted(reviewer)
    with pytest.raises(PermissionDenied):
        services.publish_draft(draft, by=reviewer, at=clock.now())
    with pytest.raises(PermissionDenied):
        services.discard_draft(draft, by=clerk, at=clock.now())
    assert Draft.objects.get().status == Draft.Status.OPEN


def test_a_checked_draft_says_nothing(director: User) -> None:
    data = ContentFile(EXAMPLE.read_bytes(), name="own.csv")
    check_draft(read_outline(data, name="own.csv"))


def test_the_template_can_be_filled_in_and_the_list_shows_what_there_is(
    client: Client, director: User
) -> None:
    data = client.get("/standards/drafts/new/?template").content
    headings = [cell.value for cell in load_workbook(BytesIO(data)).worksheets[0][1]]
    assert headings[:3] == ["类别", "代码", "上级代码"]
    assert "还没有草稿" in client.get("/standards/drafts/").content.decode()
    _drafted(director)
    assert "江北省" in client.get("/standards/drafts/").content.decode()
