"""The paper of a bulletin: on A4, as Word, PDF and spreadsheet."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tongchuang.accounts.permissions import Request, requires
from tongchuang.core import audit, clock
from tongchuang.core.documents import OfficialDocument, to_pdf
from tongchuang.core.files import serve_file
from tongchuang.core.pages import export_response, render_page
from tongchuang.supervision import a4, paper, services
from tongchuang.supervision.models import Bulletin, Erratum
from tongchuang.supervision.services.consulting import month_words
from tongchuang.supervision.sheets import score_rows, score_sheet
from tongchuang.supervision.views.reading import visible_bulletin


@requires("supervision.view")
@require_GET
def bulletin_print(request: Request, pk: int) -> HttpResponse:
    bulletin = visible_bulletin(request, pk)
    document = _document(bulletin)
    context = {"bulletin": bulletin, "document": document, "sheets": a4.sheets(document)}
    return render_page(request, "supervision/bulletin_print.html", context)


def _document(bulletin: Bulletin) -> OfficialDocument:
    on = paper.local_day(bulletin.issued_at or clock.now())
    return paper.bulletin_paper(bulletin, on=on)


@requires("supervision.view")
@require_GET
def bulletin_docx(request: Request, pk: int) -> HttpResponse | FileResponse:
    """The issued file as it was stored; before that a draft made on the spot."""
    bulletin = visible_bulletin(request, pk)
    if bulletin.docx:
        return serve_file(request, bulletin.docx, "sealed")
    return export_response(_document(bulletin).docx(), _draft_name(bulletin, "docx"))


@requires("supervision.view")
@require_GET
def bulletin_pdf(request: Request, pk: int) -> HttpResponse | FileResponse:
    bulletin = visible_bulletin(request, pk)
    if bulletin.status == Bulletin.Status.ISSUED:
        bulletin = services.print_bulletin(bulletin, by=request.user)
        if bulletin.pdf:
            return serve_file(request, bulletin.pdf, "sealed")
    else:
        data = to_pdf(_document(bulletin).docx())
        if data:
            return export_response(data, _draft_name(bulletin, "pdf"))
    messages.warning(
        request, _("服务器上没有 LibreOffice，不能转成 PDF。请下载 Word 文件，或用浏览器打印。")
    )
    return redirect("supervision:bulletin_detail", pk=pk)


def _draft_name(bulletin: Bulletin, ending: str) -> str:
    return _("%(month)s通报（稿）.%(ending)s") % {
        "month": month_words(bulletin),
        "ending": ending,
    }


@requires("supervision.view")
@require_GET
def bulletin_xlsx(request: Request, pk: int) -> HttpResponse:
    bulletin = visible_bulletin(request, pk)
    audit.record(subject=bulletin, action="export_scores", by=request.user)
    data = score_sheet().export(score_rows(bulletin))
    return export_response(data, _("%(month)s得分表.xlsx") % {"month": month_words(bulletin)})


@requires("supervision.view")
@require_GET
def erratum_docx(request: Request, pk: int) -> HttpResponse | FileResponse:
    seen = Bulletin.objects.visible_to(request.user).order_by()
    erratum = get_object_or_404(Erratum.objects.filter(bulletin__in=seen), pk=pk)
    if erratum.docx is None:
        raise Http404
    return serve_file(request, erratum.docx, "sealed")
