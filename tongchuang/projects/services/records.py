"""What is said of a project: its facts, nodes, funding lines and photos."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Campaign
from tongchuang.core import audit, clock
from tongchuang.core.files import store_file
from tongchuang.core.flow import WrongState, locked, remember, save_audited
from tongchuang.core.numbering import next_number
from tongchuang.projects.kinds import EARLY, kinds
from tongchuang.projects.models import FundingLine, Project, ProjectNode, ProjectPhoto
from tongchuang.projects.rules import spread_limits
from tongchuang.standards.models import Clause

_ENDED = {Project.Status.IN_USE, Project.Status.CANCELLED}


class ProjectFields(TypedDict, total=False):
    """What may be said of a project; absent keys stay as they are."""

    title: str
    kind: str
    unit: Unit
    sponsor: User | None
    area: Unit | None
    place: str
    scale: str
    gap: str
    key: bool
    investment: Decimal
    planned_start_on: date
    planned_finish_on: date


class FundingFields(TypedDict, total=False):
    """Amounts in 10,000 yuan and what belongs to them; absent keys stay as they are."""

    applied: Decimal
    approved: Decimal
    received: Decimal
    spent: Decimal
    due_on: date | None
    application_no: str


@transaction.atomic
def create_project(
    campaign: Campaign,
    *,
    clauses: Sequence[Clause] = (),
    code: str = "",
    by: User,
    **fields: Unpack[ProjectFields],
) -> Project:
    """Enter an idea with the nodes of its kind; numbered unless an import brings its `code`."""
    project = Project(campaign=campaign, **fields)
    require(by, "projects.manage", project)
    year = clock.today().year
    project.code = code or f"XM{year}-{next_number('project', year):03}"
    save_audited(project, "create", by=by, clauses=[clause.code for clause in clauses])
    _link(project, clauses)
    _plan_nodes(project)
    return project


@transaction.atomic
def change_project(
    project: Project,
    *,
    clauses: Sequence[Clause] | None = None,
    reason: str = "",
    by: User,
    **fields: Unpack[ProjectFields],
) -> Project:
    """Correct what is said of a project.

    While it is an idea its nodes follow the kind and the dates; afterwards their limits are
    promises and change one by one.
    """
    project = locked(project)
    require(by, "projects.manage", project)
    if project.status in _ENDED:
        raise WrongState(project, "change", project.status)
    remember(project)
    for name, value in fields.items():
        setattr(project, name, value)
    require(by, "projects.manage", project)
    linked: dict[str, Any] = (
        {} if clauses is None else {"clauses": [clause.code for clause in clauses]}
    )
    save_audited(project, "change", by=by, reason=reason, **linked)
    if clauses is not None:
        _link(project, clauses)
    if project.status == Project.Status.IDEA:
        _plan_nodes(project)
    return project


def _link(project: Project, clauses: Sequence[Clause]) -> None:
    project.clauses.set(clauses)


def _plan_nodes(project: Project) -> None:
    """Put the nodes of the kind in place; work that has been done is never thrown away."""
    if project.nodes.exclude(done_on=None).exists():
        return
    project.nodes.all().delete()
    ProjectNode.objects.bulk_create(planned_nodes(project))


def planned_nodes(project: Project) -> list[ProjectNode]:
    """The nodes of the project's kind with limits spread over its planned time, not yet saved."""
    steps = kinds()[project.kind].nodes
    offices = {unit.code: unit for unit in Unit.objects.filter(code__in={s.office for s in steps})}
    limits = spread_limits(
        [step.days if step.main else 0 for step in steps],
        starts_on=project.planned_start_on,
        finish_on=project.planned_finish_on,
    )
    return [
        ProjectNode(
            project=project,
            code=step.code,
            title=step.title,
            office=offices.get(step.office) or (None if step.stage == EARLY else project.unit),
            stage=step.stage,
            main=step.main,
            limit_on=limit,
            document=step.document,
            ordinal=ordinal,
        )
        for ordinal, (step, limit) in enumerate(zip(steps, limits, strict=True), 1)
    ]


@transaction.atomic
def set_node(
    node: ProjectNode, *, limit_on: date, office: Unit | None, main: bool, reason: str, by: User
) -> ProjectNode:
    """Move the limit or the office of a node with a reason; the old ones stay in the log."""
    node = locked(node)
    require(by, "projects.manage", node.project)
    _still_open(node)
    remember(node)
    node.limit_on, node.office, node.main = limit_on, office, main
    save_audited(node, "set_node", by=by, reason=reason)
    return node


@transaction.atomic
def finish_node(node: ProjectNode, *, on: date, document_no: str, by: User) -> ProjectNode:
    """Record that a node is done and by which document; the lead unit or its office may.

    Raises `WrongState` when it is done already or the project is not running, `ValueError` for a
    day that has not come.
    """
    node = locked(node)
    require(by, "projects.report", node)
    _still_open(node)
    if on > clock.today():
        raise ValueError(_("办结日期不能晚于今天。"))
    remember(node)
    node.done_on, node.document_no = on, document_no
    save_audited(node, "finish_node", by=by)
    return node


def _still_open(node: ProjectNode) -> None:
    if node.done_on is not None or not (
        node.project.is_running or node.project.status in _BEFORE_OR_AFTER
    ):
        raise WrongState(node.project, "node", node.project.status)


# Approvals may run ahead of the pool, and the closing nodes come after completion.
_BEFORE_OR_AFTER = {
    Project.Status.IDEA,
    Project.Status.MATCHED,
    Project.Status.COMPLETED,
    Project.Status.ACCEPTED,
}


@transaction.atomic
def save_funding(
    project: Project, source: str, *, by: User, **fields: Unpack[FundingFields]
) -> FundingLine:
    """Set the line of one source; a source has one line. Raises `ValueError` if it cannot be.

    Money comes only after approval and is spent only after it came.
    """
    require(by, "projects.report", project)
    if project.status in _ENDED:
        raise WrongState(project, "funding", project.status)
    line = project.funding.select_for_update().filter(source=source).first()
    line = line or FundingLine(project=project, source=source)
    remember(line)
    for name, value in fields.items():
        setattr(line, name, value)
    if not line.approved >= line.received >= line.spent >= 0 or line.applied < 0:
        raise ValueError(_("到位不能多于批准，支出不能多于到位。"))
    save_audited(line, "save_funding", by=by)
    return line


@transaction.atomic
def add_photo(
    project: Project,
    upload: File[bytes],
    *,
    place: str,
    node: ProjectNode | None = None,
    at: datetime,
    by: User,
) -> ProjectPhoto:
    """Keep a photo of a milestone; the camera's own time counts where it wrote one.

    Raises `FileRefused` for what is no photo, `ValueError` for a node of another project.
    """
    require(by, "projects.report", project)
    if node is not None and node.project_id != project.pk:
        raise ValueError(_("节点不属于这个项目。"))
    file = store_file(upload, by=by, purpose="project", accept=("photo",))
    taken_at = file.taken_at if file.taken_at and file.taken_at <= at else at
    photo = ProjectPhoto.objects.create(
        project=project, node=node, file=file, place=place, taken_at=taken_at, by=by
    )
    audit.record(
        subject=photo, action="add_photo", by=by, at=at, after={"place": place, "file": file.sha256}
    )
    return photo
