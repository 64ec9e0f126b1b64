"""Pages of dossiers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.files.base import File
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import Request, require, requires
from tongchuang.accounts.queries import each_as_of, show_as_of
from tongchuang.campaigns import queries as campaign_queries
from tongchuang.campaigns.models import Campaign
from tongchuang.core import audit, clock
from tongchuang.core.files import FileRefused, serve_file
from tongchuang.core.flow import WrongState
from tongchuang.core.pages import (
    export_response,
    keyset,
    render_page,
    requested_sort,
    stale,
)
from tongchuang.dossiers import queries, services
from tongchuang.dossiers.forms import PaperForm, ReasonForm
from tongchuang.dossiers.models import FLOW, Paper
from tongchuang.dossiers.queries import PaperFilter
from tongchuang.dossiers.sheets import paper_sheet
from tongchuang.standards.models import Clause

_SORTS = {"dated": ["dated_on"], "year": ["year"], "title": ["title"]}
_MOST_FIGURES = 200
_FIRST_STATES = ("registered", "accepted", "returned", "superseded")


@requires("dossiers.view")
def paper_list(request: Request) -> HttpResponse:
    campaign = _campaign(request)
    wanted = _wanted(request)
    papers = queries.paper_list(request.user, campaign, wanted)
    sort = requested_sort(request, _SORTS, default="-dated")
    context = {
        "page": keyset(request, papers, order=sort.order),
        "campaign": campaign,
        "tabs": _tabs(request, campaign),
        "wanted": wanted,
        "years": [(year, year) for year in queries.paper_years(request.user)],
        "articles": [(c.code, f"{c.number} {c.name}") for c in _articles(campaign)],
    }
    return render_page(request, "dossiers/paper_list.html", context, fragment="rows")


@requires("dossiers.view")
def paper_detail(request: Request, pk: int) -> HttpResponse:
    return _detail(request, _paper(request, pk))


def _figures(request: Request, paper: Paper) -> QuerySet[Any]:
    """The figures in force that name this paper; they are held by an app above."""
    figures = paper.figures.visible_to(request.user).current()
    found: QuerySet[Any] = figures.select_related("measure__clause", "unit")
    return found.order_by("measure__clause__framework", "measure__clause__ordinal", "period")


def _detail(request: Request, paper: Paper, status: int = 200, **more: Any) -> HttpResponse:
    show_as_of([(paper.unit, paper.dated_on)])
    own = paper.registered_by_id == request.user.pk
    moves = FLOW.available(paper, request.user)
    figures = _figures(request, paper)
    context = {
        "paper": paper,
        "clauses": paper.clauses.order_by("ordinal"),
        "figures": figures[:_MOST_FIGURES],
        "figure_count": figures.count(),
        "moves": [move for move in moves if not (own and move in {"accept", "return"})],
        "own": own and paper.status == Paper.Status.REGISTERED,
        "events": audit.history(paper).order_by("-id")[:50],
        "return_form": ReasonForm(),
        "supersede_form": ReasonForm(),
        **more,
    }
    return render_page(request, "dossiers/paper_detail.html", context, status=status)


@requires("dossiers.register")
def paper_new(request: Request) -> HttpResponse:
    campaign = _campaign(request)
    if campaign is None:
        raise Http404
    form = _form(request, campaign, initial=_from_address(request))
    if request.method == "POST" and form.is_valid():
        paper = _try(form, lambda facts: _register(request, campaign, facts))
        if paper:
            messages.success(request, _("已登记，等待审核。"))
            return redirect("dossiers:paper_detail", pk=paper.pk)
    context = {"form": form, "campaign": campaign, "paper": None}
    return render_page(request, "dossiers/paper_form.html", context, status=_status(form))


@requires("dossiers.register")
def paper_resubmit(request: Request, pk: int) -> HttpResponse:
    paper = _paper(request, pk)
    require(request.user, "dossiers.register", paper)
    form = _form(request, paper.campaign, initial=_initial(paper), has_file=bool(paper.file_id))
    del form.fields["unit"]
    context: dict[str, Any] = {"form": form, "campaign": paper.campaign, "paper": paper}
    if request.method == "POST" and stale(request, paper):
        context["stale"] = _last_event(paper)
        return render_page(request, "dossiers/paper_form.html", context, status=409)
    if _was_sent(request, form) and _try(form, lambda facts: _resubmit(request, paper, facts)):
        messages.success(request, _("已重新上报，等待审核。"))
        return redirect("dossiers:paper_detail", pk=pk)
    return render_page(request, "dossiers/paper_form.html", context, status=_status(form))


@requires("dossiers.view")
@require_POST
def paper_accept(request: Request, pk: int) -> HttpResponse:
    return _move(request, pk, services.accept_paper, _("已采用，对所佐证的每一条都有效。"))


@requires("dossiers.view")
@require_POST
def paper_return(request: Request, pk: int) -> HttpResponse:
    done = _("已退回，登记单位会在待办中看到。")
    return _move(request, pk, services.return_paper, done, form_name="return_form")


@requires("dossiers.view")
@require_POST
def paper_supersede(request: Request, pk: int) -> HttpResponse:
    done = _("已标为替换，不再作为佐证。")
    return _move(request, pk, services.supersede_paper, done, form_name="supersede_form")


def _move(
    request: Request, pk: int, service: Callable[..., Paper], done: str, *, form_name: str = ""
) -> HttpResponse:
    """Take one move, with its reason when the move has a form; done twice it is told, not done."""
    paper = _paper(request, pk)
    form = ReasonForm(request.POST) if form_name else None
    shown = {form_name: form} if form else {}
    if stale(request, paper):
        return _detail(request, paper, 409, stale=_last_event(paper), **shown)
    if form and not form.is_valid():
        return _detail(request, paper, 422, **shown)
    reason = {"reason": form.cleaned_data["reason"]} if form else {}
    try:
        service(paper, by=request.user, at=clock.now(), **reason)
    except WrongState as fault:
        messages.info(request, str(fault))
    else:
        messages.success(request, done)
    return redirect("dossiers:paper_detail", pk=pk)


def _last_event(paper: Paper) -> dict[str, Any]:
    """Who moved the paper since, for the form that came too late."""
    event = audit.history(paper).last()
    return {"by": event.actor_name, "at": event.at} if event else {"by": "", "at": None}


@requires("dossiers.view")
def paper_file(request: Request, pk: int) -> HttpResponse | FileResponse:
    paper = _paper(request, pk)
    if paper.file is None:
        raise Http404
    return serve_file(request, paper.file, "sealed")


@requires("dossiers.view")
def paper_export(request: Request) -> HttpResponse:
    papers = queries.paper_list(request.user, _campaign(request), _wanted(request))
    audit.record(
        subject=request.user,
        action="export_papers",
        by=request.user,
        after={"filters": request.GET.dict()},
    )
    rows = papers.order_by("year", "unit__path", "dated_on").iterator(chunk_size=1000)
    named = each_as_of(rows, lambda paper: [(paper.unit, paper.dated_on)])
    return export_response(paper_sheet().export(named), _("资料目录.xlsx"))


@requires("dossiers.view")
def clause_evidence(request: Request, code: str) -> HttpResponse:
    clause = get_object_or_404(Clause.objects.select_related("parent", "framework"), code=code)
    article = clause.parent if clause.level == Clause.Level.REQUIREMENT else clause
    campaigns = Campaign.objects.visible_to(request.user).filter(framework=clause.framework)
    campaign = campaigns.first()
    day = clock.today()
    units = (
        queries.clause_papers(request.user, campaign, article or clause, on=day) if campaign else []
    )
    asked = queries.asked_by_article(clause.framework_id).get((article or clause).pk, ())
    context = {"clause": article or clause, "campaign": campaign, "units": units, "asked": asked}
    return render_page(request, "dossiers/clause_evidence.html", context)


# What the address and the forms say
def _campaign(request: Request) -> Campaign | None:
    campaigns = campaign_queries.campaigns_for(request.user)
    asked = request.GET.get("campaign") or ""
    chosen = request.session.get("campaign")
    found = [one for one in campaigns if one.code == asked or (not asked and one.pk == chosen)]
    return next(iter(found), None) or next((one for one in campaigns if one.framework_id), None)


def _articles(campaign: Campaign | None) -> list[Clause]:
    framework = campaign.framework_id if campaign else None
    clauses = Clause.objects.filter(framework=framework, level=Clause.Level.ARTICLE)
    return list(clauses.order_by("ordinal"))


def _wanted(request: HttpRequest) -> PaperFilter:
    asked = request.GET
    year, unit, clause = asked.get("year", ""), asked.get("unit", ""), asked.get("clause", "")
    return PaperFilter(
        status=asked.get("status", "") if asked.get("status") in Paper.Status.values else "",
        unit=_unit(unit) if unit else None,
        year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None,
        clause=Clause.objects.filter(code=clause).first() if clause else None,
        requirement=asked.get("requirement", "")[:120],
        q=asked.get("q", "").strip()[:60],
    )


def _unit(code: str) -> Unit | None:
    found: Unit | None = Unit.objects.filter(code=code).first()
    return found


def _tabs(request: Request, campaign: Campaign | None) -> list[tuple[str, object, int]]:
    wanted = _wanted(request)
    others = PaperFilter("", wanted.unit, wanted.year, wanted.clause, wanted.requirement, wanted.q)
    counts = queries.status_counts(queries.paper_list(request.user, campaign, others))
    labels = dict(Paper.Status.choices)
    states = [(state, labels[state], counts.get(state, 0)) for state in _FIRST_STATES]
    return [("", _("全部"), counts[""]), *states]


def _paper(request: Request, pk: int) -> Paper:
    papers = Paper.objects.visible_to(request.user)
    return get_object_or_404(
        papers.select_related("unit", "campaign", "file", "registered_by", "reviewed_by"), pk=pk
    )


def _form(request: Request, campaign: Campaign, **more: Any) -> PaperForm:
    data = request.POST if request.method == "POST" else None
    files = request.FILES if request.method == "POST" else None
    form = PaperForm(data, files, user=request.user, campaign=campaign, **more)
    asked = queries.asked_by_article(campaign.framework_id).values()
    form.suggest(list(dict.fromkeys(text for texts in asked for text in texts)))
    return form


def _from_address(request: Request) -> dict[str, object]:
    clause = Clause.objects.filter(code=request.GET.get("clause", "")).first()
    return {
        "clauses": [clause.pk] if clause else [],
        "requirement": request.GET.get("requirement", ""),
        "unit": request.user.unit_id,
    }


def _initial(paper: Paper) -> dict[str, object]:
    names = (
        "title",
        "requirement",
        "document_no",
        "issuer",
        "dated_on",
        "year",
        "pages",
        "kept_at",
    )
    values: dict[str, object] = {name: getattr(paper, name) for name in names}
    return {**values, "clauses": [clause.pk for clause in paper.clauses.all()]}


def _was_sent(request: Request, form: PaperForm) -> bool:
    return request.method == "POST" and form.is_valid()


def _try(form: PaperForm, act: Callable[[dict[str, Any]], Paper]) -> Paper | None:
    """Do it; a file that is refused is told beside its field and nothing else is lost."""
    try:
        return act(dict(form.cleaned_data))
    except FileRefused as fault:
        form.add_error("upload", str(fault))
    except WrongState as fault:
        form.add_error(None, str(fault))
    return None


def _register(request: Request, campaign: Campaign, facts: dict[str, Any]) -> Paper:
    upload: File[bytes] | None = facts.pop("upload")
    unit, clauses = facts.pop("unit"), facts.pop("clauses")
    return services.register_paper(
        campaign, unit, clauses=clauses, upload=upload, by=request.user, at=clock.now(), **facts
    )


def _resubmit(request: Request, paper: Paper, facts: dict[str, Any]) -> Paper:
    upload: File[bytes] | None = facts.pop("upload")
    clauses = facts.pop("clauses")
    return services.resubmit_paper(
        paper, clauses=clauses, upload=upload, by=request.user, at=clock.now(), **facts
    )


def _status(form: PaperForm) -> int:
    return 422 if form.errors else 200
