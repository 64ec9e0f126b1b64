"""What is configured, what is missing, what is slow: the checks of the command `doctor`."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.cases.models import Case
from tongchuang.core.health import health
from tongchuang.core.models import Event
from tongchuang.core.models.audit import ChainHead
from tongchuang.core.timetable import LastRun, last_runs, timetable
from tongchuang.standards.models import Framework

OK, WARNING, BAD = "ok", "warning", "bad"
SLOW_S = 0.2
LATE_QUEUE_S = 600
LOW_DISK_BYTES = 2 * 1024**3
_GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, in words that say what to do."""

    level: str
    subject: str
    words: str


def check_up() -> list[Finding]:
    """Every check in turn; a database that does not answer ends the round early."""
    report, _well = health()
    findings = [*_settings(), *_database(report["database"])]
    if report["database"]["unapplied_migrations"] == 0:
        findings += [*_content(), *_background(report["database"]), *_timetable()]
        findings += [*_audit(), *_speed()]
    return [*findings, *_storage(report["storage"]), *_clock(report["clock"]), *_programs()]


def _settings() -> Iterator[Finding]:
    subject = _("设置")
    kind = _("演示环境") if settings.DEMO else _("正式环境")
    yield Finding(
        OK, subject, _("%(kind)s，数据放在 %(var)s") % {"kind": kind, "var": settings.VAR}
    )
    if settings.DEBUG:
        yield Finding(WARNING, subject, _("TONGCHUANG_DEBUG 开着，正式使用请关闭。"))
    if not settings.DEMO and not settings.HTTPS:
        yield Finding(WARNING, subject, _("没有启用 HTTPS（TONGCHUANG_HTTPS），口令会明文传输。"))
    if not settings.DEMO and settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        yield Finding(WARNING, subject, _("没有设置邮件（TONGCHUANG_MAIL），消息只在系统内可见。"))


# Database
def _database(facts: dict[str, Any]) -> Iterator[Finding]:
    subject = _("数据库")
    unapplied = facts["unapplied_migrations"]
    if unapplied is None:
        yield Finding(BAD, subject, _("没有应答，请检查 TONGCHUANG_DATABASE 和数据库服务。"))
        return
    yield Finding(OK, subject, f"{connection.vendor} {_version()}{_size()}")
    if unapplied:
        words = _("缺 %(n)s 个迁移，请运行 tongchuang migrate。") % {"n": unapplied}
        yield Finding(BAD, subject, words)


def _version() -> str:
    return ".".join(map(str, connection.get_database_version()))


def _size() -> str:
    name = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor != "sqlite" or not name.is_file():
        return ""
    return f"，{name.stat().st_size / 1024**2:.0f} MB"


def _content() -> Iterator[Finding]:
    frameworks, units = Framework.objects.count(), Unit.objects.count()
    people = User.objects.filter(robot=False, is_active=True).count()
    if not frameworks:
        yield Finding(BAD, _("内容"), _("没有指标体系，请运行 tongchuang load_standards。"))
    if not units or not people:
        yield Finding(WARNING, _("内容"), _("还没有单位或人员：导入单位，或运行 tongchuang demo。"))
    if frameworks and units:
        words = _("标准 %(f)s 部，单位 %(u)s 个，人员 %(p)s 人")
        yield Finding(OK, _("内容"), words % {"f": frameworks, "u": units, "p": people})


def _background(facts: dict[str, Any]) -> Iterator[Finding]:
    age = facts["queue_age_s"] or 0
    if age > LATE_QUEUE_S:
        words = _("最早的后台任务已等 %(m)s 分钟，请确认 tongchuang work 在运行。")
        yield Finding(BAD, _("后台任务"), words % {"m": age // 60})
    else:
        yield Finding(OK, _("后台任务"), _("没有积压"))
    for count, words in (
        (facts["dead_jobs"], _("%(n)s 个任务多次失败后停下，请查看后重试。")),
        (facts["dead_messages"], _("%(n)s 封邮件投递失败，消息仍在系统内。")),
    ):
        if count:
            yield Finding(WARNING, _("后台任务"), words % {"n": count})


def _timetable() -> Iterator[Finding]:
    """When each command of the timetable last ran, and which failed or missed its time."""
    runs = last_runs(timetable(), at=timezone.now())  # the worker goes by the machine's clock
    if not any(one.run for one in runs):
        words = _("还没有运行过，请确认 tongchuang work 在运行。")
        yield Finding(WARNING, _("定时任务"), words)
        return
    for one in runs:
        yield Finding(*_last_run(one))


def _last_run(one: LastRun) -> tuple[str, str, str]:
    subject, command = _("定时任务"), one.entry.command
    if one.run is None:
        return OK, subject, _("%(command)s 还没有运行过") % {"command": command}
    at = f"{timezone.localtime(one.run.ran_at):%Y-%m-%d %H:%M}"
    if one.run.failure:
        words = _("%(command)s 最近运行 %(at)s，没有成功：%(failure)s")
        named = {"command": command, "at": at, "failure": one.run.failure}
        return WARNING, subject, words % named
    words = _("%(command)s 最近运行 %(at)s")
    if one.late:
        words = _("%(command)s 最近运行 %(at)s，之后到点没有运行，请确认 tongchuang work 在运行。")
    return WARNING if one.late else OK, subject, words % {"command": command, "at": at}


def _audit() -> Iterator[Finding]:
    """The head against the last event: quick; `verify_audit` walks the whole chain."""
    head = ChainHead.objects.first()
    last = Event.objects.order_by("-id").first()
    events = head.events if head else 0
    if (head and last and head.digest == last.digest) or (not events and last is None):
        yield Finding(OK, _("操作日志"), _("%(n)s 条，链头相符") % {"n": events})
    else:
        words = _("链头与最后一条不符，请运行 tongchuang verify_audit。")
        yield Finding(BAD, _("操作日志"), words)


# Speed
def _speed() -> Iterator[Finding]:
    probes: list[tuple[str, Callable[[], object]]] = [
        (_("打开最新案件"), lambda: list(Case.objects.order_by("-id")[:50])),
        (_("数在办案件"), lambda: Case.objects.open().count()),
    ]
    for name, probe in probes:
        taken = _timed(probe)
        words = _("%(name)s用时 %(ms)s 毫秒") % {"name": name, "ms": round(taken * 1000)}
        yield Finding(WARNING if taken > SLOW_S else OK, _("速度"), words)


def _timed(probe: Callable[[], object]) -> float:
    started = perf_counter()
    try:
        probe()
    except DatabaseError:
        return 60.0
    return perf_counter() - started


# Machine
def _storage(facts: dict[str, Any]) -> Iterator[Finding]:
    free = facts["free_bytes"] or 0
    if not facts["writable"]:
        words = _("%(folder)s 不能写入，照片和文件无法保存。") % {"folder": settings.MEDIA_ROOT}
        yield Finding(BAD, _("文件"), words)
        return
    level = WARNING if free < LOW_DISK_BYTES else OK
    yield Finding(level, _("文件"), _("可写，磁盘剩余 %(g).1f GB") % {"g": free / _GIB})


def _clock(facts: dict[str, Any]) -> Iterator[Finding]:
    for year, announced in facts["calendar_announced"].items():
        words = (
            _("%(year)s 年放假安排已录入")
            if announced
            else _("%(year)s 年放假安排未录入，时限为暂定")
        )
        # Next year's calendar is announced in November; until then it cannot be there.
        yield Finding(OK if announced else WARNING, _("日历"), words % {"year": year})


def _programs() -> Iterator[Finding]:
    if shutil.which("soffice") or shutil.which("libreoffice"):
        yield Finding(OK, "LibreOffice", _("已安装，可出 PDF"))
    else:
        yield Finding(WARNING, "LibreOffice", _("没有安装，只出 Word，不出 PDF。"))
    fonts = _chinese_fonts()
    if fonts:
        yield Finding(OK, _("字体"), _("中文字体 %(n)s 种") % {"n": fonts})
    else:
        yield Finding(WARNING, _("字体"), _("没有中文字体，PDF 会缺字；可装 fonts-noto-cjk。"))
    if not (settings.FRONTEND_DIST / "office" / "office.css").exists():
        yield Finding(BAD, _("界面"), _("前端没有构建，请运行 make run。"))


def _chinese_fonts() -> int:
    program = shutil.which("fc-list")
    if program is None:
        return 0
    try:
        found = subprocess.run(  # noqa: S603 -- a fixed command
            [program, ":lang=zh-cn", "family"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
            env=os.environ,
        )
    except (subprocess.SubprocessError, OSError):
        return 0
    return len(set(found.stdout.split("\n")) - {""})
