"""Opens a session for a person of the configured database and prints its key.

    python scripts/session.py USERNAME
    python scripts/session.py role:hq_director     the first person who holds the role

For pictures and browser tests on one's own machine; it needs the database, not the password.
"""

import os
import sys
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongchuang.config.settings")
django.setup()

from django.conf import settings  # noqa: E402  after setup
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402  after setup
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402  after setup

from tongchuang.accounts.models import User  # noqa: E402  after setup


def find_person(name: str) -> User:
    """The person with that username or, after `role:`, with that role; else `User.DoesNotExist`."""
    if not name.startswith("role:"):
        return User.objects.get(username=name)
    holders = User.objects.filter(memberships__role=name.removeprefix("role:"))
    return holders.order_by("memberships__pk")[:1].get()


def open_session(name: str) -> str:
    """The key of a new session in which that person is signed in."""
    user = find_person(name)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def main() -> int:
    """Print the key."""
    try:
        print(open_session(sys.argv[1]))
    except (IndexError, User.DoesNotExist):
        print("session.py USERNAME: name a person of this database", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
