"""The whole menu on one screen, and what the frame of every page shows."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import actions_of
from tongchuang.campaigns.models import Campaign
from tongchuang.core import clock
from tongchuang.desk.queries import Waiting, waiting

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu: shown to whoever may do `action`; `key` follows `g` on the keyboard."""

    label: Text
    icon: str
    url_name: str
    action: str = ""
    key: str = ""


MENU: tuple[tuple[Text, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry(_("工作台"), "home", "desk:todo", key="h"),
            Entry(_("驾驶舱"), "gauge", "desk:cockpit", "desk.cockpit", "d"),
        ),
    ),
    (
        _("标准"),
        (
            Entry(_("指标体系"), "tree", "standards:framework_list", "standards.view", "s"),
            Entry(_("对照"), "swap", "standards:mapping_list", "standards.view", "x"),
            Entry(_("换版"), "layers", "changeover:list", "changeover.view", "e"),
        ),
    ),
    (
        _("责任"),
        (
            Entry(_("创建与关口"), "gate", "campaigns:list", "campaigns.view", "g"),
            Entry(_("统筹日历"), "cal", "calendar:calendar", "campaigns.view", "k"),
            Entry(_("责任分工"), "user", "campaigns:assignment_list", "campaigns.view", "o"),
            Entry(_("任务"), "task", "campaigns:task_list", "campaigns.view", "t"),
            Entry(_("硬件项目"), "project", "projects:list", "projects.view", "j"),
            Entry(_("会议与重大事项"), "rule", "meetings:list", "meetings.view", "m"),
        ),
    ),
    (
        _("现场"),
        (
            Entry(_("点位"), "pin", "places:site_list", "places.view", "p"),
            Entry(_("检查"), "walk", "inspections:round_list", "inspections.view", "i"),
            Entry(_("问题案件"), "case", "cases:list", "cases.view", "c"),
        ),
    ),
    (_("资料"), (Entry(_("档案"), "box", "dossiers:paper_list", "dossiers.view", "a"),)),
    (
        _("督导"),
        (
            Entry(_("自评"), "self", "assessment:heat", "assessment.view", "z"),
            Entry(_("四张清单"), "list", "followup:weak_list", "priorities.view", "q"),
            Entry(_("通报"), "horn", "supervision:bulletin_list", "supervision.view", "b"),
        ),
    ),
    (_("群众"), (Entry(_("诉求"), "chat", "public:report_list", "public.view", "r"),)),
    (
        _("设置"),
        (
            Entry(_("单位与人员"), "gear", "accounts:unit_list", "accounts.view", "u"),
            Entry(_("操作日志"), "shield", "accounts:audit_log", "audit.view", "l"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the menu with its address, for one page."""

    label: Text
    icon: str
    url: str
    key: str
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Links under one heading."""

    label: Text
    links: list[Link]


class Shell:
    """What the frame around a page shows; asked of the database only where a template names it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = request.user

    @cached_property
    def nav(self) -> list[Group]:
        """The menu of this person, the entry of this page marked."""
        allowed = actions_of(self.user)
        shown = [
            (
                label,
                [(e, address(e.url_name)) for e in entries if not e.action or e.action in allowed],
            )
            for label, entries in MENU
        ]
        here = _here(
            self.request.path, [url for _label, lines in shown for _e, url in lines if url]
        )
        groups = [
            Group(
                label, [Link(e.label, e.icon, url, e.key, url == here) for e, url in lines if url]
            )
            for label, lines in shown
        ]
        return [group for group in groups if group.links]

    @cached_property
    def campaigns(self) -> list[Campaign]:
        """The campaigns of the switcher."""
        return campaigns_for(self.user)

    @cached_property
    def campaign(self) -> Campaign | None:
        """The campaign that was switched to; None means all."""
        chosen = self.request.session.get("campaign")
        return next((c for c in self.campaigns if str(c.pk) == str(chosen)), None)

    @cached_property
    def city(self) -> str:
        """The name of the city whose office this is."""
        city = Unit.objects.filter(kind=Unit.Kind.CITY).order_by("path").first()
        return city.label if city else ""

    @cached_property
    def waiting(self) -> Waiting | None:
        """How many steps and unread messages wait for this person; None for nobody."""
        user = self.user
        return waiting(user, at=clock.now()) if isinstance(user, User) else None

    @property
    def home_url(self) -> str:
        """Where the mark at the top leads."""
        return address("desk:todo")

    @property
    def mail_url(self) -> str:
        """Where the envelope leads."""
        return address("desk:message_list")

    @property
    def search_url(self) -> str:
        """Where the search field sends."""
        return address("desk:search")

    @property
    def switch_url(self) -> str:
        """Where the campaign switcher posts to."""
        return address("campaigns:switch")

    @property
    def sign_out_url(self) -> str:
        """Where the sign-out button posts to."""
        return address("accounts:sign_out")

    @property
    def demo_time(self) -> Any:
        """What the demonstration clock shows; None in a real office."""
        return clock.now() if settings.DEMO else None


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: `shell`."""
    return {"shell": Shell(request)} if hasattr(request, "user") else {}


def campaigns_for(user: Any) -> list[Campaign]:
    """The campaigns that `user` may switch between, in their order."""
    return list(Campaign.objects.visible_to(user)) if user.is_authenticated else []


def address(url_name: str) -> str:
    """The address of a page, or nothing while the page does not exist."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _here(path: str, addresses: list[str]) -> str:
    """The menu's address that `path` lies under: the longest one; the home page only itself."""
    found = [url for url in addresses if path == url or (url != "/" and path.startswith(url))]
    return max(found, key=len, default="")
