"""Tags of every page."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory

from tongchuang.core.templatetags import pages


def _render(source: str, query: str = "", **context: object) -> str:
    request = RequestFactory().get(f"/cases/?{query}")
    return Template(source).render(Context({"request": request, **context}))


def test_an_icon_beside_words_is_silent() -> None:
    drawn = _render('{% icon "bell" %}')
    assert 'aria-hidden="true"' in drawn
    assert drawn.endswith('icons.svg#bell"/></svg>')


def test_an_icon_that_stands_alone_has_a_name() -> None:
    assert 'aria-label="提醒"' in _render('{% icon "bell" label="提醒" %}')


def test_every_icon_that_a_template_names_is_drawn() -> None:
    drawn = set(
        re.findall(
            r'symbol id="([\w-]+)"',
            (settings.ROOT / "frontend/office/public/icons.svg").read_text(),
        )
    )
    named = {
        (path.name, name)
        for path in Path(settings.ROOT, "tongchuang").rglob("*.html")
        for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())
    }
    assert {(page, name) for page, name in named if name not in drawn} == set()


def test_a_badge_has_colour_icon_and_word() -> None:
    drawn = _render('{% badge "due" "待签收" %}')
    assert "tc-badge--due" in drawn
    assert "#due" in drawn
    assert "待签收" in drawn


def test_an_unknown_number_is_a_dash_and_zero_is_zero() -> None:
    assert "–" in _render("{% n none '/cases/' %}", none=None)
    assert _render("{% n 0 '/cases/' %}") == '<a class="tc-n" href="/cases/">0</a>'


def test_words_of_people_are_escaped() -> None:
    assert "<b>" not in _render('{% badge "ok" word %}', word="<b>")


@pytest.mark.parametrize(
    ("tag", "address"),
    [
        ("{% url_with state='open' %}", "?unit=3&amp;state=open"),
        ("{% url_with unit=None %}", "?"),
        ("{% url_with name 7 %}", "?unit=7"),
    ],
)
def test_a_changed_address_keeps_the_filters_and_drops_the_cursor(tag: str, address: str) -> None:
    assert _render(tag, "unit=3&after=abc", name="unit") == address


def test_a_second_press_on_a_column_turns_the_order() -> None:
    assert "?sort=-due" in _render('{% sort "due" "期限" %}', "sort=due")
    assert "?sort=due" in _render('{% sort "due" "期限" %}', "sort=-due")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (28 * 60, "28 分"),
        (110 * 60, "1 时 50 分"),
        (2 * 86400 + 3 * 3600, "2 天 3 时"),
        (-3600, "−1 时"),
    ],
)
def test_a_duration_is_told_in_its_two_largest_parts(seconds: int, words: str) -> None:
    assert pages.duration(timedelta(seconds=seconds)) == words


def test_moments_are_shown_in_the_city_s_time() -> None:
    assert pages.day_time(datetime(2016, 3, 8, 6, 30, tzinfo=UTC)) == "03-08 14:30"
    assert pages.cn_date(date(2016, 3, 8)) == "2016年3月8日"


def test_shares_and_points_are_rounded_half_up() -> None:
    assert pages.percent(Decimal("0.905")) == "91%"
    assert pages.points(Decimal("-2.905")) == "−2.91"
    assert pages.hours(Decimal("4.0")) == "4"


@pytest.mark.parametrize(
    "show",
    [pages.percent, pages.points, pages.hours, pages.duration, pages.cn_date, pages.day_time],
)
def test_what_is_not_known_is_a_dash(show: object) -> None:
    assert callable(show)
    assert show(None) == "–"


@pytest.mark.parametrize("query", ["", "tab=all&q=公厕", "grade=B&after=x&channel=grid"])
def test_a_filter_writes_the_address_of_each_choice(query: str) -> None:
    source = "{% choices_of 'grade' choices 'B' as menu %}{{ menu.chosen }}|{{ menu.links }}"
    each = "{% url_with 'grade' value %}"
    chosen, _bar, links = _render(
        source, query, choices=[("", "全部"), ("A", "当场"), ("B", "一般 & 其他")]
    ).partition("|")
    assert chosen == "一般 &amp; 其他"
    assert re.findall('href="([^"]+)"', links) == [
        _render(each, query, value=value) for value in "AB"
    ]
    assert re.findall(r'aria-current="true">([^<]+)<', links) == ["一般 &amp; 其他"]


def test_a_filter_knows_a_choice_whatever_its_type() -> None:
    drawn = _render("{% choices_of 'unit' c 7 as menu %}{{ menu.chosen }}", c=[(7, "城管局")])
    assert drawn == "城管局"
