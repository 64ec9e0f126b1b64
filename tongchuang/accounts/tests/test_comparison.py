"""Comparison groups are stored as keys and read as names."""

import pytest
from django.utils.translation import override

from tongchuang.accounts.comparison import group_key, group_word
from tongchuang.accounts.forms import UnitForm
from tongchuang.accounts.sheets import UNITS
from tongchuang.accounts.tests.make import make_unit


def test_a_key_is_read_by_its_name_in_each_language() -> None:
    assert group_word("town") == "乡镇街道开发区"
    with override("en"):
        assert group_word("town") == "Towns, streets and zones"


@pytest.mark.parametrize("text", ["town", "乡镇街道开发区", " Towns, streets and zones "])
def test_a_name_or_a_key_is_understood(text: str) -> None:
    assert group_key(text) == "town"


def test_a_group_of_the_citys_own_keeps_its_word() -> None:
    assert group_word("ports", "港口单位") == "港口单位"
    assert group_word("town", "镇街") == "镇街"
    assert group_key("港口单位") == "港口单位"


@pytest.mark.django_db
def test_the_form_offers_names_and_keeps_a_group_of_the_citys_own() -> None:
    page = UnitForm(instance=make_unit(comparison_group="ports")).as_p()
    assert "乡镇街道开发区" in page
    assert 'value="ports" selected' in page
    assert not UnitForm(instance=make_unit(), data={"comparison_group": "nonsense"}).is_valid()


@pytest.mark.django_db
def test_the_table_of_units_writes_the_name() -> None:
    column = next(one for one in UNITS.columns if one.name == "comparison_group")
    assert column.value(make_unit(comparison_group="core")) == "执法与主管部门"
