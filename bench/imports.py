"""Real records through the product's own door: `python -m bench.imports FOLDER`."""

import json
import sys
from pathlib import Path
from time import perf_counter, process_time

import bench.django_setup  # noqa: F401  before the command

# isort: split
from django.core.management import call_command

from bench.databases import ROOT
from tongchuang.cases.models import Case

MAPPINGS = ROOT / "docs" / "how" / "mappings"
RECORDS = Path("cases") / "boston311_2015_jan_sep.csv.gz"


def import_boston(folder: Path) -> dict[str, float]:
    """Preview and commit of all records in one transaction: rows and seconds."""
    quiet = Path("/dev/null").open("w")  # noqa: SIM115 -- as long as the process
    call_command(
        "import_sheet", "units", str(MAPPINGS / "boston_units.csv"), "--commit", stdout=quiet
    )
    before, began, busy = Case.objects.count(), perf_counter(), process_time()
    mapping = str(MAPPINGS / "boston311.yaml")
    call_command(
        "import_sheet",
        "cases",
        str(folder / RECORDS),
        "--mapping",
        mapping,
        "--commit",
        stdout=quiet,
    )
    return {
        "rows": Case.objects.count() - before,
        "seconds": perf_counter() - began,
        "cpu_seconds": process_time() - busy,
    }


if __name__ == "__main__":
    print(json.dumps(import_boston(Path(sys.argv[1]))))
