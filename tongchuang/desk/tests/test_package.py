"""The package for the level above: whole or refused, within scope, without citizens."""

import json
import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tongchuang.accounts.tests.make import make_user
from tongchuang.assessment.tests.make import (
    NOON,
    Scene,
    make_figure,
    make_open_case,
    make_scene,
    make_task,
    snapshot,
)
from tongchuang.cases.models import Case
from tongchuang.core import clock
from tongchuang.core.models import Event
from tongchuang.desk.package import LIST, BadPackage, build_package, open_package

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    made = make_scene()
    make_figure(made, "10")
    snapshot(made)
    make_task(made)
    return made


def _made(scene: Scene) -> bytes:
    with clock.use(NOON):
        return build_package(scene.campaign, by=scene.city.director, at=NOON)


def _changed(data: bytes, **files: bytes | None) -> bytes:
    """The package with files replaced, or left out where None."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        names = {one.filename: old.read(one) for one in old.infolist()} | files
        for name, content in names.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def test_a_package_tells_the_standing_and_opens_without_a_fault(scene: Scene) -> None:
    opened = open_package(_made(scene))
    assert opened.faults == []
    assert opened.contents["campaign"]["code"] == "NSC"
    assert opened.contents["gaps"]["open"] == 1
    rows = {one["name"]: one["rows"] for one in opened.contents["files"]}
    assert rows["任务.xlsx"] == 1
    assert rows["指标数值.xlsx"] == 1


def test_the_rows_of_the_list_are_those_of_the_tables(scene: Scene) -> None:
    with zipfile.ZipFile(BytesIO(_made(scene))) as archive:
        for one in json.loads(archive.read(LIST))["files"]:
            sheet = load_workbook(BytesIO(archive.read(one["name"]))).worksheets[0]
            filled = [row for row in sheet.iter_rows(min_row=2, values_only=True) if any(row)]
            assert len(filled) == one["rows"], one["name"]


def test_whatever_was_changed_on_the_way_is_named(scene: Scene) -> None:
    data = _made(scene)
    assert open_package(_changed(data, **{"任务.xlsx": b"x"})).faults == [
        "文件与清单不符：任务.xlsx"
    ]
    assert open_package(_changed(data, **{"任务.xlsx": None})).faults == ["缺少文件：任务.xlsx"]
    assert open_package(_changed(data, **{"多.txt": b"x"})).faults == ["清单上没有的文件：多.txt"]
    with zipfile.ZipFile(BytesIO(data)) as archive:
        contents = json.loads(archive.read(LIST))
    contents["gaps"]["open"] = 0
    forged = _changed(data, **{LIST: json.dumps(contents).encode()})
    assert open_package(forged).faults == ["清单与封印不符，清单被改动过。"]


def test_cases_are_numbers_and_no_citizen_is_named(scene: Scene) -> None:
    case = make_open_case(scene)
    Case.objects.filter(pk=case.pk).update(title="王大妈投诉 13800138000")
    data = _made(scene)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert json.loads(archive.read(LIST))["towns"][0]["filed"] == 1
        whole = b"".join(archive.read(name) for name in archive.namelist())
        texts = [
            str(cell)
            for name in archive.namelist()
            if name.endswith(".xlsx")
            for row in load_workbook(BytesIO(archive.read(name))).worksheets[0].values
            for cell in row
        ]
    assert b"13800138000" not in whole
    assert not any("13800138000" in text for text in texts)


def test_a_package_holds_what_its_maker_may_see(scene: Scene) -> None:
    stranger = make_user(role="unit_clerk", unit=scene.city.other_bureau)
    with clock.use(NOON):
        data = build_package(scene.campaign, by=stranger, at=NOON)
    rows = {one["name"]: one["rows"] for one in open_package(data).contents["files"]}
    assert rows["任务.xlsx"] == 0


@given(st.binary(max_size=200))
def test_any_other_file_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(BadPackage, match="不是数据包"):
        open_package(data)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"files": 1}', b"\xff"])
def test_a_list_that_cannot_be_read_is_refused(scene: Scene, text: bytes) -> None:
    with pytest.raises(BadPackage, match="清单"):
        open_package(_changed(_made(scene), **{LIST: text}))


def test_the_office_makes_one_and_any_office_opens_it(scene: Scene, client: Client) -> None:
    client.force_login(scene.city.director)
    with clock.use(NOON):
        made = client.post("/package/make/?campaign=NSC")
    assert made.status_code == 200
    assert Event.objects.filter(action="make_package").exists()
    client.force_login(scene.city.bureau_clerk)
    assert client.post("/package/make/?campaign=NSC").status_code == 403
    upload = SimpleUploadedFile("包.zip", made.content)
    assert "数据包完整" in client.post("/package/", {"upload": upload}).content.decode()
    bad = client.post("/package/", {"upload": SimpleUploadedFile("包.zip", b"x")})
    assert bad.status_code == 422
    assert "不是数据包" in bad.content.decode()
