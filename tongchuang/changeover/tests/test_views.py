"""The ledger in a browser and as a spreadsheet."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from tongchuang.changeover import services
from tongchuang.changeover.models import Changeover, Line
from tongchuang.changeover.tests.make import NOON, Office, draft, make_office, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everything")]


@pytest.fixture
def office(client: Client) -> Office:
    found = make_office()
    client.force_login(found.director)
    return found


def test_the_office_drafts_decides_tries_and_submits(client: Client, office: Office) -> None:
    page = client.get("/changeovers/new/?campaign=NSC&to=nsc2021").content.decode()
    assert "两版对照有人整理" in page
    way = {"way": f"{office.campaign.pk}:nsc2021", "note": ""}
    assert "这个字段" in client.post("/changeovers/new/", way).content.decode()
    client.post("/changeovers/new/", way | {"note": "新标准施行"})
    found = Changeover.objects.get()
    here = f"/changeovers/{found.pk}/"
    task = found.lines.get(kind="task", is_open=True)
    said = {"targets": ["nsc2021.ch3.toilets.r1"], "reason": "公厕的事"}
    client.post(f"{here}lines/{task.ordinal}/", said)
    client.post(f"{here}accept/")
    assert "已试算" in client.post(f"{here}try/", follow=True).content.decode()
    found.refresh_from_db()
    client.post(f"{here}submit/", {"version": found.version})
    found.refresh_from_db()
    assert found.status == Changeover.Status.SUBMITTED
    task.refresh_from_db()
    assert (task.targets, task.decided_by) == (said["targets"], office.director)


def test_a_wrong_decision_comes_back_with_a_sentence(client: Client, office: Office) -> None:
    found = draft(office)
    task = found.lines.get(kind="task", is_open=True)
    here = f"/changeovers/{found.pk}/lines/{task.ordinal}/"
    answer = client.post(here, {"more": "nsc2099.x", "reason": "因为"})
    assert answer.status_code == 422
    assert "没有这些条款：nsc2099.x" in answer.content.decode()


def test_the_commander_signs_on_the_page(client: Client, office: Office) -> None:
    found = submitted(office)
    client.force_login(office.commander)
    here = f"/changeovers/{found.pk}/"
    assert "批准文号" in client.get(here).content.decode()
    answer = client.post(f"{here}sign/", {"version": found.version, "sign-paper_no": ""})
    assert answer.status_code == 422
    client.post(f"{here}sign/", {"version": found.version, "sign-paper_no": "8号"})
    found.refresh_from_db()
    assert (found.status, found.paper_no) == (Changeover.Status.SIGNED, "8号")
    assert client.post(f"{here}sign/", {"version": 0, "sign-paper_no": "8号"}).status_code == 409


def _sheet(client: Client, found: Changeover) -> tuple[BytesIO, dict[str, int]]:
    data = BytesIO(client.get(f"/changeovers/{found.pk}/ledger/export/").content)
    first = load_workbook(data).worksheets[0][1]
    headings = {str(cell.value): number for number, cell in enumerate(first, 1)}
    data.seek(0)
    return data, headings


def _sent(client: Client, found: Changeover, data: BytesIO) -> str:
    file = SimpleUploadedFile("t.xlsx", data.getvalue())
    here = f"/changeovers/{found.pk}/ledger/import/"
    page = client.post(here, {"file": file}).content.decode()
    if 'name="upload" value="' in page:
        upload = page.split('name="upload" value="')[1].split('"')[0]
        client.post(here, {"upload": upload})
    return page


def test_the_ledger_goes_out_and_in_as_a_spreadsheet(client: Client, office: Office) -> None:
    found = draft(office)
    data, headings = _sheet(client, found)
    assert "更新 0" in _sent(client, found, data)
    book = load_workbook(data)
    page, opened = book.worksheets[0], found.lines.get(kind="task", is_open=True)
    row = next(r for r in range(2, page.max_row + 1) if page.cell(r, 1).value == opened.ordinal)
    page.cell(row, headings["新条款代码"]).value = "nsc2021.ch3.toilets.r1"
    page.cell(row, headings["理由"]).value = "公厕的事"
    out = BytesIO()
    book.save(out)
    assert "更新 1" in _sent(client, found, out)
    opened.refresh_from_db()
    assert (opened.is_open, opened.targets) == (False, ["nsc2021.ch3.toilets.r1"])


def test_a_wrong_row_is_named_and_nothing_is_written(client: Client, office: Office) -> None:
    found = draft(office)
    data, headings = _sheet(client, found)
    book = load_workbook(data)
    page = book.worksheets[0]
    page.cell(2, headings["新条款代码"]).value = "nsc2021.ch3.roads"
    page.cell(3, headings["新条款代码"]).value = "nsc2014.a01"
    out = BytesIO()
    book.save(out)
    answer = _sent(client, found, out)
    assert "第 3 行" in answer
    assert "没有这些条款：nsc2014.a01" in answer
    assert not Line.objects.exclude(decided_by=None).exists()


def test_a_submitted_ledger_is_closed(client: Client, office: Office) -> None:
    found = submitted(office)
    line = found.lines.first()
    assert line is not None
    answer = client.get(f"/changeovers/{found.pk}/lines/{line.ordinal}/", follow=True)
    assert "现在不能改" in answer.content.decode()
    services.withdraw_changeover(found, reason="暂缓", by=office.director, at=NOON)
    assert "已撤销" in client.get(f"/changeovers/{found.pk}/").content.decode()


def test_a_unit_clerk_does_not_see_the_ledger(client: Client, office: Office) -> None:
    found = draft(office)
    client.force_login(office.city.bureau_clerk)
    assert client.get(f"/changeovers/{found.pk}/").status_code == 403
    assert "换版" not in client.get("/campaigns/NSC/").content.decode()
