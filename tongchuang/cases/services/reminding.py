"""What the clock does: reminders in the last quarter of a limit, blue slips after it."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.cases import rules
from tongchuang.cases.models import Case, Leg, Slip
from tongchuang.cases.services.notices import office_of, tell
from tongchuang.core.calendars import city_calendar

_BATCH = 500


def remind_and_slip(*, by: User, at: datetime) -> dict[str, int]:
    """Raise every reminder and blue slip that is due at `at`; how many of each were new.

    Safe to run twice: one slip per case, step, stage and limit. Cases taken over from another
    system are left alone: their limits were that system's.
    """
    raised = {str(Slip.Step.REMINDER): 0, str(Slip.Step.BLUE): 0}
    offices: dict[int, Unit] = {}
    legs = _running_legs()
    while batch := list(islice(legs, _BATCH)):
        for slip in _raise_batch(batch, offices, by, at):
            raised[slip.step] += 1
    return raised


def _running_legs() -> Iterator[Leg]:
    """Open legs whose clock runs towards a limit."""
    legs = Leg.objects.filter(ended_at=None, case__status__in=Case.OPEN)
    legs = legs.exclude(case__due_at=None).exclude(case__channel=Case.Channel.IMPORT)
    return legs.select_related("case__city", "unit").order_by("id").iterator(chunk_size=_BATCH)


@transaction.atomic
def _raise_batch(legs: list[Leg], offices: dict[int, Unit], by: User, at: datetime) -> list[Slip]:
    wanted = [(leg, step) for leg in legs if (step := _step_of(leg, at))]
    known = set(
        Slip.objects.filter(case__in=[leg.case_id for leg, _step in wanted]).values_list(
            "case_id", "step", "stage", "due_at"
        )
    )
    slips = []
    for leg, step in wanted:
        due = leg.case.due_at
        if due is None or (leg.case_id, step, leg.stage, due) in known:
            continue
        unit = leg.unit or _office(leg.case.city, offices)
        slips.append(
            Slip(
                case=leg.case,
                step=step,
                unit=unit,
                stage=leg.stage,
                due_at=due,
                issued_at=at,
                by=by,
            )
        )
    for slip in Slip.objects.bulk_create(slips):
        tell(slip.case, [slip.unit], _words(slip))
    return slips


def _step_of(leg: Leg, at: datetime) -> str:
    """Which step the clock has reached on this leg; the blue slip comes without the reminder."""
    due = leg.case.due_at
    if due is None:
        return ""
    if at > due:
        return str(Slip.Step.BLUE)
    used = rules.used_share(leg.started_at, due, at, rules.unit_of(leg.limit), city_calendar())
    return str(Slip.Step.REMINDER) if used >= rules.REMINDER_SHARE else ""


def _office(city: Unit, offices: dict[int, Unit]) -> Unit:
    if city.pk not in offices:
        offices[city.pk] = office_of(city)
    return offices[city.pk]


def _words(slip: Slip) -> str:
    if slip.step == Slip.Step.BLUE:
        return _("蓝单：%(stage)s已超时限") % {"stage": _stage(slip)}
    return _("提醒：%(stage)s时限将满") % {"stage": _stage(slip)}


def _stage(slip: Slip) -> str:
    return str(Leg.Stage(slip.stage).label)
