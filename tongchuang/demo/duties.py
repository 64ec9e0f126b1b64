"""Consultation, objections and their rulings, change notes, sub-tasks and the curve of a task."""

from datetime import date, timedelta
from decimal import Decimal

from tongchuang.accounts.models import Post
from tongchuang.campaigns import services
from tongchuang.campaigns.models import Assignment, Obstacle, Opinion, Task
from tongchuang.campaigns.rules import share_out
from tongchuang.demo.city import NOW, City
from tongchuang.standards.models import Clause

_PAPER = "示创指〔2016〕1号"


def issue(city: City) -> None:
    """The breakdown of the year was issued under one paper; two duties are shared."""
    rows = city.campaign().assignments
    rows.update(status=Assignment.Status.ISSUED, paper=_PAPER, issued_on=date(2015, 12, 18))
    Task.objects.filter(campaign=city.campaign()).update(paper=_PAPER, issued_on=date(2015, 12, 18))
    for row in rows.filter(helper_rows__isnull=False).distinct().order_by("clause__ordinal")[:2]:
        first = list(row.helper_rows.order_by("unit__path")[:2])
        for one in first:
            one.kind, one.part = "joint", "按各自职责同步推进，共用一张清单"
            one.save(update_fields=["kind", "part"])


def block(city: City) -> None:
    """What stands blocked since when; after the reports, so that each has its task."""
    Obstacle.objects.bulk_create(
        Obstacle(
            task=task,
            cause=task.cause,
            reason=task.progress.order_by("-on").first().problem,  # type: ignore[union-attr]
            since=NOW - timedelta(days=11 + 6 * n),
            by=city.posts[task.unit.code, Post.Kind.LIAISON],
        )
        for n, task in enumerate(
            Task.objects.filter(status=Task.Status.BLOCKED).select_related("unit").order_by("pk")
        )
    )


def consult(city: City) -> None:
    """Three drafts go out, and one of them is objected to at once."""
    for title, unit in (
        ("规范渣土车冲洗", "T11"),
        ("整治校园周边摊点", "T12"),
        ("公示旱厕改造清单", "T13"),
    ):
        _draft(city, title, unit)
    for opinion in Opinion.objects.filter(unit__code__in=["T11", "T12"]).select_related("unit"):
        services.object_to(
            opinion,
            basis="不属于本单位职责，依据三定方案由市城管局承担。",
            proposed_owner=city.units["U15"],
            by=city.posts[opinion.unit.code, Post.Kind.HEAD],
        )


def rule(city: City) -> None:
    """One objection holds, one does not; a task is changed and another broken down."""
    director = city.people["fangyuan"]
    by_unit = {row.unit.code: row for row in Opinion.objects.select_related("unit")}
    services.uphold(
        by_unit["T11"], reason="冲洗设施由城管局统管", new_owner=city.units["U15"], by=director
    )
    services.reject(by_unit["T12"], reason="属地管理，由街道承担", by=director)
    running = Task.objects.filter(status=Task.Status.RUNNING).select_related("unit")
    task = running.filter(unit__kind="street").order_by("pk")[0]
    due = task.due_on + timedelta(days=20)
    services.change_task(task, due_on=due, reason="管线迁改影响，经调度会同意顺延", by=director)
    _split(city, running.filter(quantity__gte=6).exclude(pk=task.pk).order_by("pk")[0])


def object_again(city: City) -> None:
    """One objection still waits for its ruling."""
    _draft(city, "清理背街小巷空调外机滴水", "U24")
    opinion = Opinion.objects.select_related("unit").get(unit__code="U24")
    services.object_to(
        opinion,
        basis="不属于本单位职责，建议由住建部门统一改造。",
        proposed_owner=city.units["U15"],
        by=city.posts["U24", Post.Kind.HEAD],
    )


def _draft(city: City, title: str, unit: str) -> None:
    clerk = city.people["wanghaiyan"]
    clause = Clause.objects.filter(framework=city.campaign().framework, level="article").first()
    task = services.draft_task(
        city.campaign(),
        title=title,
        clause=clause,
        unit=city.units[unit],
        sponsor=city.people["zhou"],
        quantity=Decimal(12),
        quantity_unit="处",
        starts_on=date(2016, 3, 14),
        due_on=date(2016, 6, 30),
        by=clerk,
    )
    services.consult_task(task, by=clerk)


def _split(city: City, task: Task) -> None:
    """Three people of the unit share a task, which has a curve of its own."""
    amounts = [Decimal(2), Decimal(2), task.quantity - 4]
    done = share_out(task.done, amounts)
    names = ("第一片区", "第二片区", "其余片区")
    parts = [
        services.Part(
            unit=task.unit,
            title=f"{task.title[:100]}·{name}",
            person="片区组长",
            quantity=amount,
            starts_on=task.starts_on,
            due_on=task.due_on,
            done=part,
        )
        for name, amount, part in zip(names, amounts, done, strict=True)
    ]
    director = city.people["fangyuan"]
    rows = services.split_task(task, parts, reason="分片包干", by=director)
    services.link_tasks(rows[0], rows[1], by=director)
    middle = task.starts_on + (task.due_on - task.starts_on) / 2
    services.set_nodes(
        task, [(middle, (task.quantity / 2).quantize(Decimal("0.01")), "过半")], by=director
    )
