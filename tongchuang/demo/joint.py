"""What makes six campaigns meet: tasks of the other campaigns, two rounds in the week of a gate."""

from datetime import date
from decimal import Decimal
from typing import Final

from tongchuang.campaigns.models import Gate, Progress, Task, TaskLink
from tongchuang.core.audit import Entry
from tongchuang.demo import loading
from tongchuang.demo.city import City, local
from tongchuang.inspections.models import Round
from tongchuang.standards.models import Clause

# campaign, title, amount, measure, unit, start, due, share done
_TASKS: Final = (
    ("PSC", "复审问题清单逐条销号", 46, "条", "U20", date(2016, 1, 11), date(2016, 3, 18), 0.9),
    ("PSC", "复审汇报片和汇报材料定稿", 3, "份", "U11", date(2016, 2, 15), date(2016, 3, 16), 0.66),
    ("PSC", "复审线路沿线立面整治", 12, "处", "U19", date(2016, 1, 18), date(2016, 3, 31), 0.5),
    ("PSC", "复审近三年资料归盒", 60, "盒", "U11", date(2016, 1, 18), date(2016, 3, 18), 0.8),
    ("PSC", "复审线路沿线问题摸底", 30, "处", "U19", date(2016, 1, 11), date(2016, 3, 4), 0.8),
    ("PSC", "复审线路沿线问题整改", 30, "处", "U20", date(2016, 3, 5), date(2016, 3, 23), 0.0),
    ("PSC", "复审线路整改复核", 30, "处", "U11", date(2016, 3, 24), date(2016, 3, 25), 0.0),
    ("NCC", "未成年人思想道德测评材料", 42, "项", "U14", date(2016, 1, 4), date(2016, 6, 30), 0.3),
    ("NCC", "公共场所文明提示牌更新", 300, "块", "U03", date(2016, 2, 1), date(2016, 5, 20), 0.4),
    ("NCC", "窗口单位服务规范达标", 58, "个", "U25", date(2016, 2, 1), date(2016, 9, 15), 0.1),
    ("NGC", "公示期问题核查答复", 18, "件", "U28", date(2016, 3, 1), date(2016, 5, 25), 0.1),
    ("NGC", "社区公园补建", 4, "处", "U28", date(2015, 9, 1), date(2016, 6, 15), 0.6),
    ("FOR", "乡村绿化示范点复查", 16, "个", "U28", date(2016, 2, 1), date(2016, 4, 29), 0.2),
    ("ECO", "生态红线台账更新", 1, "套", "U18", date(2016, 2, 15), date(2016, 5, 31), 0.0),
)
# The work on the route of the review: each waits for the one before, and the first is late.
_LINKS: Final = (
    ("复审线路沿线问题摸底", "复审线路沿线问题整改"),
    ("复审线路沿线问题整改", "复审线路整改复核"),
)
# campaign, title, kind, from, to
_ROUNDS: Final = (
    ("PSC", "省级复审迎检现场检查", "open", date(2016, 3, 21), date(2016, 3, 25)),
    ("NSC", "2016 年 3 月下旬全市暗访", "covert", date(2016, 3, 21), date(2016, 3, 31)),
    ("NCC", "文明城市实地测评预查", "special", date(2016, 4, 11), date(2016, 4, 15)),
    ("NGC", "公示前绿地管护检查", "special", date(2016, 4, 13), date(2016, 4, 22)),
)


def meet(city: City) -> None:
    """Insert tasks and planned rounds; the province moves the date of a gate forward."""
    _tasks(city)
    planner = city.people["fangyuan"]
    loading.insert(
        [
            Round(
                campaign=city.campaigns[code],
                title=title,
                kind=kind,
                scope={"site_types": [], "territories": []},
                seed=f"{code}-{first}",
                sample_size=0,
                from_on=first,
                to_on=last,
                planned_by=planner,
            )
            for code, title, kind, first, last in _ROUNDS
        ]
    )
    # The notice came after the city had set its own date: nothing moves until a person moves it.
    Gate.objects.filter(campaign=city.campaigns["NGC"], code="Y3").update(
        external_due_on=date(2016, 5, 20)
    )


def _tasks(city: City) -> None:
    firsts = Clause.objects.filter(level="requirement").order_by("framework", "-ordinal")
    clauses = dict(firsts.values_list("framework", "pk"))
    tasks, reports = [], []
    for code, title, amount, measure, unit, start, due, share in _TASKS:
        campaign, by = city.campaigns[code], city.units[unit]
        done = (Decimal(amount) * Decimal(str(share))).quantize(Decimal(1))
        task = Task(
            campaign=campaign,
            clause_id=clauses.get(campaign.framework_id or 0),
            unit=by,
            sponsor=city.people["changwu"],
            title=title,
            quantity=Decimal(amount),
            quantity_unit=measure,
            done=done,
            starts_on=start,
            due_on=due,
            baseline_starts_on=start,
            baseline_due_on=due,
        )
        tasks.append(task)
        if done:
            clerk = city.posts[unit, "liaison"]
            on, step = date(2016, 3, 4), "按计划推进"
            reports.append(Progress(task=task, on=on, done=done, next_step=step, by=clerk))
    loading.insert(tasks)
    loading.insert(reports)
    by_title = {task.title: task for task in tasks}
    loading.insert([TaskLink(before=by_title[a], after=by_title[b]) for a, b in _LINKS])
    director = city.people["fangyuan"]
    for task in tasks:
        at = local(min(task.starts_on, date(2016, 3, 4)), 9)
        city.entries.append(Entry(task, "create", director, after={"unit": task.unit_id}, at=at))
