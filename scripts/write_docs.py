"""Writes the pages of docs/ that follow from the code: `make docs`.

docs/glossary.md from docs/glossary.csv, docs/reference/permissions.md from accounts/roles.py,
docs/reference/commands.md from the Makefile and the commands' own help, docs/adr/README.md from the
papers beside it, docs/api/openapi.json from the routers.
"""

import csv
import json
import os
import re
import sys
from argparse import Action
from pathlib import Path

import django
from django.core.management import BaseCommand, get_commands, load_command_class
from django.utils import translation

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongchuang.config.settings")
os.environ.setdefault("TONGCHUANG_DEMO", "1")
django.setup()

from scripts.diagrams import PAGE, case_flow  # noqa: E402  after setup
from tongchuang.accounts.roles import ACTIONS, ROLES  # noqa: E402  after setup
from tongchuang.config.api import api  # noqa: E402  after setup

_MADE = "<!-- Written by `make docs`; do not edit by hand. -->\n"


def glossary() -> str:
    """One table: Chinese, pinyin, English, meaning."""
    with (DOCS / "glossary.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = [
            f"| {row['zh']} | {row['pinyin']} | {row['en']} | {row['definition']} |"
            for row in csv.DictReader(table)
        ]
    return "\n".join(
        [
            _MADE,
            "# Glossary",
            "",
            "One word for one thing, in addresses, views, templates, services, tests and prose.",
            "The table itself is [glossary.csv](glossary.csv).",
            "",
            "| 中文 | Pinyin | English | Meaning |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def permissions() -> str:
    """Which role may do what: by action, then by role."""
    by_action = [f"| `{action}` | {_holders(action)} |" for action in sorted(ACTIONS)]
    by_role = [
        f"| `{key}` {_label(key)} | {', '.join(f'`{action}`' for action in sorted(role.actions))} |"
        for key, role in ROLES.items()
    ]
    return "\n".join(
        [
            _MADE,
            "# Permissions",
            "",
            "A role grants actions (`tongchuang/accounts/roles.py`); a membership places a",
            "person in a role at a unit and everything under it; a record names its units.",
            "Outside one's scope a page answers 404, inside it but without the action 403.",
            "",
            "| Action | Roles that grant it |",
            "|---|---|",
            *by_action,
            "",
            "## By role",
            "",
            "| Role | Actions |",
            "|---|---|",
            *by_role,
            "",
        ]
    )


def _holders(action: str) -> str:
    return "、".join(_label(key) for key, role in ROLES.items() if action in role.actions)


def _label(key: str) -> str:
    with translation.override("zh-hans"):
        return str(ROLES[key].label)


def commands() -> str:
    """The commands of the Makefile, then our own of `tongchuang`."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    make = re.findall(r"^([a-z]+): ## (.+)$", makefile, re.M)
    ours = sorted(
        (n, app) for n, app in get_commands().items() if str(app).startswith("tongchuang")
    )
    return "\n".join(
        [
            _MADE,
            "# Commands",
            "",
            "## Make",
            "",
            "| Command | What it does |",
            "|---|---|",
            *(f"| `make {name}` | {text} |" for name, text in make),
            "",
            "## Tongchuang",
            "",
            "`.venv/bin/tongchuang COMMAND`, beside Django's own commands (`migrate`, `shell`, …).",
            "For the demonstration that `make run` built, `export TONGCHUANG_DEMO=1` first; for an",
            "installation of your own, the variables of [settings](settings.md).",
            "",
            "| Command | What it does |",
            "|---|---|",
            *(_command(name, str(app)) for name, app in ours),
            "",
            "The worker runs the periodic ones by the table in `tongchuang/config/schedule.py`.",
            "",
        ]
    )


def _command(name: str, app: str) -> str:
    command = load_command_class(app, name)
    usual = {action.dest for action in BaseCommand().create_parser("", "")._actions}
    own = [a for a in command.create_parser("tongchuang", name)._actions if a.dest not in usual]
    words = " ".join([f"tongchuang {name}", *(_argument(action) for action in own)])
    return f"| `{words}` | {command.help} |"


def _argument(action: Action) -> str:
    name = str(action.metavar or action.dest).upper()
    if not action.option_strings:
        return f"[{name}…]" if action.nargs in {"*", "?"} else name
    flag = action.option_strings[-1]
    text = flag if action.nargs == 0 else f"{flag} {name}"
    return text if action.required else f"[{text}]"


def decisions() -> str:
    """The list of decisions, with what each says of its status."""
    rows = []
    for paper in sorted((DOCS / "adr").glob("[0-9]*.md")):
        text = paper.read_text("utf-8")
        title = re.sub(r"^[\d.]+\s*", "", text.splitlines()[0].removeprefix("# "))
        status = re.search(r"status:?\W+(\w[^\n.]*)", text, re.I)
        said = status[1].strip() if status else "accepted"
        rows.append(f"| [{paper.name[:4]}]({paper.name}) | {title} | {said} |")
    return "\n".join(
        [
            _MADE,
            "# Decisions",
            "",
            "One page each: status, context, decision, consequences, alternatives. An accepted",
            "decision is never edited; a later one supersedes it. Write one for a new app, a",
            "dependency that shapes code, a role, a file format, or the reading of an unclear",
            "standard. Numbers are never used twice.",
            "",
            "| Number | Decision | Status |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def openapi() -> str:
    """The description of the API, for programs and for the test that guards it."""
    schema = api.get_openapi_schema(path_prefix="/api/")
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def main() -> int:
    """Write all; `--check` only says which page is out of date."""
    pages = {
        DOCS / "glossary.md": glossary(),
        DOCS / "reference/permissions.md": permissions(),
        DOCS / "reference/commands.md": commands(),
        DOCS / "adr/README.md": decisions(),
        DOCS / "api/openapi.json": openapi(),
        PAGE: case_flow(),
    }
    stale = [path for path, text in pages.items() if _read(path) != text]
    for path in stale:
        print(f"{path.relative_to(ROOT)}: {'out of date' if '--check' in sys.argv else 'written'}")
        if "--check" not in sys.argv:
            path.write_text(pages[path], encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
