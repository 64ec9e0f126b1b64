"""Who may do what: every role with its actions, as one table.

The roles follow the command structure of a campaign: headquarters, supervision rooms, groups,
units, territories, inspectors, outside bodies. A membership places a role in the unit tree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SEE: Final = (
    "standards.view",
    "places.view",
    "campaigns.view",
    "projects.view",
    "priorities.view",
    "inspections.view",
    "cases.view",
    "dossiers.view",
    "assessment.view",
    "meetings.view",
    "supervision.view",
)
COCKPIT: Final = ("desk.cockpit", "changeover.view")  # the whole city, not one unit of it
PEOPLE: Final = ("accounts.view",)  # who holds which post, in the unit and under it
# What a unit owes: sign for, fix and answer its cases, plan and report its tasks.
HANDLE: Final = (
    "cases.accept",
    "cases.handle",
    "cases.return",
    "cases.ask_extension",
    "campaigns.progress",
    "priorities.explain",
    "priorities.nominate",
)
CHECK: Final = ("cases.check", "cases.verify_report", "cases.reject", "priorities.verify")
# More time than the office may grant is a matter of the leaders (third extension of a case).
THIRD_EXTENSION: Final = ("cases.grant_extension", "cases.grant_third_extension")
DISPATCH: Final = (
    "cases.file",
    "cases.dispatch",
    "cases.merge",
    "cases.reject",
    "cases.reopen",
    "cases.pause",
    "cases.grant_extension",
    "cases.import",
)


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the campaign: its name on screen and the actions it grants."""

    label: str | Promise
    actions: frozenset[str]


def _role(label: str | Promise, *grants: str | Iterable[str]) -> Role:
    actions: set[str] = set()
    for grant in grants:
        actions |= {grant} if isinstance(grant, str) else set(grant)
    return Role(label, frozenset(actions))


ROLES: Final[dict[str, Role]] = {
    "commander": _role(
        _("指挥长"),
        SEE,
        COCKPIT,
        PEOPLE,
        THIRD_EXTENSION,
        "campaigns.approve",
        "changeover.sign",
        "supervision.issue",
        "meetings.sign",
    ),
    "deputy_commander": _role(
        _("副指挥长"),
        SEE,
        COCKPIT,
        PEOPLE,
        "campaigns.approve",
        "changeover.sign",
        "cases.grant_extension",
        "meetings.sign",
        "meetings.review",
    ),
    "sponsor_leader": _role(_("牵头领导"), SEE, COCKPIT, THIRD_EXTENSION),
    "hq_director": _role(
        _("指挥部办公室主任"),
        SEE,
        COCKPIT,
        DISPATCH,
        "campaigns.manage",
        "projects.manage",
        "projects.report",
        "priorities.explain",
        "priorities.decide",
        "campaigns.assign",
        "campaigns.approve",
        "changeover.draft",
        "supervision.draft",
        "supervision.rule",
        "supervision.seal",
        "supervision.issue",
        "supervision.correct",
        "cases.supervise",
        "cases.rule_ownership",
        "public.view",
        "public.answer",
        "places.manage",
        "standards.correct",
        "standards.map",
        "standards.draft",
        "standards.publish",
        "standards.set_limits",
        "inspections.plan",
        "assessment.value",
        "accounts.view",
        "audit.view",
        "dossiers.review",
        "meetings.manage",
        "meetings.review",
        "meetings.policy",
    ),
    "hq_dispatcher": _role(
        _("派单员"),
        SEE,
        COCKPIT,
        DISPATCH,
        "campaigns.assign",
        "places.manage",
        "places.import",
        "public.view",
        "public.answer",
        "accounts.view",
        "meetings.manage",
        "meetings.policy",
    ),
    "hq_supervisor": _role(
        _("办公室督查"),
        SEE,
        COCKPIT,
        PEOPLE,
        CHECK,
        "cases.file",
        "cases.supervise",
        "inspections.plan",
        "inspections.visit",
        "supervision.draft",
        "supervision.rule",
        "assessment.value",
    ),
    "party_supervision": _role(
        _("市委督查室"),
        SEE,
        COCKPIT,
        PEOPLE,
        CHECK,
        "cases.file",
        "cases.supervise",
        "inspections.plan",
        "inspections.visit",
        "supervision.draft",
    ),
    "gov_supervision": _role(
        _("市政府督办室"),
        SEE,
        COCKPIT,
        PEOPLE,
        CHECK,
        "cases.file",
        "cases.supervise",
        "inspections.plan",
        "inspections.visit",
        "supervision.draft",
    ),
    "target_office": _role(_("目标办"), SEE, COCKPIT, PEOPLE),
    "group_lead": _role(_("专项组长"), SEE, COCKPIT, "inspections.plan"),
    "group_clerk": _role(_("专项组联络员"), SEE, "inspections.visit", "cases.file"),
    "unit_head": _role(
        _("单位主要负责人"),
        SEE,
        HANDLE,
        PEOPLE,
        "campaigns.plan",
        "campaigns.sign_plan",
        "supervision.object",
        "projects.report",
        "meetings.report",
    ),
    "unit_deputy": _role(
        _("分管负责人"),
        SEE,
        HANDLE,
        PEOPLE,
        "campaigns.plan",
        "supervision.object",
        "projects.report",
        "meetings.report",
    ),
    "unit_clerk": _role(
        _("联络员"),
        SEE,
        HANDLE,
        PEOPLE,
        "campaigns.plan",
        "cases.file",
        "dossiers.register",
        "projects.report",
        "meetings.report",
    ),
    "unit_archivist": _role(_("资料员"), SEE, "dossiers.register"),
    "trade_regulator": _role(_("行业主管审核员"), SEE, "dossiers.review"),
    "final_reviewer": _role(
        _("资料组终审"),
        SEE,
        "dossiers.review",
        "assessment.value",
        "standards.correct",
        "standards.map",
        "standards.draft",
    ),
    "town_head": _role(
        _("乡镇街道主要负责人"),
        SEE,
        HANDLE,
        PEOPLE,
        "campaigns.plan",
        "campaigns.sign_plan",
        "supervision.object",
        "projects.report",
        "meetings.report",
    ),
    "town_clerk": _role(
        _("乡镇街道联络员"),
        SEE,
        HANDLE,
        PEOPLE,
        "campaigns.plan",
        "cases.file",
        "places.manage",
        "dossiers.register",
        "projects.report",
        "meetings.report",
    ),
    "community_clerk": _role(_("社区（村）工作人员"), SEE, HANDLE, "cases.file", "places.manage"),
    "grid_worker": _role(
        _("网格员"),
        "standards.view",
        "places.view",
        "cases.view",
        "cases.accept",
        "cases.handle",
        "cases.file",
        "inspections.view",
    ),
    "inspector": _role(_("督查员"), SEE, CHECK, "cases.file", "inspections.visit"),
    "third_party": _role(
        _("第三方测评"),
        "standards.view",
        "places.view",
        "inspections.view",
        "inspections.visit",
        "cases.file",
    ),
    "expert": _role(_("专家"), SEE),
    "property_holder": _role(
        _("产权单位"), "standards.view", "places.view", "cases.view", "cases.handle"
    ),
    "project_owner": _role(
        _("项目业主"),
        "standards.view",
        "places.view",
        "campaigns.view",
        "campaigns.progress",
        "projects.view",
        "projects.report",
        "cases.view",
        "cases.handle",
    ),
    "dev_reform": _role(
        _("项目资金审核员"), SEE, "campaigns.progress", "projects.manage", "projects.report"
    ),
    "publicity_editor": _role(_("宣传编辑"), SEE),
    "publicity_chief": _role(_("宣传审核"), SEE, "public.view"),
    "school_lead": _role(
        _("学校负责人"), SEE, "campaigns.progress", "cases.accept", "cases.handle"
    ),
    "archivist_city": _role(_("档案馆指导员"), "standards.view", "dossiers.view"),
    "hotline_agent": _role(
        _("热线坐席"),
        "standards.view",
        "places.view",
        "cases.view",
        "cases.file",
        "public.view",
        "public.answer",
        "public.reporter",
    ),
    "auditor": _role(
        _("纪检审计（只读）"), SEE, COCKPIT, "audit.view", "accounts.view", "public.view"
    ),
    "admin": _role(
        _("系统管理员"),
        "standards.view",
        "standards.load",
        "accounts.view",
        "accounts.manage",
        "places.view",
        "campaigns.view",
    ),
    # Jobs and commands act under the robot's name, everywhere; nobody can be given this role.
    "robot": _role(
        _("系统"),
        SEE,
        "accounts.manage",
        "accounts.view",
        "places.manage",
        "places.import",
        "cases.file",
        "cases.import",
        "cases.supervise",
        "cases.reopen",
        "cases.dispatch",
        "inspections.plan",
        "inspections.visit",
        "supervision.draft",
        "standards.load",
        "assessment.value",
        "meetings.manage",
        "campaigns.assign",
    ),
}
ROBOT_ROLE: Final = "robot"
ROLE_CHOICES: Final = [(key, role.label) for key, role in ROLES.items()]
ACTIONS: Final = frozenset(action for role in ROLES.values() for action in role.actions)


def roles_with(action: str) -> list[str]:
    """Keys of the roles that grant `action`; an unknown action is a mistake in the code."""
    if action not in ACTIONS:
        raise LookupError(f"no role grants '{action}'")
    return [key for key, role in ROLES.items() if action in role.actions]
