"""Read a spreadsheet into the city: a preview first, written only with --commit."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.accounts.services import robot
from tongchuang.campaigns.models import Campaign
from tongchuang.core.tabular import FileRefused, ImportRefused, Preview, SheetMapping
from tongchuang.desk.importing import (
    AREAS,
    KINDS,
    NAMES,
    BadFile,
    import_areas,
    role_names,
)
from tongchuang.places.rules import BadBoundary

SHOWN = 10
REFUSED = 2


class Command(BaseCommand):
    """Exit codes: 0 done or nothing wrong; 1 the import cannot start; 2 lines were refused."""

    help = "Import a table (xlsx, csv, GeoJSON for areas); nothing is written without --commit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=NAMES)
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, help="YAML: how a foreign table reads as ours")
        parser.add_argument("--campaign", default="", help="code; for tasks (the main one)")
        parser.add_argument("--by", default="", help="sign-in name of who imports (the robot)")
        parser.add_argument("--commit", action="store_true", help="write what the preview shows")
        parser.add_argument(
            "--skip-refused", action="store_true", help="import the good lines of a foreign table"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["file"].is_file():
            raise CommandError(_("没有这个文件：%(file)s") % {"file": options["file"]})
        by = _person(options["by"])
        self._ask_for_a_name(by, options)
        try:
            if options["kind"] == AREAS:
                self._areas(options["file"], by, commit=options["commit"])
            else:
                self._sheet(by, options)
        except (FileRefused, BadFile, BadBoundary) as fault:
            raise CommandError(str(fault)) from None
        except PermissionDenied as fault:
            words = _("%(person)s 无权导入，请用 --by 指定有权的人（%(roles)s）。")
            named = {"person": by, "roles": role_names(str(fault))}
            raise CommandError(words % named) from None

    def _ask_for_a_name(self, by: User, options: dict[str, Any]) -> None:
        """What units are told to do is signed by a person; a preview is free."""
        kind = KINDS.get(options["kind"])
        if kind is None or not kind.signed_by or not by.robot:
            return
        words = _(
            "导入%(kind)s就是给单位下达工作，要由一个人签名，系统不能代签："
            "请用 --by 写上下达人的登录名（%(roles)s）。"
        ) % {"kind": kind.label, "roles": role_names(kind.signed_by)}
        if options["commit"]:
            raise CommandError(words)
        self.stdout.write(self.style.WARNING(words))

    # Tables
    def _sheet(self, by: User, options: dict[str, Any]) -> None:
        kind = KINDS[options["kind"]]
        sheet = kind.sheet(_campaign(options["campaign"]))
        preview = sheet.preview(options["file"], _mapping(options["mapping"]))
        self._tell(preview)
        self._remark(kind.remarks(sheet))
        wrong = bool(preview.errors)
        if wrong and (preview.headings.errors or not options["skip_refused"]):
            raise CommandError(_("有误，没有写入任何数据。"), returncode=REFUSED)
        if not options["commit"]:
            self.stdout.write(_("只是预览，没有写入。确认无误后加 --commit。"))
            return
        try:
            outcome = preview.commit(by=by, leave_out_refused=options["skip_refused"])
        except ImportRefused as refused:
            self._errors([str(error) for error in refused.errors])
            raise CommandError(_("有误，没有写入任何数据。"), returncode=REFUSED) from None
        words = _("已导入：新增 %(new)s，更新 %(changed)s，未变 %(same)s，未导入 %(refused)s。")
        self.stdout.write(self.style.SUCCESS(words % _counts(outcome)))

    def _tell(self, preview: Preview[Any]) -> None:
        words = _(
            "共 %(total)s 行：新增 %(new)s，更新 %(changed)s，未变 %(same)s，有误 %(refused)s。"
        )
        self.stdout.write(words % {"total": preview.total, **_counts(preview)})
        if preview.ignored:
            names = "、".join(preview.ignored)
            self.stdout.write(_("不认识、不导入的列：%(names)s") % {"names": names})
        self._errors([str(error) for error in preview.errors])
        if preview.refused > SHOWN:
            self.stdout.write(_("同样的错误合计："))
            for (heading, message), times in preview.faults.most_common(3 * SHOWN):
                self.stdout.write(f"  {times} × {heading} {message}")

    def _remark(self, names: list[str]) -> None:
        if not names:
            return
        words = _("没有对应单位的名称 %(n)s 个，照原文保留，不新建单位：")
        self.stdout.write(words % {"n": len(names)})
        for name in names[: 3 * SHOWN]:
            self.stdout.write(f"  {name}")

    def _errors(self, errors: list[str]) -> None:
        for error in errors[:SHOWN]:
            self.stdout.write(self.style.ERROR(f"  {error}"))
        if len(errors) > SHOWN:
            self.stdout.write(_("  …… 只列前 %(shown)s 处") % {"shown": SHOWN})

    # Boundaries
    def _areas(self, path: Path, by: User, *, commit: bool) -> None:
        outcome = import_areas(path, by=by, commit=commit)
        words = _("边界 %(placed)s 个对上单位，%(unknown)s 个没有对应的单位。")
        counts = {"placed": len(outcome.placed), "unknown": len(outcome.unknown)}
        self.stdout.write(words % counts)
        for name, near in outcome.unknown.items():
            hint = _("相近的有：%(names)s") % {"names": "、".join(near)} if near else ""
            self.stdout.write(f"  {name} {hint}")
        self.stdout.write(
            _("已写入。") if commit else _("只是预览，没有写入。确认无误后加 --commit。")
        )


def _counts(source: Any) -> dict[str, int]:
    return {name: getattr(source, name) for name in ("new", "changed", "same", "refused")}


def _person(username: str) -> User:
    if not username:
        return robot()
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise CommandError(_("没有登录名为“%(name)s”的人。") % {"name": username})
    return person


def _campaign(code: str) -> Campaign | None:
    """The named campaign, else the main one; a wrong code is told."""
    found = Campaign.objects.filter(code=code) if code else Campaign.objects.filter(main=True)
    campaign = found.first()
    if code and campaign is None:
        raise CommandError(_("没有代码为“%(code)s”的创建工作。") % {"code": code})
    return campaign


def _mapping(path: Path | None) -> SheetMapping | None:
    if path is None:
        return None
    try:
        return SheetMapping.from_yaml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise CommandError(f"{path}: {fault}") from None
