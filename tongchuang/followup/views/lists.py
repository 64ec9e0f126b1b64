"""The lists: weak clauses, strengths, key difficulties, the three ticks of every item."""

from typing import Any, TypeVar

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tongchuang.accounts.permissions import Request, can, requires
from tongchuang.campaigns.models import Campaign
from tongchuang.campaigns.queries import next_gate
from tongchuang.core import audit, clock
from tongchuang.core.pages import export_response, render_page
from tongchuang.core.tabular import Sheet
from tongchuang.followup import queries, sheets
from tongchuang.followup.queries import GapLine, ItemLine, KeyLine, StrengthLine, WeakLine
from tongchuang.priorities.queries import deferrals_to_decide
from tongchuang.priorities.views import campaign_of

T = TypeVar("T")
_ANSWERS = ("none", "waiting", "reason", "task", "project")


# Weak clauses
@requires("assessment.view")
@require_GET
def weak_list(request: Request) -> HttpResponse:
    return weak_page(request, campaign_of(request))


def weak_page(request: Request, campaign: Campaign | None) -> HttpResponse:
    """Every clause below the line with what answers it."""
    lines = queries.weak_lines(request.user, campaign, on=clock.today()) if campaign else []
    tab = _asked(request, "tab", _ANSWERS)
    context = {
        "campaign": campaign,
        "lines": [line for line in lines if not tab or line.answer == tab],
        "tab": tab,
        "tabs": [
            ("", _("全部"), len(lines)),
            *((key, words, sum(one.answer == key for one in lines)) for key, words in _answers()),
        ],
        "unanswered": sum(not line.answered for line in lines),
        "decidable": {row.pk for row in deferrals_to_decide(request.user)},
        "today": clock.today(),
    }
    return render_page(request, "followup/weak_list.html", context, fragment="rows")


def _answers() -> list[tuple[str, str]]:
    return [
        ("none", _("短板无任务")),
        ("waiting", _("理由待批")),
        ("reason", _("暂不立任务")),
        ("task", _("已有任务")),
        ("project", _("项目在办")),
    ]


@requires("assessment.view")
@require_GET
def weak_export(request: Request) -> HttpResponse:
    campaign = _campaign(request)
    tab = _asked(request, "tab", _ANSWERS)
    lines: list[WeakLine] = queries.weak_lines(request.user, campaign, on=clock.today())
    wanted = [line for line in lines if not tab or line.answer == tab]
    return _export(request, campaign, sheets.weak_sheet(), wanted, _("短板清单.xlsx"))


# From the launch to the gate
@requires("assessment.view")
@require_GET
def gap_list(request: Request) -> HttpResponse:
    """What was short at the launch or is now: closed or open, by clause, unit and place."""
    campaign = campaign_of(request)
    report = queries.gap_report(request.user, campaign) if campaign else None
    tab = _asked(request, "tab", ("open", "closed"))
    lines = report.lines if report else []
    context = {
        "campaign": campaign,
        "report": report,
        "gate": next_gate(campaign) if campaign else None,
        "lines": [line for line in lines if not tab or line.closed == (tab == "closed")],
        "tab": tab,
        "tabs": [
            ("", _("全部"), len(lines)),
            ("open", _("未补齐"), report.open if report else 0),
            ("closed", _("已补齐"), report.closed if report else 0),
        ],
    }
    return render_page(request, "followup/gap_list.html", context, fragment="rows")


@requires("assessment.view")
@require_GET
def gap_export(request: Request) -> HttpResponse:
    campaign = _campaign(request)
    lines: list[GapLine] = queries.gap_report(request.user, campaign).lines
    return _export(request, campaign, sheets.gap_sheet(), lines, _("补缺补差.xlsx"))


# Strengths
@requires("assessment.view")
@require_GET
def strength_list(request: Request) -> HttpResponse:
    campaign = campaign_of(request)
    lines = queries.strength_lines(request.user, campaign) if campaign else []
    tab = _asked(request, "tab", ("aimed", "behind", "reached", "worse"))
    context = {
        "campaign": campaign,
        "lines": [line for line in lines if not tab or _fits(line, tab)],
        "tab": tab,
        "tabs": [
            ("", _("全部"), len(lines)),
            *(
                (key, words, sum(_fits(one, key) for one in lines))
                for key, words in _strength_tabs()
            ),
        ],
        "decides": bool(campaign) and can(request.user, "priorities.decide", campaign),
    }
    return render_page(request, "followup/strength_list.html", context, fragment="rows")


def _strength_tabs() -> list[tuple[str, str]]:
    return [
        ("aimed", _("已定争先目标")),
        ("reached", _("已达争先目标")),
        ("behind", _("离争先目标有差距")),
        ("worse", _("比上期变差")),
    ]


def _fits(line: StrengthLine, tab: str) -> bool:
    return {
        "aimed": line.target is not None,
        "reached": line.reached,
        "behind": bool(line.gap),
        "worse": line.trend == "worse",
    }[tab]


@requires("assessment.view")
@require_GET
def strength_export(request: Request) -> HttpResponse:
    campaign = _campaign(request)
    lines = queries.strength_lines(request.user, campaign)
    return _export(request, campaign, sheets.strength_sheet(), lines, _("优势清单.xlsx"))


# Key difficulties
@requires("assessment.view")
@require_GET
def key_list(request: Request) -> HttpResponse:
    campaign = campaign_of(request)
    lines = queries.key_lines(request.user, campaign) if campaign else []
    tab = _asked(request, "tab", ("named", "derived", "incomplete"))
    context = {
        "campaign": campaign,
        "lines": [line for line in lines if not tab or _is(line, tab)],
        "tab": tab,
        "tabs": [
            ("", _("全部"), len(lines)),
            *((key, words, sum(_is(one, key) for one in lines)) for key, words in _key_tabs()),
        ],
        "decides": bool(campaign) and can(request.user, "priorities.decide", campaign),
        "today": clock.today(),
    }
    return render_page(request, "followup/key_list.html", context, fragment="rows")


def _key_tabs() -> list[tuple[str, str]]:
    return [
        ("named", _("会议确定")),
        ("derived", _("记录反映、尚未确定")),
        ("incomplete", _("缺领导、单位或日期")),
    ]


def _is(line: KeyLine, tab: str) -> bool:
    return {
        "named": line.named is not None,
        "derived": line.named is None,
        "incomplete": not line.complete,
    }[tab]


@requires("assessment.view")
@require_GET
def key_export(request: Request) -> HttpResponse:
    campaign = _campaign(request)
    lines = queries.key_lines(request.user, campaign)
    return _export(request, campaign, sheets.key_sheet(), lines, _("难点重点清单.xlsx"))


# The three ticks
@requires("assessment.view")
@require_GET
def item_list(request: Request) -> HttpResponse:
    campaign = campaign_of(request)
    every = queries.item_lines(request.user, campaign) if campaign else []
    unit = request.GET.get("unit", "")[:40]
    lines = [line for line in every if not unit or _led_by(line, unit)]
    tab = _asked(request, "tab", ("missing", "attended", "studied", "done"))
    context = {
        "campaign": campaign,
        "lines": [line for line in lines if not tab or _lacks(line, tab)],
        "tab": tab,
        "tabs": [
            ("", _("全部"), len(lines)),
            *((key, words, sum(_lacks(one, key) for one in lines)) for key, words in _item_tabs()),
        ],
        "unit": unit,
        "units": _leads(every),
    }
    return render_page(request, "followup/item_list.html", context, fragment="rows")


def _item_tabs() -> list[tuple[str, str]]:
    return [
        ("missing", _("没有做全")),
        ("attended", _("缺重视")),
        ("studied", _("缺研究")),
        ("done", _("缺落实")),
    ]


def _lacks(line: ItemLine, tab: str) -> bool:
    return bool(line.missing) if tab == "missing" else tab in line.missing


def _led_by(line: ItemLine, unit: str) -> bool:
    return line.duty is not None and line.duty.lead.code == unit


def _leads(lines: list[ItemLine]) -> list[tuple[str, str]]:
    """Lead units with the number of their items that are not complete."""
    found: dict[str, list[Any]] = {}
    for line in lines:
        if line.duty:
            row = found.setdefault(line.duty.lead.code, [line.duty.lead, 0])
            row[1] += bool(line.missing)
    rows = sorted(found.items(), key=lambda one: one[1][0].path)
    return [(code, f"{unit.label}（{number}）") for code, (unit, number) in rows]


@requires("assessment.view")
@require_GET
def item_export(request: Request) -> HttpResponse:
    campaign = _campaign(request)
    unit = request.GET.get("unit", "")
    tab = _asked(request, "tab", ("missing", "attended", "studied", "done"))
    lines = [
        line
        for line in queries.item_lines(request.user, campaign)
        if (not unit or _led_by(line, unit)) and (not tab or _lacks(line, tab))
    ]
    return _export(request, campaign, sheets.item_sheet(), lines, _("重视研究落实.xlsx"))


def _export(
    request: Request, campaign: Campaign, sheet: Sheet[T], lines: list[T], name: str
) -> HttpResponse:
    audit.record(
        subject=campaign, action="export_list", by=request.user, after={"note": sheet.name}
    )
    return export_response(sheet.export(lines), name)


def _campaign(request: Request) -> Campaign:
    campaign = campaign_of(request)
    if campaign is None:
        raise Http404
    return campaign


def _asked(request: Request, name: str, known: tuple[str, ...]) -> str:
    value = request.GET.get(name, "")
    return value if value in known else ""
