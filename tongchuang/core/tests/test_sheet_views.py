"""The import page: upload, preview, confirm, once."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import RequestFactory

from tongchuang.core import sheet_views
from tongchuang.core.models import StoredFile
from tongchuang.core.tabular import Column, Row, Sheet

pytestmark = pytest.mark.django_db
Written = list[Row]


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def sheet_of(written: Written) -> Sheet[Row]:
    columns = [
        Column[Row]("名称", lambda row: row["名称"], name="name"),
        Column[Row]("面积", lambda row: row["面积"], int, required=False, name="area"),
    ]
    return Sheet("点位", columns, create=lambda *, by, **row: written.append(row))


def send(written: Written, user: Any, **fields: Any) -> HttpResponse:
    request = RequestFactory().post("/", fields) if fields else RequestFactory().get("/")
    request.user = user
    SessionMiddleware(lambda _: HttpResponse()).process_request(request)
    MessageMiddleware(lambda _: HttpResponse()).process_request(request)
    return sheet_views.sheet_import_page(request, sheet_of(written), back_url="/back/")


def token_of(response: HttpResponse) -> str:
    found = re.search(r'name="upload" value="([^"]+)"', response.content.decode())
    return found[1] if found else ""


def make_clerk(name: str = "office") -> Any:
    return get_user_model().objects.create(username=name)


def table(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("点位.csv", text.encode())


def test_the_form_is_shown_first() -> None:
    assert 'type="file"' in send([], make_clerk()).content.decode()


def test_the_preview_writes_nothing() -> None:
    written: Written = []
    response = send(written, make_clerk(), file=table("名称\n甲\n"))
    assert "共 1 行：新增 1" in response.content.decode()
    assert written == []


def test_confirming_twice_imports_once() -> None:
    written: Written = []
    clerk = make_clerk()
    token = token_of(send(written, clerk, file=table("名称\n甲\n")))
    first, second = (send(written, clerk, upload=token) for _ in range(2))
    assert written == [{"name": "甲"}]
    assert (first.status_code, second["Location"]) == (302, "/back/")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("名称,面积\n甲,大\n", "第 2 行“面积”：应为数字"),
        ("名 字\n甲\n", "没有找到表头"),
        ("名称\n", "没有数据"),
    ],
)
def test_faults_are_told_and_cannot_be_confirmed(text: str, words: str) -> None:
    response = send([], make_clerk(), file=table(text))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert token_of(response) == ""


def test_another_persons_upload_cannot_be_confirmed() -> None:
    written: Written = []
    token = token_of(send(written, make_clerk(), file=table("名称\n甲\n")))
    other = make_clerk("other")
    assert send(written, other, upload=token).status_code == 422
    assert send(written, other, upload="forged").status_code == 422
    assert written == []


def test_a_refused_file_is_not_kept() -> None:
    response = send([], make_clerk(), file=SimpleUploadedFile("a.exe", b"MZ"))
    assert "不支持 .exe 文件" in response.content.decode()
    assert not StoredFile.objects.exists()


def test_the_empty_table_can_be_fetched() -> None:
    request = RequestFactory().get("/?template")
    response = sheet_views.sheet_import_page(request, sheet_of([]), back_url="/")
    assert "attachment" in response["Content-Disposition"]
