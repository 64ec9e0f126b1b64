"""Every change to units, people, posts, memberships and sessions.

Each function checks `accounts.manage` for the place it changes and leaves an audit event.
What a person typed wrong is a `ValidationError` in words.
"""

from tongchuang.accounts.services.memberships import end_membership, grant_membership
from tongchuang.accounts.services.organisation import Loaded, load_organisation, read_template
from tongchuang.accounts.services.people import (
    PersonFacts,
    change_password,
    change_person,
    create_person,
    reset_password,
    robot,
    set_active,
)
from tongchuang.accounts.services.posts import (
    HandOverDone,
    appoint,
    end_absence,
    end_post,
    hand_over,
    register_absence,
)
from tongchuang.accounts.services.sessions import (
    Visitor,
    end_all_sessions,
    end_session,
    follow_session,
    open_session,
    sign_out_session,
)
from tongchuang.accounts.services.units import UnitFacts, change_unit, create_unit, rename_unit

__all__ = [
    "HandOverDone",
    "Loaded",
    "PersonFacts",
    "UnitFacts",
    "Visitor",
    "appoint",
    "change_password",
    "change_person",
    "change_unit",
    "create_person",
    "create_unit",
    "end_absence",
    "end_all_sessions",
    "end_membership",
    "end_post",
    "end_session",
    "follow_session",
    "grant_membership",
    "hand_over",
    "load_organisation",
    "open_session",
    "read_template",
    "register_absence",
    "rename_unit",
    "reset_password",
    "robot",
    "set_active",
    "sign_out_session",
]
