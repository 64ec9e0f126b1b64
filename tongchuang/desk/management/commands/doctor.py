"""Say what is configured, what is missing and what is slow."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tongchuang.desk.checkup import BAD, OK, WARNING, check_up

_MARKS = {OK: "✓", WARNING: "!", BAD: "✗"}


class Command(BaseCommand):
    """Exit code 0 when the city can work, 1 when something must be put right first."""

    help = "Check this installation: settings, database, files, background work, calendar, fonts."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        findings = check_up()
        styles: dict[str, Callable[[str], str]] = {
            OK: str,
            WARNING: self.style.WARNING,
            BAD: self.style.ERROR,
        }
        for finding in findings:
            line = f"{_MARKS[finding.level]} {finding.subject}：{finding.words}"
            self.stdout.write(styles[finding.level](line))
        bad = sum(finding.level == BAD for finding in findings)
        if bad:
            raise CommandError(_("%(n)s 处必须先处理。") % {"n": bad})
        warnings = sum(finding.level == WARNING for finding in findings)
        self.stdout.write(_("可以使用，%(n)s 处提醒。") % {"n": warnings})
