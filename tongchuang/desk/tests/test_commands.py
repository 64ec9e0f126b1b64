"""The commands import_sheet and doctor."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tongchuang.accounts.models import Unit
from tongchuang.accounts.tests.make import make_city, make_user
from tongchuang.campaigns.models import Task
from tongchuang.campaigns.tests.make import make_campaign
from tongchuang.cases.models import Case
from tongchuang.core import audit
from tongchuang.core.models import Event, TimetableRun
from tongchuang.desk import checkup
from tongchuang.places.models import Area
from tongchuang.places.tests.make import square

pytestmark = pytest.mark.django_db

UNITS = "编码,名称,上级编码\nT1,东风镇,\nT2,东风社区,\n"
CASES = """外部来源,外部编号,问题,发现时间,办结时间,主办单位
旧系统,A1,垃圾未清,2015-03-01 09:00,2015-03-02 09:00,城管局
旧系统,A2,污水外溢,2015-03-01 09:00,,不知名局
"""


def _import(tmp_path: Path, kind: str, text: str, *flags: str, name: str = "表.csv") -> str:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    out = StringIO()
    call_command("import_sheet", kind, str(path), *flags, stdout=out, no_color=True)
    return out.getvalue()


def test_a_preview_counts_and_writes_nothing(tmp_path: Path) -> None:
    told = _import(tmp_path, "units", UNITS)
    assert "新增 2" in told
    assert "没有写入" in told
    assert Unit.objects.count() == 0


def test_commit_writes_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    assert "已导入：新增 2" in _import(tmp_path, "units", UNITS, "--commit")
    events = Event.objects.count()
    assert "新增 0，更新 0，未变 2" in _import(tmp_path, "units", UNITS, "--commit")
    assert (Unit.objects.count(), Event.objects.count()) == (2, events)


def test_a_refused_line_is_told_with_line_and_word_and_stops_all(tmp_path: Path) -> None:
    make_city()
    with pytest.raises(CommandError) as stopped:
        _import(tmp_path, "cases", CASES, "--commit")
    assert stopped.value.returncode == 2
    assert Case.objects.count() == 0


def test_the_good_lines_of_a_foreign_table_can_be_taken_alone(tmp_path: Path) -> None:
    make_city()
    told = _import(tmp_path, "cases", CASES, "--commit", "--skip-refused")
    assert "第 3 行" in told
    assert "不知名局" in told
    assert "已导入：新增 1，更新 0，未变 0，未导入 1" in told
    assert Case.objects.get().external_id == "A1"


def test_a_person_without_the_right_imports_nothing(tmp_path: Path) -> None:
    city = make_city()
    make_user("clerk", role="unit_clerk", unit=city.bureau)
    with pytest.raises(CommandError, match="无权导入"):
        _import(tmp_path, "units", UNITS, "--commit", "--by", "clerk")
    assert not Unit.objects.filter(code="T1").exists()


def _tasks() -> tuple[str, str]:
    """A table with one task of the bureau, and the sign-in name of who may give it."""
    city = make_city()
    make_campaign(city=city.root, main=True, code="NSC")
    table = "任务,牵头单位,目标量,计量单位,开始,完成时限\n"
    return f"{table}改造公厕,城管局,36,座,2016-01-01,2016-12-31\n", city.director.username


def test_tasks_are_given_by_a_person_and_never_by_the_system(tmp_path: Path) -> None:
    table, director = _tasks()
    with pytest.raises(CommandError) as stopped:
        _import(tmp_path, "tasks", table, "--commit")
    told = str(stopped.value)
    assert "要由一个人签名" in told
    assert "--by" in told
    assert "指挥部办公室主任" in told, "who could sign is said by role"
    assert "campaigns." not in told, "no code of a right"
    assert not Task.objects.exists()
    assert "新增 1" in _import(tmp_path, "tasks", table, "--commit", "--by", director)
    task = Task.objects.get()
    actor = audit.history(task).get().actor
    assert actor
    assert actor.username == director


def test_tasks_are_tried_without_a_name_and_the_want_is_told(tmp_path: Path) -> None:
    table, _director = _tasks()
    told = _import(tmp_path, "tasks", table)
    assert "新增 1" in told
    assert "要由一个人签名" in told
    assert not Task.objects.exists()


def test_who_is_refused_is_told_which_roles_may(tmp_path: Path) -> None:
    city = make_city()
    make_user("clerk", role="unit_clerk", unit=city.bureau)
    with pytest.raises(CommandError, match=r"有权的人（.*系统管理员.*）"):
        _import(tmp_path, "units", UNITS, "--commit", "--by", "clerk")


@pytest.mark.parametrize(
    ("kind", "flags"),
    [("units", ["--by", "nobody"]), ("tasks", ["--campaign", "none"]), ("areas", [])],
)
def test_what_cannot_start_says_why(tmp_path: Path, kind: str, flags: list[str]) -> None:
    with pytest.raises(CommandError) as stopped:
        _import(tmp_path, kind, UNITS, *flags)
    assert stopped.value.returncode == 1


def _boundaries() -> str:
    features: list[dict[str, Any]] = [
        {"type": "Feature", "properties": {"name": name}, "geometry": square(118, 31)}
        for name in ("城南街道", "城南街道办")
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_boundaries_are_tried_first_and_unknown_names_get_proposals(tmp_path: Path) -> None:
    make_city()
    told = _import(tmp_path, "areas", _boundaries(), name="边界.geojson")
    assert "边界 1 个对上单位" in told
    assert "城南街道办 相近的有：城南街道" in told
    assert Area.objects.count() == 0
    _import(tmp_path, "areas", _boundaries(), "--commit", name="边界.geojson")
    assert Area.objects.get().unit.name == "城南街道"


# doctor
def _levels(subject: str) -> set[str]:
    return {finding.level for finding in checkup.check_up() if finding.subject == subject}


def test_the_doctor_says_that_standards_are_missing() -> None:
    assert checkup.BAD in _levels("内容")
    with pytest.raises(CommandError, match="必须先处理"):
        call_command("doctor", stdout=StringIO())


def test_the_doctor_tells_when_each_command_of_the_timetable_last_ran() -> None:
    assert _levels("定时任务") == {checkup.WARNING}, "nothing ran yet: is the worker running?"
    run = TimetableRun.objects.create(command="sweep_files", ran_at=timezone.now(), took_ms=5)
    told = [one for one in checkup.check_up() if one.words.startswith("sweep_files 最近运行")]
    assert [one.level for one in told] == [checkup.OK]
    run.ran_at -= timedelta(days=2)
    run.save()
    told = [one for one in checkup.check_up() if one.words.startswith("sweep_files 最近运行")]
    assert [one.level for one in told] == [checkup.WARNING]
    assert "到点没有运行" in told[0].words


def test_the_doctor_names_a_command_that_failed() -> None:
    TimetableRun.objects.create(
        command="sweep_files", ran_at=timezone.now(), took_ms=5, failure="OSError: 磁盘已满"
    )
    (told,) = [one for one in checkup.check_up() if "磁盘已满" in one.words]
    assert told.level == checkup.WARNING


def test_the_doctor_compares_the_head_of_the_audit_chain() -> None:
    city = make_city()
    audit.record(subject=city.root, action="test", by=None)
    assert _levels("操作日志") == {checkup.OK}
    Event.objects.all().delete()
    assert _levels("操作日志") == {checkup.BAD}
