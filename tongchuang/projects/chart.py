"""The nodes of one project as bars: the limit as planned, the day as it came or stands."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.campaigns.gantt import Bar, Gantt, draw
from tongchuang.campaigns.models import Gate
from tongchuang.projects.models import Project
from tongchuang.projects.queries import NodeLine

WIDTH, LEFT = 860, 190


def node_chart(
    project: Project, rows: Sequence[NodeLine], *, gates: Iterable[Gate] = (), on: date
) -> Gantt | None:
    """The drawing beside the table of nodes; None without nodes.

    A node begins where the one before it in the main line is due. The bar ends when it was done,
    when it is due, or today where it is late; the thin line below is the limit.
    """
    begins, bars = project.planned_start_on, []
    for row in rows:
        bars.append(_bar(row, begins, on))
        begins = row.node.limit_on if row.node.main else begins
    if not bars:
        return None
    return draw(
        bars,
        on=on,
        first=min(bar.starts_on for bar in bars),
        last=max([project.planned_finish_on, *(bar.due_on for bar in bars)]),
        gates=[(gate.due_on, gate.title) for gate in gates if gate.due_on],
        width=WIDTH,
        left=LEFT,
    )


def _bar(row: NodeLine, begins: date, on: date) -> Bar:
    node = row.node
    end = node.done_on or (max(node.limit_on, on) if row.state == "late" else node.limit_on)
    words = {"done": _("已办结"), "late": _("超期"), "open": _("未办结")}
    return Bar(
        key=node.pk,
        title=node.name,
        url=f"{reverse('projects:detail', args=[node.project_id])}#node-{node.pk}",
        note=node.office.label if node.office else "",
        starts_on=min(begins, end),
        due_on=end,
        share=1.0 if row.state == "done" else 0.0,
        state={"done": "ok", "late": "bad"}.get(row.state, "run"),
        words=words[row.state],
        issued=(min(begins, node.limit_on), node.limit_on),
        depth=0 if node.main else 1,
    )
