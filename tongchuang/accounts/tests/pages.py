"""Pages of sign-in, units, people and the audit log."""

from collections.abc import Mapping

from tests.pages import PageRow
from tests.world import World

# Who may look at units and people: readers of the whole city, and clerks at their own unit.
_READ = {"stranger": 302, "other": 200, "reader": 200, "owner": 200, "admin": 200}
_ELSEWHERE = {"stranger": 302, "other": 404, "reader": 200, "owner": 200, "admin": 200}
_MANAGE = {"stranger": 302, "other": 403, "reader": 403, "owner": 403, "admin": 200}
_MANAGE_POST = {**_MANAGE, "admin": 405}
_OWN = {"stranger": 302, "other": 200, "reader": 200, "owner": 200}
_OPEN_POST = {"stranger": 405, "other": 405, "reader": 405, "owner": 405}
_OWN_POST = {"stranger": 302, "other": 405, "reader": 405, "owner": 405}


def _row(
    name: str, action: str, place: str, statuses: Mapping[str, int], queries: int = 0
) -> PageRow:
    """`place` may hold {unit}, {person} or {self}: keys of rows of the city."""

    def path(world: World) -> str:
        owner = world.people["owner"]
        return "/accounts/" + place.format(
            unit=world.pk("accounts.Unit", kind="street"),
            person=owner.pk if owner else 0,
        )

    return PageRow(
        name=f"accounts:{name}", action=action, path=path, statuses=statuses, queries=queries
    )


VIEW, MANAGE = "accounts.view", "accounts.manage"
PAGES = [
    _row("sign_in", "", "sign-in/", {"stranger": 200, "other": 302, "owner": 302}, 3),
    _row("sign_out", "", "sign-out/", _OPEN_POST),
    _row("demo_sign_in", "", "demo-sign-in/", _OPEN_POST),
    _row("me", "", "me/", _OWN, queries=17),
    _row("change_password", "", "me/password/", _OWN, queries=12),
    _row("sessions", "", "me/sessions/", _OWN, queries=15),
    _row("session_end", "", "me/sessions/0/end/", _OWN_POST),
    _row("unit_list", VIEW, "units/", _READ, queries=15),
    _row("posts_missing", VIEW, "units/posts-missing/", _READ, queries=14),
    _row("unit_create", MANAGE, "units/new/", _MANAGE, queries=8),
    _row("unit_detail", VIEW, "units/{unit}/", _ELSEWHERE, 20),
    _row("unit_edit", MANAGE, "units/{unit}/edit/", _MANAGE, queries=10),
    _row("unit_rename", MANAGE, "units/{unit}/rename/", _MANAGE, queries=9),
    _row("post_appoint", MANAGE, "units/{unit}/appoint/", _MANAGE, queries=10),
    _row("post_end", MANAGE, "posts/0/end/", _MANAGE_POST),
    _row("person_list", VIEW, "people/", _READ, queries=14),
    _row("person_create", MANAGE, "people/new/", _MANAGE, queries=9),
    _row("person_detail", VIEW, "people/{person}/", _ELSEWHERE, 17),
    _row("person_edit", MANAGE, "people/{person}/edit/", _MANAGE, queries=11),
    _row("person_set_active", MANAGE, "people/{person}/active/", _MANAGE_POST),
    _row("person_reset_password", MANAGE, "people/{person}/password/", _MANAGE_POST),
    _row("person_end_sessions", MANAGE, "people/{person}/sessions/end/", _MANAGE_POST),
    _row("membership_grant", MANAGE, "people/{person}/grant/", _MANAGE, queries=10),
    _row(
        "absence_create",
        "",
        "people/{person}/absence/",
        {"stranger": 302, "other": 404, "reader": 403, "owner": 200},
        queries=11,
    ),
    _row("hand_over", MANAGE, "people/{person}/hand-over/", _MANAGE, queries=10),
    _row("membership_end", MANAGE, "memberships/0/end/", _MANAGE_POST),
    _row("absence_end", "", "absences/0/end/", _OWN_POST),
    _row("audit_log", "audit.view", "audit/", {"stranger": 302, "other": 403, "owner": 200}, 50),
]
