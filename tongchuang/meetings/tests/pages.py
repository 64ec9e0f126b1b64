"""Who may open which page of meetings, and what it may cost."""

from tests.pages import PageRow
from tests.world import World

ALL = {"stranger": 302, "other": 200, "reader": 200, "owner": 200}
ONE = {"stranger": 302, "other": 404, "reader": 200, "owner": 200}
HQ = {"stranger": 302, "other": 403, "reader": 403, "owner": 200}
HQ_POST = {"stranger": 302, "other": 403, "reader": 403, "owner": 405}
POST = {"stranger": 302, "other": 405, "reader": 405, "owner": 405}


def _held(world: World) -> str:
    weekly = world.pk("meetings.Meeting", status="held", type__rhythm="weekly")
    return f"/meetings/{weekly}/"


def _discussed(world: World) -> str:
    """The one with most on its page: items, rulings, minutes."""
    minutes = world.one("meetings.Minutes", status="issued", meeting__type__rhythm="demand")
    return f"/meetings/{minutes.meeting_id}/"


def _ahead(world: World) -> str:
    return f"/meetings/{world.pk('meetings.Meeting', status='planned')}/"


def _with_minutes(world: World) -> str:
    minutes = world.one("meetings.Minutes", status="issued", meeting__type__rhythm="demand")
    return f"/meetings/{minutes.meeting_id}/minutes/"


def _item(world: World) -> str:
    return f"/meetings/items/{world.pk('meetings.AgendaItem', meeting__status='held')}/"


def _type(world: World) -> str:
    return f"/meetings/types/{world.pk('meetings.MeetingType')}/"


def _body(world: World) -> str:
    return f"/meetings/bodies/{world.pk('meetings.LeadingBody')}/"


def _matter(world: World) -> str:
    return f"/meetings/matters/{world.pk('meetings.Matter', status='open')}/"


def _policy(world: World) -> str:
    return f"/meetings/policies/{world.pk('meetings.Policy', status='in_force')}/"


PAGES = [
    PageRow("meetings:list", "meetings.view", lambda w: "/meetings/", ALL, queries=18),
    PageRow("meetings:new", "meetings.manage", lambda w: "/meetings/new/", HQ, queries=13),
    PageRow(
        "meetings:export",
        "meetings.view",
        lambda w: "/meetings/export/",
        ALL,
        queries=12,
        html=False,
    ),
    PageRow("meetings:type_list", "meetings.view", lambda w: "/meetings/types/", ALL, queries=16),
    PageRow(
        "meetings:type_new", "meetings.manage", lambda w: "/meetings/types/new/", HQ, queries=13
    ),
    PageRow("meetings:type_edit", "meetings.manage", _type, HQ, queries=16),
    PageRow("meetings:body_list", "meetings.view", lambda w: "/meetings/bodies/", ALL, queries=14),
    PageRow("meetings:body_ask", "meetings.manage", lambda w: "/meetings/bodies/ask/", HQ_POST),
    PageRow(
        "meetings:body_export",
        "meetings.view",
        lambda w: "/meetings/bodies/export/",
        ALL,
        queries=12,
        html=False,
    ),
    PageRow(
        "meetings:body_edit",
        "meetings.report",
        _body,
        {"stranger": 302, "other": 404, "reader": 403, "owner": 403},
    ),
    PageRow(
        "meetings:ruling_list", "meetings.view", lambda w: "/meetings/rulings/", ALL, queries=14
    ),
    PageRow(
        "meetings:ruling_export",
        "meetings.view",
        lambda w: "/meetings/rulings/export/",
        ALL,
        queries=13,
        html=False,
    ),
    PageRow(
        "meetings:item_discuss",
        "meetings.manage",
        lambda w: _item(w) + "discussion/",
        HQ,
        queries=10,
    ),
    PageRow("meetings:item_move", "meetings.manage", lambda w: _item(w) + "up/", HQ_POST),
    PageRow(
        "meetings:matter_list", "meetings.view", lambda w: "/meetings/matters/", ALL, queries=17
    ),
    PageRow(
        "meetings:matter_new", "meetings.manage", lambda w: "/meetings/matters/new/", HQ, queries=16
    ),
    PageRow(
        "meetings:matter_export",
        "meetings.view",
        lambda w: "/meetings/matters/export/",
        ALL,
        queries=15,
        html=False,
    ),
    PageRow("meetings:matter_detail", "meetings.view", _matter, ONE, queries=18),
    PageRow(
        "meetings:matter_edit", "meetings.manage", lambda w: _matter(w) + "edit/", HQ, queries=18
    ),
    PageRow("meetings:matter_move", "meetings.view", lambda w: _matter(w) + "solve/", POST),
    PageRow(
        "meetings:policy_list", "meetings.view", lambda w: "/meetings/policies/", ALL, queries=16
    ),
    PageRow(
        "meetings:policy_new",
        "meetings.policy",
        lambda w: "/meetings/policies/new/",
        HQ,
        queries=14,
    ),
    PageRow(
        "meetings:policy_export",
        "meetings.view",
        lambda w: "/meetings/policies/export/",
        ALL,
        queries=14,
        html=False,
    ),
    PageRow(
        "meetings:policy_import",
        "meetings.policy",
        lambda w: "/meetings/policies/import/",
        HQ,
        queries=11,
    ),
    PageRow("meetings:policy_detail", "meetings.view", _policy, ALL, queries=16),
    PageRow(
        "meetings:policy_edit", "meetings.policy", lambda w: _policy(w) + "edit/", HQ, queries=15
    ),
    PageRow(
        "meetings:policy_file",
        "meetings.view",
        lambda w: _policy(w) + "file/",
        {"stranger": 302, "other": 404, "reader": 404, "owner": 404},
    ),
    PageRow("meetings:policy_upload", "meetings.policy", lambda w: _policy(w) + "upload/", HQ_POST),
    PageRow("meetings:policy_move", "meetings.policy", lambda w: _policy(w) + "repeal/", HQ_POST),
    PageRow("meetings:detail", "meetings.view", _discussed, ONE, queries=15),
    PageRow("meetings:agenda", "meetings.manage", lambda w: _ahead(w) + "agenda/", HQ, queries=28),
    PageRow("meetings:item_new", "meetings.manage", lambda w: _ahead(w) + "agenda/new/", HQ_POST),
    PageRow(
        "meetings:attendance",
        "meetings.manage",
        lambda w: _held(w) + "attendance/",
        HQ,
        queries=11,
    ),
    PageRow(
        "meetings:sign_in",
        "meetings.report",
        lambda w: _held(w) + "sign-in/",
        {"stranger": 302, "other": 405, "reader": 403, "owner": 403},
    ),
    PageRow("meetings:units", "meetings.manage", lambda w: _held(w) + "units/", HQ, queries=13),
    PageRow(
        "meetings:ruling_new",
        "meetings.manage",
        lambda w: _held(w) + "rulings/new/",
        HQ,
        queries=13,
    ),
    PageRow(
        "meetings:minutes_edit",
        "meetings.manage",
        lambda w: _held(w) + "minutes/",
        HQ,
        queries=12,
    ),
    PageRow(
        "meetings:minutes_docx",
        "meetings.view",
        lambda w: _with_minutes(w) + "docx/",
        ONE,
        queries=7,
        html=False,
    ),
    PageRow("meetings:minutes_move", "meetings.view", lambda w: _with_minutes(w) + "sign/", POST),
    PageRow("meetings:move", "meetings.view", lambda w: _held(w) + "announce/", POST),
]
