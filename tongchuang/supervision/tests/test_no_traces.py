"""Outcomes are scored, never traces (speech 1.3.1): no photo, log or message earns a point."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongchuang.accounts.models import Unit, User
from tongchuang.assessment.rules import Lines
from tongchuang.assessment.tests.make import (
    NOON,
    make_open_case,
    make_scene,
    make_visit,
    snapshot,
)
from tongchuang.cases.models import Case, Photo
from tongchuang.core import audit, clock, outbox
from tongchuang.core.models import StoredFile
from tongchuang.supervision.models import Bulletin
from tongchuang.supervision.rules import Facts, RuleSet
from tongchuang.supervision.tests.make import MonthCity, day, frozen, make_month

DATA = Path(settings.FRAMEWORK_DATA)
RULES = sorted((DATA / "scoring").glob("*.yaml"))
TRACES = {
    *("photo", "photos", "picture", "image", "images", "video", "log", "logs", "login", "logins"),
    *("message", "messages", "notice", "event", "events", "upload", "uploads", "file", "files"),
    *("post", "posts", "entry", "entries", "click", "clicks", "trace", "traces"),
}
TRACE_WORDS = re.compile("照片|图片|视频|日志|台账|消息|签到|打卡|登录|上传|发帖|痕迹|留痕")
# What is counted for a score may not come from these tables.
TRACE_TABLES = ("cases_photo", "core_storedfile", "core_message", "accounts_signinsession")


def _words(name: str) -> set[str]:
    return set(re.split(r"[_\W]+", name.lower()))


def _names(value: Any) -> Iterator[str]:
    """Every key of a rule file, and every value that names a measure."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)
    elif isinstance(value, str):
        yield value


def _rules(path: Path) -> list[str]:
    return list(_names(yaml.safe_load(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_no_scoring_file_names_a_trace(path: Path) -> None:
    names = _rules(path)
    assert len(names) > 10
    assert [name for name in names if _words(name) & TRACES or TRACE_WORDS.search(name)] == []


@pytest.mark.parametrize("rules", [Facts, RuleSet, Lines])
def test_nothing_that_a_score_reads_is_a_trace(rules: Any) -> None:
    assert [one.name for one in fields(rules) if _words(one.name) & TRACES] == []


def test_no_rule_of_a_standard_counts_traces() -> None:
    found = []
    for path in sorted((DATA / "frameworks").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        metrics = re.findall(r"^\s*metric: (.+)$", text, re.M)
        found += [(path.stem, metric) for metric in metrics if TRACE_WORDS.search(metric)]
    assert found == []


def test_every_scoring_file_is_looked_through() -> None:
    assert {path.stem.split("-")[0] for path in RULES} >= {"monthly", "readiness"}


@pytest.fixture
def month() -> MonthCity:
    return make_month()


def _leave_traces(cases: Iterable[Case], *, unit: Unit, by: User) -> None:
    """Five photos, log entries and messages for each case."""
    for case in cases:
        for one in range(5):
            name, at = f"{case.pk}-{one}", clock.now()
            file = StoredFile.objects.create(
                name=name, sha256=name, size=1, content_type="image/jpeg", stored_at=at
            )
            Photo.objects.create(case=case, file=file, moment=Photo.Moment.AFTER, added_at=at)
            audit.record(subject=case, action="remark", by=by)
            outbox.post(to=unit, kind="remark", subject=name, body="已整改")


def _scores(city: MonthCity) -> list[dict[str, Any]]:
    Bulletin.objects.all().delete()
    rows = [dict(row) for row in frozen(city).scores.order_by("unit").values()]
    return [{key: row[key] for key in row if key not in {"id", "bulletin_id"}} for row in rows]


@pytest.mark.django_db
def test_photos_logs_and_messages_change_no_score(month: MonthCity) -> None:
    before = _scores(month)
    assert any(row["score"] for row in before)
    with clock.use(day(12)):
        _leave_traces(month.bureau.led_cases.all(), unit=month.bureau, by=month.director)
    assert _scores(month) == before


@pytest.mark.django_db
def test_photos_logs_and_messages_change_no_readiness() -> None:
    scene = make_scene()
    make_visit(scene, result="fail")
    case = make_open_case(scene)

    def cells() -> list[tuple[Any, ...]]:
        rows = snapshot(scene).cells.order_by("clause", "unit")
        return list(rows.values_list("clause", "unit", "state", "score", "coverage", "explanation"))

    before = cells()
    assert before
    with clock.use(NOON - timedelta(hours=1)):
        _leave_traces([case], unit=scene.city.bureau, by=scene.valuer)
    assert cells() == before


@pytest.mark.django_db
def test_the_figures_of_a_bulletin_are_not_read_from_traces(month: MonthCity) -> None:
    with CaptureQueriesContext(connection) as queries:
        frozen(month)
    read = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert [sql for sql in read for table in TRACE_TABLES if f'"{table}"' in sql] == []
