"""The page on which a spreadsheet is imported: upload, preview, confirm."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tongchuang.core.files import FileRefused, store_file
from tongchuang.core.models import StoredFile
from tongchuang.core.pages import export_response, render_page
from tongchuang.core.tabular import ImportRefused, Outcome, Preview, Sheet

WAITING, DONE = "import", "imported"
_DAY = 24 * 3600
T = TypeVar("T")


class _Expired(Exception):
    """The confirmation belongs to no upload of this person for this table."""


def sheet_import_page(
    request: HttpRequest,
    sheet: Sheet[T],
    *,
    back_url: str,
    template: str = "core/sheet_import.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Serve the whole import of `sheet`; the caller's view has checked the right to it.

    GET shows the form, GET ?template the empty table. POST with `file` shows the preview; POST
    with `upload` confirms it, once however often it is sent, and goes to `back_url`.
    """
    here = {"sheet": sheet, "back_url": back_url, **(context or {})}
    if "template" in request.GET:
        return export_response(sheet.template(), _("%(name)s导入模板.xlsx") % {"name": sheet.name})
    if request.method != "POST":
        return render_page(request, template, here)
    try:
        if "upload" in request.POST:
            _confirm(request, sheet)
            return redirect(back_url)
        here |= _previewed(request, sheet)
    except FileRefused as fault:
        here["refusal"] = str(fault)
    except ImportRefused as fault:
        here["errors"] = fault.errors
    except _Expired:
        here["refusal"] = _("这次上传已失效，请重新选择文件。")
    status = 422 if here.keys() & {"refusal", "errors"} else 200
    return render_page(request, template, here, status=status)


def _previewed(request: HttpRequest, sheet: Sheet[T]) -> dict[str, Any]:
    file = request.FILES.get("file")
    if file is None or isinstance(file, list):
        raise FileRefused(_("请选择要导入的文件。"))
    with transaction.atomic():
        stored = store_file(
            file, by=_person(request), purpose=WAITING, public_copy=False, accept=("sheet",)
        )
        preview = _preview_of(sheet, stored)
    found: dict[str, Any] = {"preview": preview, "name": stored.name}
    if preview.errors:
        return found | {"errors": preview.errors}
    return found | {"upload": _token(request, sheet, stored)}


def _preview_of(sheet: Sheet[T], stored: StoredFile) -> Preview[T]:
    with stored.sealed.open("rb") as file:
        return sheet.preview(file)


@transaction.atomic
def _confirm(request: HttpRequest, sheet: Sheet[T]) -> None:
    stored = _waiting(request, sheet)
    if stored.purpose == DONE:
        messages.info(request, _("这份文件已经导入过，没有重复导入。"))
        return
    outcome = _preview_of(sheet, stored).commit(by=_person(request))
    stored.purpose = DONE
    stored.save(update_fields=["purpose"])
    messages.success(request, _outcome_words(outcome))


def _waiting(request: HttpRequest, sheet: Sheet[T]) -> StoredFile:
    try:
        pk, name, person = signing.loads(request.POST["upload"], salt="sheet", max_age=_DAY)
    except signing.BadSignature:
        raise _Expired from None
    if name != sheet.name or person != _person(request).pk:
        raise _Expired
    found = StoredFile.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise _Expired
    return found


def _token(request: HttpRequest, sheet: Sheet[T], stored: StoredFile) -> str:
    return signing.dumps([stored.pk, sheet.name, _person(request).pk], salt="sheet")


def _person(request: HttpRequest) -> AbstractBaseUser:
    assert request.user.is_authenticated  # noqa: S101 -- the caller's guard; for the type checker
    return request.user


def _outcome_words(outcome: Outcome) -> str:
    return _("导入完成：新增 %(new)s 行，更新 %(changed)s 行，未变 %(same)s 行。") % {
        "new": outcome.new,
        "changed": outcome.changed,
        "same": outcome.same,
    }
