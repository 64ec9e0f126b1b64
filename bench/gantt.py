"""The plan as bars at 2,000 tasks, and the joint calendar beside it: `python -m bench.gantt`."""

import gzip
import json
from datetime import date, timedelta
from decimal import Decimal

import bench.django_setup  # noqa: F401  before the models

# isort: split
from django.test import Client

from bench.timing import milliseconds
from tongchuang.accounts.models import Membership, Unit
from tongchuang.campaigns.models import Campaign, Task
from tongchuang.cases.models import Case

BARS = 2_000
PAGES = {
    "window of 100 bars": "/campaigns/tasks/gantt/",
    "all bars": "/campaigns/tasks/gantt/?rows=all",
    "proposals": "/campaigns/tasks/gantt/slips/",
    "calendar, month": "/calendar/",
    "load of units": "/calendar/load/",
    "warnings": "/calendar/warnings/",
}


def fill() -> None:
    """Tasks up to `BARS`, spread over the units with posts and two years."""
    units = list(Unit.objects.filter(kind__in=Unit.WITH_POSTS).order_by("path"))
    campaign = Campaign.objects.order_by("-main", "ordinal")[0]
    first = date(2015, 9, 1)
    tasks = []
    for n in range(BARS - Task.objects.count()):
        start = first + timedelta(days=n * 7 % 600)
        due = start + timedelta(days=20 + n % 160)
        tasks.append(
            Task(
                campaign=campaign,
                unit=units[n % len(units)],
                title=f"第 {n + 1} 项整治任务",
                quantity=Decimal(10),
                quantity_unit="处",
                done=Decimal(n % 11),
                starts_on=start,
                due_on=due,
                baseline_starts_on=start,
                baseline_due_on=due - timedelta(days=n % 3 * 5),
            )
        )
    Task.objects.bulk_create(tasks, batch_size=500)


def measure() -> list[dict[str, float | str]]:
    """Each page for the director: milliseconds, weight in KB, and packed as a server sends it."""
    director = Membership.objects.filter(role="hq_director", to_on=None).order_by("pk")[0].user
    client = Client()
    client.force_login(director, backend="django.contrib.auth.backends.ModelBackend")
    rows: list[dict[str, float | str]] = []
    for name, address in PAGES.items():
        body = client.get(address).content
        took = milliseconds(lambda: client.get(address))  # noqa: B023 -- called at once
        packed = len(gzip.compress(body)) / 1024
        rows.append({"page": name, "ms": took, "kb": len(body) / 1024, "packed_kb": packed})
    return rows


if __name__ == "__main__":
    fill()
    facts = {"tasks": Task.objects.count(), "cases": Case.objects.count()}
    print(json.dumps(facts | {"pages": measure()}))
