"""Every record that hangs on the clauses of an edition in one campaign, kind by kind."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import subtree
from tongchuang.assessment.models import Cell, Figure, Snapshot
from tongchuang.campaigns.models import Assignment, Campaign, Task
from tongchuang.cases.models import Case
from tongchuang.changeover.models import Line
from tongchuang.changeover.rules import Hanging
from tongchuang.dossiers.models import Paper
from tongchuang.projects.models import Project
from tongchuang.standards.models import Framework

_K = Line.Kind


@dataclass(slots=True)
class Hung:
    """Records by kind; beside them the leads of duties and the kinds of projects."""

    rows: dict[str, list[Hanging]] = field(default_factory=lambda: defaultdict(list))
    leads: dict[int, int] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)

    def add(self, hanging: Hanging) -> None:
        """Keep one more."""
        self.rows[hanging.kind].append(hanging)


def gather_hangings(campaign: Campaign, old: Framework) -> Hung:
    """Nine queries, however many records. Closed, cancelled and returned ones are there too."""
    hung = Hung()
    _duties(hung, campaign, old)
    _tasks(hung, campaign, old)
    _papers(hung, campaign, old)
    _figures(hung, campaign, old)
    _cases(hung, campaign, old)
    _projects(hung, campaign, old)
    _judgements(hung, campaign, old)
    return hung


def _duties(hung: Hung, campaign: Campaign, old: Framework) -> None:
    rows = Assignment.objects.filter(campaign=campaign, clause__framework=old)
    for row in rows.select_related("clause", "lead").order_by("clause__ordinal", "pk"):
        facts = (("lead", row.lead.code), ("origin", row.origin), ("reason", row.reason))
        hung.leads[row.pk] = row.lead_id
        label = row.lead.label
        hung.add(Hanging(_K.DUTY, str(row.pk), row.pk, row.clause.code, label, facts))


def _tasks(hung: Hung, campaign: Campaign, old: Framework) -> None:
    rows = Task.objects.filter(campaign=campaign, clause__framework=old).order_by("pk")
    for pk, code, title, status in rows.values_list("pk", "clause__code", "title", "status"):
        facts = (("status", status),)
        hung.add(Hanging(_K.TASK, str(pk), pk, code, title, facts))


def _papers(hung: Hung, campaign: Campaign, old: Framework) -> None:
    """The label is the asked text: it is what a line decides about."""
    links = Paper.clauses.through.objects.filter(
        paper__campaign=campaign, clause__framework=old
    ).order_by("clause__ordinal", "paper")
    columns = ("paper", "clause__code", "paper__requirement", "paper__title", "paper__status")
    for pk, code, text, title, status in links.values_list(*columns):
        facts = (("title", title), ("status", status))
        hung.add(Hanging(_K.PAPER, f"{code}#{text}", pk, code, text, facts))


def _figures(hung: Hung, campaign: Campaign, old: Framework) -> None:
    units = Unit.objects.filter(subtree(campaign.city.path))
    rows = Figure.objects.current().filter(measure__clause__framework=old, unit__in=units)
    columns = ("pk", "measure__code", "measure__clause__code", "measure__name", "period", "value")
    for pk, measure, code, name, period, value in rows.order_by("pk").values_list(*columns):
        facts = (("period", period), ("value", f"{value.normalize():f}"))
        hung.add(Hanging(_K.FIGURE, measure, pk, code, name, facts))


def _cases(hung: Hung, campaign: Campaign, old: Framework) -> None:
    links = Case.clauses.through.objects.filter(case__campaign=campaign, clause__framework=old)
    columns = ("case", "clause__code", "case__number", "case__title", "case__status")
    for pk, code, number, title, status in links.order_by("case").values_list(*columns):
        facts = (("status", status),)
        label = f"{number} {title}".strip()
        hung.add(Hanging(_K.CASE, code, pk, code, label, facts))


def _projects(hung: Hung, campaign: Campaign, old: Framework) -> None:
    links = Project.clauses.through.objects.filter(
        project__campaign=campaign, clause__framework=old
    )
    columns = ("project", "clause__code", "project__title", "project__kind", "project__status")
    for pk, code, title, kind, status in links.order_by("project").values_list(*columns):
        hung.kinds[pk] = kind
        hung.add(Hanging(_K.PROJECT, f"{pk}@{code}", pk, code, title, (("status", status),)))


def _judgements(hung: Hung, campaign: Campaign, old: Framework) -> None:
    """Every cell of the latest month; of all months the month as a whole."""
    months = list(
        Snapshot.objects.filter(campaign=campaign, framework=old, current=True).order_by("-period")
    )
    for month in months:
        facts = (("period", month.period), ("score", month.readiness.get("score")))
        hung.add(Hanging(_K.MONTH, "months", month.pk, "", _("以往各月自评"), facts))
    cells = Cell.objects.filter(snapshot__in=months[:1]).select_related("clause", "unit")
    for cell in cells.defer("explanation").order_by("clause__ordinal", "unit__path"):
        label = f"{cell.unit.label}：{cell.get_state_display()}"
        facts = (("state", cell.state), ("score", cell.score))
        code = cell.clause.code
        hung.add(Hanging(_K.JUDGEMENT, code, cell.pk, code, label, facts))
