"""A visit on the spot: begun once, answered item by item."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import require
from tongchuang.cases.services.filing import city_of
from tongchuang.core import clock
from tongchuang.core.files import store_file
from tongchuang.core.flow import locked, save_audited
from tongchuang.inspections.models import Answer, Draw, Round, Visit
from tongchuang.inspections.services.planning import Refused, why_not_visit
from tongchuang.places.models import Site
from tongchuang.standards.models import ChecklistItem

PURPOSE = "visit"


@dataclass(frozen=True, slots=True)
class Position:
    """Where the phone says it is, WGS 84; `accuracy_m` in metres."""

    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """The answer to one item as it was given; an empty `result` leaves the item open."""

    item: ChecklistItem
    result: str
    note: str = ""
    photo: File[bytes] | None = None


@transaction.atomic
def start_visit(
    site: Site,
    *,
    by: User,
    round: Round | None = None,
    client_id: uuid.UUID | None = None,
    position: Position | None = None,
) -> Visit:
    """Begin to look at a place; the same visit again when it has begun already.

    Raises `Refused` for a place of the person's own unit, one that the round did not draw or that
    somebody else has begun, and `PermissionDenied` if `by` may not inspect there.
    """
    require(by, "inspections.visit", site)
    if known := _known(site, round, client_id, by):
        return known
    if why_not := why_not_visit(site, by):
        raise Refused(why_not)
    if round:
        _check_round(round, site)
    here = position or Position()
    visit = Visit(
        round=round,
        campaign=round.campaign if round else None,
        city=round.campaign.city if round else city_of(site.territory),
        site=site,
        inspector=by,
        client_id=client_id,
        started_at=clock.now(),
        lon=here.lon,
        lat=here.lat,
        accuracy_m=here.accuracy_m,
    )
    save_audited(visit, "start", by=by)
    return visit


def _known(site: Site, one: Round | None, client_id: uuid.UUID | None, by: User) -> Visit | None:
    found = Visit.objects.filter(client_id=client_id).first() if client_id else None
    if found is None and one:
        found = Visit.objects.filter(round=one, site=site).select_related("inspector").first()
    if found is None and one is None:
        same = Visit.objects.filter(site=site, inspector=by, round=None)
        found = same.filter(status=Visit.Status.OPEN).first()
    if found and found.inspector_id != by.pk:
        raise Refused(_("%(name)s 已在检查这个点位。") % {"name": found.inspector})
    return found


def _check_round(one: Round, site: Site) -> None:
    if one.status != Round.Status.RUNNING:
        raise Refused(_("这一轮没有在进行，不能检查。"))
    if not Draw.objects.filter(round=one, site=site).exists():
        raise Refused(_("这一轮没有抽中这个点位。"))


@transaction.atomic
def answer_item(visit: Visit, given: Given, *, by: User) -> Answer | None:
    """Answer one item; answering again replaces the answer, an earlier photo stays."""
    visit = writable(visit, by)
    return _answer(visit, given, by, _answers(visit).get(given.item.pk))


@transaction.atomic
def answer_items(visit: Visit, answers: Iterable[Given], *, by: User) -> Visit:
    """Answer several items at once. Raises `FileRefused` for a photo that is none."""
    visit = writable(visit, by)
    known = _answers(visit)
    for given in answers:
        _answer(visit, given, by, known.get(given.item.pk))
    return visit


def writable(visit: Visit, by: User) -> Visit:
    """The visit, locked; only its inspector writes, and only until it is finished."""
    visit = locked(visit)
    if visit.inspector_id != by.pk:
        raise PermissionDenied("inspections.visit")
    if visit.status != Visit.Status.OPEN:
        raise Refused(_("这次检查已经完成，不能再改。"))
    return visit


def _answers(visit: Visit) -> dict[int, Answer]:
    return {answer.item_id: answer for answer in visit.answers.all()}


def _answer(visit: Visit, given: Given, by: User, known: Answer | None) -> Answer | None:
    if given.item.site_type_id != visit.site.site_type_id:
        raise Refused(_("这一项不属于这类点位。"))
    if given.result not in Answer.Result.values:
        return known
    answer = known or Answer(visit=visit, item=given.item)
    before = (answer.pk, answer.result, answer.note)
    answer.result, answer.note = given.result, given.note.strip()[:200]
    if given.photo:
        answer.photo = store_file(given.photo, by=by, purpose=PURPOSE, accept=["photo"])
    if given.photo or before != (answer.pk, answer.result, answer.note):
        answer.save()
    return answer
