"""Prints what the browser tests must know of the served city, as JSON: pages and sessions.

Runs in the server's environment, because the city is in the server's database.
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongchuang.config.settings")
django.setup()

from scripts.session import open_session  # noqa: E402  after setup
from tests.pages import all_pages  # noqa: E402  after setup
from tests.world import build_world  # noqa: E402  after setup


def main() -> None:
    """Every page that answers 200 to somebody, and a session for each person."""
    world = build_world()
    sessions = {
        part: open_session(person.username) for part, person in world.people.items() if person
    }
    pages = [
        {"name": row.name, "path": row.path(world), "part": row.part_that_reads}
        for row in all_pages()
        if row.is_page
    ]
    json.dump({"sessions": sessions, "pages": pages}, sys.stdout)


if __name__ == "__main__":
    main()
