"""Colours and sizes live in one file of tokens."""

import re
from pathlib import Path

from django.conf import settings

CSS: Path = settings.ROOT / "frontend/office/src/css"
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^;{]*\{)|\brgba?\(|\bhsla?\(")
TOKEN = re.compile(r"var\((--[\w-]+)")


def _sheets() -> dict[str, str]:
    return {path.name: path.read_text() for path in CSS.glob("*.css")}


def test_no_stylesheet_but_the_tokens_names_a_colour() -> None:
    found = {
        name: COLOUR.findall(re.sub(r"url\(#\w+\)", "", text))
        for name, text in _sheets().items()
        if name != "tokens.css"
    }
    assert {name: colours for name, colours in found.items() if colours} == {}


def test_every_token_that_is_used_is_defined() -> None:
    sheets = _sheets()
    defined = set(re.findall(r"(--[\w-]+):", "".join(sheets.values())))
    used = {token for text in sheets.values() for token in TOKEN.findall(text)}
    assert used - defined == set()


def test_every_stylesheet_is_part_of_a_bundle() -> None:
    sheets = _sheets()
    imported = set(re.findall(r'@import "\./([\w-]+\.css)"', "".join(sheets.values())))
    assert set(sheets) - imported == {"main.css", "public-main.css", "map.css"}


def test_no_template_names_a_colour() -> None:
    templates = (settings.ROOT / "tongchuang").rglob("*.html")
    styled = {path.name: re.findall(r'style="([^"]*)"', path.read_text()) for path in templates}
    assert {name for name, styles in styled.items() if any(map(COLOUR.search, styles))} == set()
