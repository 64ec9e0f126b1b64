"""Two editions beside each other: whole, consistent, and told from data."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client
from openpyxl import load_workbook

from tongchuang.accounts.services import robot
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.standards import services
from tongchuang.standards.edition_files import edition_mapping
from tongchuang.standards.rules import reading
from tongchuang.standards.rules.editions import (
    EDITIONS,
    articles,
    compare_editions,
    faults_of_mapping,
    figures,
)
from tongchuang.standards.rules.outline import recoded
from tongchuang.standards.rules.shapes import FRAMEWORK

DATA = Path(settings.FRAMEWORK_DATA)


def _content(name: str) -> dict[str, Any]:
    path = DATA / "frameworks" / f"{name}.yaml"
    return reading.read(path, reading.compose(path), FRAMEWORK).content


def _mapping() -> dict[str, Any]:
    path = DATA / "editions" / "nsc2014-nsc2021.yaml"
    return reading.read(path, reading.compose(path), EDITIONS).content


def test_every_article_of_both_editions_is_accounted_for() -> None:
    old, new = _content("nsc2014"), _content("nsc2021")
    assert (len(articles(old)), len(articles(new))) == (40, 45)
    assert not faults_of_mapping(_mapping(), old, new)


def test_the_checklists_do_not_contradict_the_mapping() -> None:
    """An item that carries a clause of either edition says that the two belong together."""
    linked = {(row.get("old"), row.get("new")) for row in _mapping()["articles"]}
    added = {new for old, new in linked if old is None}
    apart = set()
    for path in (DATA / "checklists").glob("*.yaml"):
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))["items"]:
            codes = item.get("clauses", [])
            olds = [code for code in codes if code.startswith("nsc2014")]
            news = [code for code in codes if code.startswith("nsc2021")]
            apart |= {
                (old, new)
                for old in olds
                for new in news
                if (old, new) not in linked and new not in added
            }
    assert not apart


def test_what_became_of_the_articles_and_their_targets() -> None:
    found = compare_editions(_content("nsc2014"), _content("nsc2021"), _mapping())
    assert found.counts == {
        "kept": 16,
        "renamed": 8,
        "split": 10,
        "merged": 4,
        "added": 3,
        "removed": 1,
    }
    kinds = {(row.old or {}).get("name"): row.kind for row in found.measures}
    assert kinds["建成区绿化覆盖率"] == "target_stricter"
    assert kinds["群众对卫生状况满意率"] == "same"
    assert kinds["生活污水集中处理率"] == "incomparable"
    assert kinds["婴儿死亡率"] == "target_stricter"
    assert kinds["标准化菜市场达标率"] == "removed"
    seen = [row.old["id"] for row in found.measures if row.old]
    assert sorted(seen) == sorted(figures(_content("nsc2014")))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m["articles"].pop(0), "没有写到"),
        (lambda m: m["articles"][0].update(relation="split"), "应为 kept / renamed"),
        (lambda m: m["articles"][0].update(new="nowhere"), "不存在"),
        (lambda m: m["measures"][0].update(old="nowhere"), "不存在"),
        (lambda m: m["articles"][4].update(relation="kept"), "应为 added"),
    ],
)
def test_a_mapping_with_a_hole_is_told(change: Any, words: str) -> None:
    mapping = _mapping()
    change(mapping)
    faults = faults_of_mapping(mapping, _content("nsc2014"), _content("nsc2021"))
    assert any(words in fault for fault in faults)


def test_without_a_mapping_codes_speak(tmp_path: Path) -> None:
    old = _content("nsc2014")
    new = recoded(old, "nsc2016")
    assert compare_editions(old, new).counts["kept"] == 40
    assert not compare_editions(old, new).changed
    new["chapters"][0]["articles"].pop(0)
    requirement = new["chapters"][0]["articles"][2]["requirements"][1]
    requirement["measures"][0]["threshold"] = "95"
    found = compare_editions(old, new)
    assert (found.counts["kept"], found.counts["removed"]) == (39, 1)
    assert [row.kind for row in found.changed] == ["target_stricter"]
    assert compare_editions(new, old).counts["added"] == 1


# The page
@pytest.fixture
def client(db: None) -> Client:
    services.load_standards(services.standard_files(), by=robot())
    client = Client()
    client.force_login(make_user(role="hq_director", unit=make_unit()))
    return client


def test_the_page_and_its_table_show_articles_and_targets(client: Client) -> None:
    address = "/standards/frameworks/nsc2014/compare/nsc2021/"
    page = client.get(address).content.decode()
    for words in ("纳入议程、规划和考核", "疾控机构建设", "收集率", "≥ 36 %", "≥ 38 %", "+2"):
        assert words in page
    only = client.get(address + "?only=added").content.decode()
    assert "将健康融入所有政策" in only
    assert "疾控机构建设" not in only
    book = load_workbook(BytesIO(client.get(address + "export/").content))
    assert book.worksheets[0].max_row == 1 + len(_mapping()["articles"]) + 69
    back = client.get("/standards/frameworks/nsc2021/compare/nsc2014/")
    assert back["Location"] == address
    assert client.get("/standards/frameworks/nsc2014/compare/nowhere/").status_code == 404
    assert "对比 2021" in client.get("/standards/frameworks/nsc2014/").content.decode()


def test_a_broken_name_finds_no_file() -> None:
    assert edition_mapping("..", "x") is None
