"""The template of a command structure: loading, repeating, refusing."""

from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command

from tongchuang.accounts import services
from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach
from tongchuang.accounts.queries import unit_name_on
from tongchuang.accounts.tests.make import make_user

pytestmark = pytest.mark.django_db
THEN, NOW = date(2016, 3, 8), date(2021, 6, 1)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return services.read_template()


def load(template: dict[str, Any], on: date = THEN) -> services.Loaded:
    return services.load_organisation(template, by=services.robot(), on=on)


def test_the_template_makes_one_tree_with_42_bodies(template: dict[str, Any]) -> None:
    load(template)
    assert Unit.objects.filter(depth=1).count() == 1
    assert Unit.objects.filter(code__regex=r"^U\d\d$").count() == 42
    assert Unit.objects.get(code="U33").path.startswith(Unit.objects.get(code="U11").path)
    assert Unit.objects.get(code="T03-03").kind == Unit.Kind.VILLAGE


def test_units_bear_the_names_of_the_day(template: dict[str, Any]) -> None:
    load(template)
    assert Unit.objects.get(code="U11").name == "卫生和计划生育委员会"
    load(template, on=NOW)
    unit = Unit.objects.get(code="U11")
    assert unit.name == "卫生健康委员会（爱卫办）"
    assert unit_name_on(unit, THEN) == "卫计委"
    assert unit_name_on(unit, NOW) == "卫健委"


def test_loading_late_knows_the_earlier_names_too(template: dict[str, Any]) -> None:
    load(template, on=NOW)
    assert unit_name_on(Unit.objects.get(code="U18"), THEN) == "环保局"


@pytest.mark.parametrize("on", [THEN, NOW])
def test_loading_twice_changes_nothing(template: dict[str, Any], on: date) -> None:
    first = load(template, on)
    again = load(template, on)
    assert again == services.Loaded(created=0, renamed=0, same=first.created)


def test_loading_needs_the_right_over_the_tree(template: dict[str, Any]) -> None:
    with pytest.raises(PermissionDenied):
        services.load_organisation(template, by=make_user(), on=THEN)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("units: [", "读不出来"),
        ("[]", "缺少 units"),
        ("units: [{code: A, kind: city}]", "第 1 个单位：缺少 names"),
        ("units: [{code: A, kind: cty, names: [{name: 甲}]}]", "类别 cty 不认识"),
        ("units: [{code: A, parent: B, kind: city, names: [{name: 甲}]}]", "上级 B 须写在它前面"),
        ("units: [{code: A, kind: city, names: [{name: 甲, from: 2019}]}]", "须是日期"),
        ("units: [7]", "缺少 code"),
        (
            "units: [{code: A, kind: city, names: [{name: 甲}]}, "
            "{code: A, kind: city, names: [{name: 乙}]}]",
            "第 2 个单位：编码 A 出现了两次",
        ),
    ],
)
def test_a_broken_template_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValidationError) as refusal:
        services.read_template(file)
    assert said in refusal.value.messages[0]


def test_a_new_installation_gets_its_first_administrator() -> None:
    with pytest.raises(CommandError, match="load_organisation"):
        call_command("create_admin", "boss")
    said = StringIO()
    call_command("load_organisation", stdout=said)
    call_command("create_admin", "boss", stdout=said)
    boss = User.objects.get(username="boss")
    assert reach(boss, "accounts.manage").everything
    assert boss.check_password(said.getvalue().rsplit("boss: ")[1].split()[0])
