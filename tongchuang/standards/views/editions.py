"""Two editions beside each other: articles, targets, and both as Excel."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tongchuang.accounts.permissions import Request, requires
from tongchuang.core.pages import export_response, render_page
from tongchuang.standards.edition_files import compared, edition_mapping
from tongchuang.standards.edition_sheet import (
    article_lines,
    change_words,
    editions_sheet,
    measure_lines,
)
from tongchuang.standards.models import DataFile, Framework


@requires("standards.view")
@require_GET
def edition_compare(request: Request, code: str, other: str) -> HttpResponse:
    if edition_mapping(code, other) is None and edition_mapping(other, code) is not None:
        return redirect("standards:edition_compare", code=other, other=code)
    old, new = _file(code), _file(other)
    found, only = compared(old, new), request.GET.get("only", "")
    counts = found.counts
    context = {
        "old": get_object_or_404(Framework, code=code),
        "new": get_object_or_404(Framework, code=other),
        "lines": article_lines(found, only=only),
        "targets": measure_lines(found),
        "only": only,
        "tabs": [
            ("", _("全部"), len(found.rows)),
            *((change, words, counts[change]) for change, words in change_words().items()),
        ],
        "by_people": edition_mapping(code, other) is not None,
    }
    return render_page(request, "standards/edition_compare.html", context)


@requires("standards.view")
@require_GET
def edition_export(request: Request, code: str, other: str) -> HttpResponse:
    found = compared(_file(code), _file(other))
    lines = [*article_lines(found), *measure_lines(found, same=True)]
    return export_response(editions_sheet().export(lines), f"{code}-{other}.xlsx")


def _file(code: str) -> DataFile:
    return get_object_or_404(DataFile, kind="framework", code=code)
