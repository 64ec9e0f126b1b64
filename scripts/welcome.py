"""Tells, at the end of `make run`, where the city is and who lives there.

python scripts/welcome.py ADDRESS
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongchuang.config.settings")
django.setup()

from tongchuang.accounts.models import Membership  # noqa: E402  after setup
from tongchuang.accounts.roles import ROLES  # noqa: E402  after setup

# The roles that a newcomer should look through first.
SHOWN = (
    "commander", "hq_director", "hq_dispatcher", "party_supervision", "inspector",
    "unit_head", "unit_clerk", "town_clerk", "community_clerk", "hotline_agent",
)  # fmt: skip


def accounts() -> list[tuple[str, str, str, str]]:
    """One person for each shown role: role, username, name, unit."""
    found = []
    for role in SHOWN:
        first = (
            Membership.objects.filter(role=role)
            .select_related("user", "unit")
            .order_by("pk")
            .first()
        )
        if first:
            label = str(ROLES[role].label)
            found.append((label, first.user.username, first.user.name, str(first.unit)))
    return found


def main() -> None:
    """Print the address and the people."""
    print(f"\n  同创 Tongchuang  →  {sys.argv[1]}\n")
    print(
        "  Demonstration accounts; the sign-in page lets you enter as any of them with one click:"
    )
    for label, username, name, unit in accounts():
        print(f"    {username:22} {name}  {label} · {unit}")
    print("\n  Ctrl-C stops web server and worker; `make run` starts them again.\n", flush=True)


if __name__ == "__main__":
    main()
