"""How long a monthly bulletin takes: `python -m bench.documents CAMPAIGN MONTH`."""

import json
import sys
import tempfile
from pathlib import Path

import bench.django_setup  # noqa: F401  before the command

# isort: split
from django.core.management import call_command

from bench.timing import milliseconds


def bulletin_ms(campaign: str, month: str) -> float:
    """Facts, scores and the DOCX of one month, written once more each time."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bulletin.docx"
        return milliseconds(
            lambda: call_command("bulletin", campaign=campaign, month=month, out=out, verbosity=0),
            repeats=3,
        )


if __name__ == "__main__":
    print(json.dumps({"bulletin_ms": bulletin_ms(*sys.argv[1:3])}))
