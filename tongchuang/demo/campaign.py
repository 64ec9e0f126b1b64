"""Campaigns with their gates, who answers for which clause, 3+1 plans, tasks and progress."""

import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from tongchuang.accounts.models import Post, Unit, User
from tongchuang.campaigns.models import Assignment, Campaign, Gate, Progress, Task, WorkPlan
from tongchuang.core.audit import Entry
from tongchuang.demo import loading
from tongchuang.demo.city import NOW, City, local
from tongchuang.demo.stream import Stream
from tongchuang.demo.titles import AIMS, KEPT_SINCE, register
from tongchuang.standards.models import Clause, Framework, Process

_NSC_START: Final = date(2015, 12, 8)
# code, title, framework, status, start, own deadline, deadline from above
_CAMPAIGNS: Final = (
    (
        "NSC",
        "国家卫生城市",
        "nsc2014",
        "running",
        _NSC_START,
        date(2018, 9, 30),
        date(2018, 12, 31),
    ),
    (
        "PSC",
        "省级卫生城市（复审）",
        "provincial-sanitary",
        "keeping",
        date(2013, 3, 1),
        date(2016, 3, 25),
        date(2016, 3, 25),
    ),
    (
        "NCC",
        "全国文明城市（提名）",
        "civilized",
        "running",
        date(2015, 3, 1),
        date(2017, 8, 31),
        None,
    ),
    ("NGC", "国家园林城市", "garden-2016", "running", date(2013, 5, 1), date(2016, 8, 31), None),
    ("FOR", "省级森林城市", "forest-2019", "keeping", date(2012, 6, 1), date(2018, 10, 31), None),
    ("ECO", "国家生态市", "ecological", "keeping", date(2011, 6, 1), date(2018, 10, 31), None),
)
# campaign, code, title, process state, own date, date from above, state, decided, paper, condition
_GATES: Final = (
    (
        "PSC",
        "P1",
        "省级复审",
        "",
        date(2016, 3, 25),
        date(2016, 3, 25),
        "open",
        None,
        "",
        "不过则失去申报资格",
    ),
    (
        "NSC",
        "N1",
        "动员",
        "",
        date(2015, 12, 8),
        None,
        "passed",
        date(2015, 12, 8),
        "示创卫指〔2015〕1号",
        "",
    ),
    (
        "NSC",
        "N2",
        "申报",
        "applied",
        date(2016, 12, 31),
        date(2016, 12, 31),
        "ahead",
        None,
        "",
        "省级复审通过，省爱卫会推荐",
    ),
    (
        "NSC",
        "N3",
        "资料评审",
        "document_review",
        date(2017, 3, 31),
        None,
        "ahead",
        None,
        "",
        "十一项必备条件不缺",
    ),
    ("NSC", "N4", "暗访", "covert_visit", date(2017, 6, 30), None, "ahead", None, "", ""),
    (
        "NSC",
        "N5",
        "技术评估",
        "technical_assessment",
        date(2017, 9, 30),
        None,
        "ahead",
        None,
        "",
        "",
    ),
    ("NSC", "N6", "公示", "publicity", date(2018, 5, 31), None, "ahead", None, "", ""),
    ("NSC", "N7", "命名", "named", date(2018, 9, 30), date(2018, 12, 31), "ahead", None, "", ""),
    ("NCC", "C1", "网上申报", "", date(2016, 8, 31), None, "open", None, "", "测评材料备齐"),
    ("NCC", "C2", "实地测评", "", date(2016, 11, 30), None, "ahead", None, "", ""),
    ("NCC", "C3", "届满评选", "", date(2017, 8, 31), None, "ahead", None, "", ""),
    (
        "NGC",
        "Y1",
        "资料审核",
        "",
        date(2015, 10, 25),
        None,
        "passed",
        date(2015, 10, 25),
        "省建城函〔2015〕88号",
        "",
    ),
    (
        "NGC",
        "Y2",
        "现场核查",
        "",
        date(2016, 1, 15),
        None,
        "passed",
        date(2016, 1, 15),
        "省建城函〔2016〕3号",
        "",
    ),
    ("NGC", "Y3", "公示", "", date(2016, 5, 31), None, "open", None, "", ""),
    ("NGC", "Y4", "命名", "", date(2016, 8, 31), None, "ahead", None, "", ""),
    ("FOR", "F1", "下次复查", "", date(2018, 10, 31), None, "ahead", None, "", ""),
    ("ECO", "E1", "下次复查", "", date(2018, 10, 31), None, "ahead", None, "", ""),
)
_GATE_KINDS: Final = {
    **dict.fromkeys(("N7", "C3", "Y4"), Gate.Kind.NAMING),
    **dict.fromkeys(("P1", "F1", "E1"), Gate.Kind.REVIEW),
}
# title, amount, measure, owner, requirement of the standard that it serves
_TASKS: Final = (
    ("改造老旧小区", 24, "个", "U19", "a16.r2"),
    ("新建改建二类以上公厕", 36, "座", "U20", "a13.r2"),
    ("取缔旱厕", 120, "座", "TOWN", "a13.r1"),
    ("标准化改造农贸市场", 9, "个", "U21", "a14.r2"),
    ("整治背街小巷", 86, "条", "TOWN", "a09.r2"),
    ("补植绿化带", 42000, "平方米", "U28", "a10.r1"),
    ("新增垃圾收集点", 110, "处", "TOWN", "a11.r1"),
    ("清理三无小区楼道", 62, "个", "TOWN", "a16.r1"),
    ("疏浚沟渠", 38, "公里", "U23", "a09.r3"),
    ("铺设污水管网", 27, "公里", "U19", "a12.r3"),
    ("小餐饮量化分级", 312, "户", "U21", "a28.r1"),
    ("四小行业持证率提升", 480, "户", "U33", "a23.r1"),
    ("设置毒饵站", 5200, "个", "U34", "a40.r2"),
    ("学校健康教育开课", 34, "所", "U14", "a24.r3"),
    ("施划停车泊位", 2600, "个", "U17", "a09.r1"),
    ("更换破损窨井盖", 900, "处", "U19", "a09.r2"),
    ("建筑工地围挡达标", 32, "处", "U19", "a09.r4"),
    ("健康教育宣传栏", 260, "块", "U11", "a06.r1"),
    ("无烟单位创建", 120, "家", "U11", "a08.r2"),
    ("建成区道路装灯", 180, "盏", "U20", "a09.r5"),
    ("取缔马路市场", 14, "处", "TOWN", "a14.r1"),
    ("城中村垃圾清运全覆盖", 18, "片", "TOWN", "a17.r1"),
    ("水源地隔离防护", 6, "公里", "U18", "a20.r2"),
    ("免疫规划查漏补种", 1800, "人", "U34", "a32.r1"),
    ("公益广告投放", 400, "块", "U03", "a06.r2"),
    ("规范废品收购站", 26, "家", "U25", "a09.r1"),
    ("客运场站整治", 4, "处", "U24", "a22.r1"),
    ("二次供水泵房加锁清洗", 30, "处", "U39", "a30.r2"),
    ("职业病危害申报", 160, "家", "U30", "a25.r1"),
    ("志愿者清洁行动", 96, "场", "U37", "a01.r1"),
)
_CAUSES: Final = ("hardware", "land", "funds", "approval", "other_unit", "history")
_STUCK: Final = {
    "hardware": "设备未到货",
    "land": "地块未移交，围挡无法施工",
    "funds": "上级资金尚未到位",
    "approval": "规划许可在办",
    "other_unit": "待供电迁改线路",
    "history": "原产权单位已注销，权属不清",
}
_NO_PLAN_SLOT: Final = {"U40": "schedule", "T12": "dispatch"}  # two plans still lack one slot
_SUBMITTED: Final = frozenset({"U15", "U24", "T13", "U27", "U41"})


def launch(city: City) -> None:
    """Insert titles, campaigns, gates, plans, tasks with their progress."""
    register(city)
    _campaigns(city)
    _gates(city)
    _duties(city)
    _plans(city)
    _tasks(city)


def _campaigns(city: City) -> None:
    frameworks = {row.code: row for row in Framework.objects.all()}
    for n, (code, title, framework, status, start, own, above) in enumerate(_CAMPAIGNS, 1):
        city.campaigns[code] = Campaign(
            code=code,
            title=title,
            city=city.units["349900"],
            framework=frameworks.get(framework),
            process=Process.objects.filter(framework__code=framework).first(),
            status=status,
            started_on=start,
            deadline_on=own,
            external_deadline_on=above,
            main=code == "NSC",
            aims_at=city.known["titles"][AIMS[code]],
            kept_since=KEPT_SINCE.get(code),
            rhythm_months=3 if status == "keeping" else 1,
            ordinal=n,
        )
    loading.insert(list(city.campaigns.values()))


def _gates(city: City) -> None:
    gates = {}
    for n, (code, gate, title, state, due, above, status, decided, paper, words) in enumerate(
        _GATES
    ):
        gates[gate] = Gate(
            campaign=city.campaigns[code],
            code=gate,
            title=title,
            process_state=state,
            due_on=due,
            external_due_on=above,
            state=status,
            decided_on=decided,
            decision_paper=paper,
            condition=words,
            kind=_GATE_KINDS.get(gate, Gate.Kind.STAGE),
            ordinal=n,
        )
    loading.insert(list(gates.values()))
    chain = [row[1] for row in _GATES if row[0] == "NSC"]
    after = list(itertools.pairwise(chain))
    needed = [
        *after,
        ("P1", "N2"),
        ("C1", "C2"),
        ("C2", "C3"),
        ("Y1", "Y2"),
        ("Y2", "Y3"),
        ("Y3", "Y4"),
    ]
    loading.link(Gate.prerequisites, ((gates[b].pk, gates[a].pk) for a, b in needed))


# Who leads the chapters of the other standards; a longer beginning of the code goes first.
_CHAPTER_LEADS: Final = {
    "GC16": "U28",
    "GC16-MUN": "U19",
    "GC16-SOC": "U19",
    "GC16-ECO": "U18",
    "CIV": "U03",
    "CIV-SITE": "U20",
    "ECO": "U18",
    "ECO19-E": "U27",
    "ECO19-F": "U15",
    "FC": "U28",
    "PS": "U11",
}


def _duties(city: City) -> None:
    """One lead per requirement in the campaigns whose standards name no unit."""
    director, rows = city.people["fangyuan"], []
    for campaign in city.campaigns.values():
        wanted = Clause.objects.filter(framework=campaign.framework_id, level="requirement")
        if campaign.main or not campaign.framework_id:
            continue
        for clause in wanted.order_by("ordinal"):
            lead = city.units[_chapter_lead(clause.code)]
            rows.append(Assignment(campaign=campaign, clause=clause, lead=lead, reason="按章分工"))
    loading.insert(rows)
    for row in rows:
        at = local(max(row.campaign.started_on or _NSC_START, date(2013, 3, 1)), 10)
        city.entries.append(Entry(row, "assign", director, after={"lead": row.lead.code}, at=at))


def _chapter_lead(code: str) -> str:
    begins = max((begin for begin in _CHAPTER_LEADS if code.startswith(begin)), key=len)
    return _CHAPTER_LEADS[begins]


def name_sponsors(city: City) -> None:
    """One sponsor leader for each clause: by chapter, in turn."""
    leaders = [city.people[name] for name in ("zhou", "changwu", "xuanchuan")]
    rows = city.campaign().assignments.select_related("clause").order_by("clause__ordinal")
    for row in rows:
        chapter = row.clause.path.strip("/").split("/")[0]
        row.sponsor = leaders[sum(map(ord, chapter)) % len(leaders)]
        row.save(update_fields=["sponsor"])


# Plans
def _plans(city: City) -> None:
    chance = city.stream("plans")
    units = [unit for unit in city.units.values() if unit.scored]
    plans = [_plan(city, unit, chance) for unit in units]
    loading.insert(plans)
    city.known["plans"] = plans
    for plan in plans:
        city.entries += _plan_events(city, plan)
    city.counts["plans"] = len(plans)


def _plan(city: City, unit: Unit, chance: Stream) -> WorkPlan:
    head, deputy, clerk = (
        city.posts[unit.code, kind]
        for kind in (Post.Kind.HEAD, Post.Kind.DEPUTY, Post.Kind.LIAISON)
    )
    status = _plan_status(unit.code)
    plan = WorkPlan(
        campaign=city.campaign(),
        unit=unit,
        status=status,
        due_on=date(2015, 12, 31),
        **_slots(unit, head, deputy, clerk),
    )
    if missing := _NO_PLAN_SLOT.get(unit.code):
        setattr(plan, missing, {} if missing == "dispatch" else [])
    if status != WorkPlan.Status.DRAFT:
        plan.signed_by = head
        plan.signed_at = local(date(2015, 12, 24) + timedelta(days=chance.randint(0, 6)), 9, 40)
    return plan


def _plan_status(code: str) -> str:
    if code in _NO_PLAN_SLOT:
        return WorkPlan.Status.DRAFT
    return WorkPlan.Status.SUBMITTED if code in _SUBMITTED else WorkPlan.Status.APPROVED


def _slots(unit: Unit, head: User, deputy: User, clerk: User) -> dict[str, Any]:
    return {
        "goals": [
            {"goal": f"{unit.label}负责的条款全部达标", "measure": "逐条建账，周调度、月通报"},
            {"goal": "交办问题按期办结率 95%", "measure": "专人签收，当日分办，次日回查"},
        ],
        "duties": [
            {"duty": "负总责，签报方案与异议", "person": head.name},
            {"duty": "具体抓，审核回复", "person": deputy.name},
            {"duty": "签收、分办、回复", "person": clerk.name},
        ],
        "people": [
            {"post": "主要负责人", "name": head.name},
            {"post": "分管负责人", "name": deputy.name},
            {"post": "联络员", "name": clerk.name},
        ],
        "schedule": [
            {"step": "摸底建账", "from": "2015-12-10", "to": "2015-12-31"},
            {"step": "集中整治", "from": "2016-01-01", "to": "2016-03-20"},
            {"step": "迎接省级复审", "from": "2016-03-20", "to": "2016-03-25"},
            {"step": "巩固提升", "from": "2016-04-01", "to": "2016-12-31"},
        ],
        "dispatch": {"rhythm": "每周一调度，每月小结", "chair": deputy.name},
    }


def _plan_events(city: City, plan: WorkPlan) -> Iterator[Entry]:
    unit = plan.unit
    clerk = city.posts[unit.code, Post.Kind.LIAISON]
    yield Entry(plan, "open", clerk, after={"status": "draft"}, at=local(date(2015, 12, 15), 10))
    if plan.signed_at is None:
        return
    yield Entry(
        plan,
        "submit",
        city.posts[unit.code, Post.Kind.HEAD],
        before={"status": "draft"},
        after={"status": "submitted"},
        at=plan.signed_at,
    )
    if plan.status == WorkPlan.Status.APPROVED:
        yield Entry(
            plan,
            "approve",
            city.people["zhou"],
            before={"status": "submitted"},
            after={"status": "approved"},
            at=plan.signed_at + timedelta(days=3, hours=5),
        )


# Tasks
def _tasks(city: City) -> None:
    chance = city.stream("tasks")
    towns = [unit for unit in city.units.values() if unit.comparison_group == "town"]
    clauses = {
        clause.code.partition(".")[2]: clause
        for clause in Clause.objects.filter(framework=city.campaign().framework)
    }
    tasks = [
        _task(city, *_TASKS[n % len(_TASKS)], towns[n % len(towns)], clauses, n, chance)
        for n in range(city.size.tasks)
    ]
    _block_some(tasks)
    loading.insert(tasks)
    reports = [row for task in tasks for row in _progress(city, task, chance)]
    loading.insert(reports)
    for task in tasks:
        city.entries += _task_events(city, task)
    city.counts["tasks"] = len(tasks)


def _task(
    city: City,
    title: str,
    amount: int,
    measure: str,
    owner: str,
    serves: str,
    town: Unit,
    clauses: dict[str, Clause],
    n: int,
    chance: Stream,
) -> Task:
    unit = town if owner == "TOWN" else city.units[owner]
    part = n // len(_TASKS)
    starts = date(2015, 12, 15) + timedelta(days=chance.randint(0, 40))
    due = starts + timedelta(days=chance.choice((90, 110, 150, 200, 240, 330)))
    quantity = Decimal(max(1, round(amount / 5 * chance.uniform(0.7, 1.3))))
    return Task(
        campaign=city.campaign(),
        clause=clauses[serves],
        unit=unit,
        sponsor=city.people["zhou" if n % 3 else "changwu"],
        title=f"{title}（{_TASK_PARTS[part % len(_TASK_PARTS)]}）",
        quantity=quantity,
        quantity_unit=measure,
        weight=Decimal(chance.choice((1, 1, 1, 2, 3))),
        starts_on=starts,
        due_on=due,
        baseline_starts_on=starts,
        baseline_due_on=due,
    )


_TASK_PARTS: Final = ("第一批", "第二批", "重点路段", "查漏补缺", "长效管护", "迎复审")


def _block_some(tasks: list[Task]) -> None:
    """Six tasks are stuck, one for each cause."""
    for cause, task in zip(_CAUSES, tasks[3::5], strict=False):
        task.status, task.cause = Task.Status.BLOCKED, cause


def _progress(city: City, task: Task, chance: Stream) -> Iterator[Progress]:
    """A report at the end of each month; about every seventh task falls behind its line."""
    pace = chance.choices((1.08, 0.95, 0.82, 0.55), (60, 22, 11, 7))[0]
    pace = 0.5 if task.status == Task.Status.BLOCKED else pace
    clerk = city.posts[task.unit.code, Post.Kind.LIAISON]
    for on in (date(2015, 12, 31), date(2016, 1, 31), date(2016, 2, 29), date(2016, 3, 7)):
        if on <= task.starts_on:
            continue
        share = min(1.0, (on - task.starts_on).days / (task.due_on - task.starts_on).days * pace)
        task.done = (task.quantity * Decimal(share)).quantize(Decimal(1), ROUND_HALF_UP)
        stuck = _STUCK.get(task.cause, "") if pace < 0.9 else ""
        yield Progress(
            task=task,
            on=on,
            done=task.done,
            problem=stuck or ("进度偏慢，人手不足" if pace < 0.9 else ""),
            next_step="增派力量，按周调度" if pace < 0.9 else "按计划推进",
            by=clerk,
        )
    Task.objects.filter(pk=task.pk).update(done=task.done)


def _task_events(city: City, task: Task) -> Iterator[Entry]:
    yield Entry(
        task,
        "create",
        city.people["wanghaiyan"],
        after={"unit_id": task.unit_id, "quantity": str(task.quantity)},
        at=local(date(2015, 12, 14), 15),
    )
    if task.status == Task.Status.BLOCKED:
        yield Entry(
            task,
            "block",
            city.posts[task.unit.code, Post.Kind.LIAISON],
            reason=_STUCK[task.cause],
            before={"status": "running"},
            after={"status": "blocked", "cause": task.cause},
            at=min(NOW, local(date(2016, 2, 26), 16)),
        )
