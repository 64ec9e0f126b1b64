"""Compile every .po file under locale/ to .mo with Babel: no gettext programs are needed."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_file(source: Path) -> int:
    """Write the .mo beside `source`; returns the number of translated messages."""
    with source.open("rb") as lines:
        catalog = read_po(lines, abort_invalid=True)
    target = source.with_suffix(".mo")
    unfinished = target.with_suffix(".mo.new")
    with unfinished.open("wb") as compiled:
        write_mo(compiled, catalog)
    unfinished.replace(target)
    return sum(1 for message in catalog if message.id and message.string)


def main() -> int:
    """Compile all; a broken file is named with its line."""
    for source in sorted(LOCALE.rglob("*.po")):
        try:
            print(f"      {source.relative_to(LOCALE)}: {compile_file(source)} messages")
        except PoFileError as reason:
            print(f"{source}: {reason}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
