"""One search over everything that a person may see."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import can
from tongchuang.accounts.queries import find_units, units_visible_to
from tongchuang.cases.models import Case
from tongchuang.cases.queries.lists import state_word
from tongchuang.core import clock, search
from tongchuang.core.pages import Counted, capped_count
from tongchuang.dossiers.models import Paper
from tongchuang.places.queries import site_list
from tongchuang.projects.queries import ProjectFilter, project_list
from tongchuang.standards.models import Clause

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that was found."""

    title: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class HitGroup:
    """What was found of one kind; `url` opens all of it where such a list exists."""

    label: str | Promise
    icon: str
    count: Counted
    hits: list[Hit]
    url: str = ""


def find(user: User, words: str) -> list[HitGroup]:
    """Records that hold `words`, by kind, without the empty kinds; nothing for blank words."""
    words = words.strip()
    if not words:
        return []
    searches = (
        ("cases.view", _cases),
        ("places.view", _sites),
        ("standards.view", _clauses),
        ("projects.view", _projects),
        ("dossiers.view", _papers),
        ("accounts.view", _units),
    )
    groups = [seek(user, words) for action, seek in searches if can(user, action)]
    return [group for group in groups if group.hits]


def _group(
    label: str | Promise, icon: str, rows: QuerySet[Model], hits: Iterable[Hit], url: str
) -> HitGroup:
    return HitGroup(label, icon, capped_count(rows), list(hits), url)


def _cases(user: User, words: str) -> HitGroup:
    named = Q(pk__in=search.match("case", words)) | Q(number__startswith=words)
    rows = Case.objects.visible_to(user).filter(named)
    hits = [
        Hit(
            f"{case.number} {case.title}",
            f"{state_word(case)} · {case.site or case.address or '–'}",
            reverse("cases:detail", args=[case.pk]),
        )
        for case in rows.select_related("site").order_by("-id")[:SHOWN]
    ]
    url = f"{reverse('cases:list')}?{urlencode({'tab': 'all', 'q': words})}"
    return _group(_("问题案件"), "case", rows, hits, url)


def _sites(user: User, words: str) -> HitGroup:
    rows = site_list(user, text=words)
    hits = [
        Hit(
            site.name,
            f"{site.code} · {site.site_type.name} · {site.territory}",
            reverse("places:site_detail", args=[site.code]),
        )
        for site in rows[:SHOWN]
    ]
    url = f"{reverse('places:site_list')}?{urlencode({'q': words})}"
    return _group(_("点位"), "pin", rows, hits, url)


def _clauses(_user: User, words: str) -> HitGroup:
    named = Q(title__icontains=words) | Q(text__icontains=words) | Q(code__iexact=words)
    named |= Q(title_en__icontains=words)
    rows = (
        Clause.objects.filter(named)
        .select_related("framework")
        .order_by("framework__ordinal", "ordinal")
    )
    hits = [
        Hit(
            row.name,
            " · ".join(filter(None, [str(row.framework), row.number])),
            reverse("desk:clause", args=[row.code]),
        )
        for row in rows[:SHOWN]
    ]
    return _group(_("条款"), "tree", rows, hits, "")


def _projects(user: User, words: str) -> HitGroup:
    rows = project_list(user, ProjectFilter(q=words), on=clock.today())
    hits = [
        Hit(
            project.title,
            f"{project.code} · {project.get_status_display()} · {project.unit}",
            reverse("projects:detail", args=[project.pk]),
        )
        for project in rows.select_related("unit")[:SHOWN]
    ]
    url = f"{reverse('projects:list')}?{urlencode({'q': words})}"
    return _group(_("硬件项目"), "project", rows, hits, url)


def _papers(user: User, words: str) -> HitGroup:
    named = Q(pk__in=search.match("paper", words)) | Q(document_no__icontains=words)
    rows = Paper.objects.visible_to(user).filter(named).select_related("unit")
    hits = [
        Hit(
            paper.title,
            " · ".join(filter(None, [paper.document_no, str(paper.unit), str(paper.year)])),
            reverse("dossiers:paper_detail", args=[paper.pk]),
        )
        for paper in rows[:SHOWN]
    ]
    url = f"{reverse('dossiers:paper_list')}?{urlencode({'q': words})}"
    return _group(_("档案资料"), "box", rows, hits, url)


def _units(user: User, words: str) -> HitGroup:
    rows = find_units(units_visible_to(user), words)
    hits = [
        Hit(
            unit.name,
            f"{unit.get_kind_display()} · {unit.code}",
            reverse("accounts:unit_detail", args=[unit.pk]),
        )
        for unit in rows[:SHOWN]
    ]
    url = f"{reverse('accounts:unit_list')}?{urlencode({'q': words})}"
    return _group(_("单位"), "user", rows, hits, url)
