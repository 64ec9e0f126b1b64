"""An edition on which a campaign stands is never changed in place."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tongchuang.accounts.services import robot
from tongchuang.campaigns.tests.make import make_campaign
from tongchuang.standards import services
from tongchuang.standards.models import Clause, Framework, Measure
from tongchuang.standards.rules.reading import BrokenFile
from tongchuang.standards.tests.conftest import FRAMEWORK

pytestmark = pytest.mark.django_db


def _file(folder: Path, *changes: tuple[str, str], name: str = "f.yaml") -> Path:
    text = FRAMEWORK
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


NEXT = ("edition: '1'", "edition: '2'")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("threshold: 36", "threshold: 38"), "small.a1.r1.m1 · threshold"),
        (("text: 无卫生死角", "text: 无死角"), "small.a1.r2 · text"),
        (("kind: manual", "kind: checklist_rate\n        pass_line: 0.9"), "small.a1.r2 · rules"),
    ],
)
@pytest.mark.parametrize("edition", [[], [NEXT]])
def test_a_used_edition_is_not_changed_and_the_clause_is_named(
    tmp_path: Path, change: tuple[str, str], told: str, edition: list[tuple[str, str]]
) -> None:
    services.load_framework(_file(tmp_path), by=robot())
    make_campaign(title="创卫", framework=Framework.objects.get())
    with pytest.raises(services.ChangedContent) as refused:
        services.load_framework(_file(tmp_path, change, *edition), by=robot())
    words = str(refused.value)
    assert told in words
    assert all(part in words for part in ("正用于创卫", "换版", "按文件更正"))
    assert Measure.objects.get().threshold == 36
    assert Clause.objects.get(code="small.a1.r2").text == "无卫生死角"


def test_the_command_says_the_same_and_the_same_file_again_is_no_change(tmp_path: Path) -> None:
    path = _file(tmp_path)
    call_command("load_standards", path, verbosity=0)
    make_campaign(title="创卫", framework=Framework.objects.get())
    call_command("load_standards", path, verbosity=0)
    with pytest.raises(CommandError, match="正用于创卫"):
        call_command("load_standards", _file(tmp_path, ("threshold: 36", "threshold: 38"), NEXT))


def test_a_new_id_is_the_way_to_a_new_edition(tmp_path: Path) -> None:
    services.load_framework(_file(tmp_path), by=robot())
    make_campaign(framework=Framework.objects.get())
    path = _file(tmp_path, ("small", "small2"), NEXT, ("threshold: 36", "threshold: 38"))
    assert services.load_framework(path, by=robot()).result == "new"
    assert sorted(m.threshold for m in Measure.objects.all() if m.threshold) == [36, 38]


def test_two_editions_under_one_id_are_refused_together(tmp_path: Path) -> None:
    one, two = _file(tmp_path), _file(tmp_path, NEXT, name="g.yaml")
    with pytest.raises(BrokenFile, match="编号相同"):
        services.load_standards([one, two], by=robot())
    assert not Framework.objects.exists()
