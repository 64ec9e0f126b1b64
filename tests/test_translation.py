"""Every text of the interface has its English, and the English its place."""

import gettext
import re
import shutil
from collections import Counter
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from scripts.compile_translations import compile_file
from tests.texts import (
    CHINESE,
    ROOT,
    Text,
    bare_chinese,
    python_texts,
    sources,
    template_texts,
)

PO = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
# What a user must type or look for in Chinese, quoted in English sentences.
QUOTED = {
    "从名称“%s”看不出类别，请填“类别”列",
    "填“是”或“否”",
    "可空：从名称的结尾看出（街道、镇、社区、村委会……）。",
    "等级可填 U、A、B、C、D、E 或紧急、当场、一般、较难、重大、工程",
    "输入要找的词，例如案号 2016-0001、公厕、城南街道。",
}
# The button that leads back to Chinese is written in Chinese for whoever needs it.
ALWAYS_CHINESE = {"tongchuang/core/templates/core/_language.html"}
_PLACEHOLDER = re.compile(r"%\(\w+\)[.\d]*[a-z]|%[.\d]*[sd]|%%|</?\w+")


@cache
def _marked() -> list[Text]:
    modules = chain.from_iterable(map(python_texts, sources("*.py")))
    templates = chain.from_iterable(map(template_texts, [*sources("*.html"), *sources("*.txt")]))
    return [text for text in (*modules, *templates) if text.words]


@cache
def _catalog() -> Catalog:
    with PO.open("rb") as lines:
        return read_po(lines, locale="en", abort_invalid=True)


def _messages() -> list[Message]:
    return [message for message in _catalog() if message.id]


def _forms(words: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [words] if isinstance(words, str) else list(words or [""])


def _key(message: Message) -> tuple[str, str]:
    return _forms(message.id)[0], message.context or ""


def test_every_marked_text_has_its_english() -> None:
    known = {_key(message) for message in _messages() if all(_forms(message.string))}
    missing = {
        f"{text.where} {text.words}"
        for text in _marked()
        if CHINESE.search(text.words) and (text.words, text.context) not in known
    }
    assert not missing, "\n".join(sorted(missing))


def test_the_catalogue_holds_nothing_that_no_page_says() -> None:
    said = {(text.words, text.context) for text in _marked()}
    unsaid = sorted(" ".join(_key(message)) for message in _messages() if _key(message) not in said)
    assert not unsaid, "\n".join(unsaid)
    assert not _catalog().obsolete


def test_no_entry_is_a_guess() -> None:
    assert not [message.id for message in _messages() if message.fuzzy]


def test_placeholders_and_tags_are_those_of_the_chinese() -> None:
    wrong = [
        _key(message)[0]
        for message in _messages()
        for english in _forms(message.string)
        if Counter(_PLACEHOLDER.findall(english)) != Counter(_PLACEHOLDER.findall(_key(message)[0]))
    ]
    assert not wrong, "\n".join(wrong)


def test_counted_texts_have_both_english_forms() -> None:
    counted = [message for message in _messages() if not isinstance(message.id, str)]
    assert counted
    assert all(len(_forms(message.string)) == _catalog().num_plurals for message in counted)


def test_english_is_free_of_chinese() -> None:
    mixed = {_key(m)[0] for m in _messages() if CHINESE.search(" ".join(_forms(m.string)))}
    assert mixed - QUOTED == set()


def test_english_keeps_its_voice() -> None:
    loud = [
        e for m in _messages() for e in _forms(m.string) if re.search(r"[!，。；：！？（）、]", e)
    ]
    assert not loud, "\n".join(loud)


def test_the_compiled_catalogue_speaks(tmp_path: Path) -> None:
    source = Path(shutil.copy(PO, tmp_path))
    assert compile_file(source) == len(_messages())
    with source.with_suffix(".mo").open("rb") as compiled:
        english = gettext.GNUTranslations(compiled)
    assert english.gettext("待派发") == "To dispatch"


@pytest.mark.parametrize("path", sources("*.html"), ids=lambda path: path.name)
def test_no_template_holds_chinese_that_cannot_be_translated(path: Path) -> None:
    if str(path.relative_to(ROOT)) not in ALWAYS_CHINESE:
        assert not list(bare_chinese(path))
