"""How a problem becomes a case, and how it stops being one of its own."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypedDict, Unpack

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Campaign
from tongchuang.cases import rules
from tongchuang.cases.models import FLOW, Case, Photo, Source
from tongchuang.cases.services.dispatching import waits_for_ruling
from tongchuang.cases.services.notices import index_case, office_of, tell
from tongchuang.cases.services.photos import PhotoInput, attach_photos
from tongchuang.cases.services.proposing import propose_lead
from tongchuang.cases.services.trail import Refused, limits_for, make_move, moment
from tongchuang.core import clock
from tongchuang.core.flow import locked
from tongchuang.core.models import StoredFile
from tongchuang.core.numbering import next_number
from tongchuang.places.models import Site
from tongchuang.places.queries import territory_at
from tongchuang.standards.models import Clause, ProblemClass
from tongchuang.standards.queries import standing_class

FILED_AT_ONCE = frozenset({Case.Channel.INSPECTION, Case.Channel.GRID, Case.Channel.SUPERIOR})
_STEP = 4  # characters of a tree path a level


class Facts(TypedDict, total=False):
    """What may be told of a problem beside its title; all optional. Positions in WGS 84."""

    found_at: datetime | None
    description: str
    problem_class: ProblemClass | None
    grade: str
    site: Site | None
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    address: str
    territory: Unit | None
    campaign: Campaign | None
    origin_kind: str
    origin_label: str
    origin_url: str


@transaction.atomic
def file_case(
    *,
    title: str,
    channel: str,
    by: User,
    clauses: Iterable[Clause] = (),
    photos: Sequence[PhotoInput | File[bytes] | StoredFile] = (),
    no_photo_reason: str = "",
    source_label: str = "",
    client_id: uuid.UUID | None = None,
    **facts: Unpack[Facts],
) -> Case:
    """Register a problem: filed at once, or to be verified when the public told of it.

    `client_id` makes it safe to send twice: the case of the first time is returned. Raises
    `Refused` without a place, or without a photo and a reason for none; `FileRefused` for a file
    that is no photo; `PermissionDenied` if `by` may not report problems.
    """
    if client_id and (known := Case.objects.filter(client_id=client_id).first()):
        return known
    if not photos and not no_photo_reason.strip():
        raise Refused(_("请附上照片；确实没有照片的，请说明原因。"))
    at = moment()
    case = _drafted(facts, by, at)
    case.title, case.channel, case.client_id = title.strip()[:120], channel, client_id
    _take_in(case, at, by, no_photo_reason)
    _add_sides(case, clauses, photos, source_label, at, by)
    return case


def _drafted(facts: Facts, by: User, at: datetime) -> Case:
    """The unsaved case with place, city, campaign and grade. Raises `Refused` without a place."""
    case = Case(**{name: value for name, value in facts.items() if value is not None})
    site = case.site
    if site and case.lon is None:
        case.lon, case.lat = site.lon, site.lat
    has_point = case.lon is not None and case.lat is not None
    if not (site or has_point or case.address.strip() or case.territory):
        raise Refused(_("请说明地点：选择点位，或在地图上定位，或填写地址。"))
    case.address = case.address or (site.address if site else "")
    case.territory = case.territory or _territory(site, case.lon, case.lat)
    case.city = city_of(case.territory or by.unit)
    case.campaign = case.campaign or Campaign.objects.filter(city=case.city, main=True).first()
    case.found_by, case.found_at = by, min(facts.get("found_at") or at, at)
    if not facts.get("grade"):
        case.grade = _usual_grade(case.problem_class)
    return case


def _usual_grade(problem_class: ProblemClass | None) -> str:
    if problem_class is None:
        return Case.Grade.GENERAL
    return standing_class(problem_class, on=clock.today()).grade


def _take_in(case: Case, at: datetime, by: User, no_photo_reason: str) -> None:
    """The first move: to the dispatcher's desk or to be verified."""
    _propose(case)
    case.repeat_of = _closed_lately(case, at)
    move = "file" if case.channel in FILED_AT_ONCE else "to_verify"
    FLOW.start(case, move, by=by)
    if move == "file":
        case.filed_at = at
    year = at.year
    case.number = f"{year}-{next_number('case', year):04d}"
    limits = limits_for(case)
    make_move(case, move, by=by, at=at, limits=limits, no_photo_reason=no_photo_reason)


def _add_sides(
    case: Case,
    clauses: Iterable[Clause],
    photos: Sequence[PhotoInput | File[bytes] | StoredFile],
    source_label: str,
    at: datetime,
    by: User,
) -> None:
    wanted = list(clauses) or _usual_clauses(case)
    if wanted:
        case.clauses.set(wanted)
    Source.objects.create(
        case=case, channel=case.channel, label=source_label[:120], at=case.found_at, by=by
    )
    attach_photos(case, Photo.Moment.BEFORE, photos, by=by, at=at)
    index_case(case)
    tell(case, [office_of(case.city)], case.get_status_display())


def _usual_clauses(case: Case) -> list[Clause]:
    """The clauses of the problem class in the standard of the campaign."""
    if not (case.problem_class_id and case.campaign and case.problem_class):
        return []
    return list(case.problem_class.clauses.filter(framework=case.campaign.framework_id))


def _propose(case: Case) -> None:
    proposal = propose_lead(case.site, case.problem_class, case.territory)
    case.proposed_lead = proposal.unit
    case.proposal_certainty = proposal.certainty
    case.proposal_reason = proposal.reason[:120]


def _territory(site: Site | None, lon: float | None, lat: float | None) -> Unit | None:
    if site:
        return site.territory
    return territory_at(lon, lat) if lon is not None and lat is not None else None


def city_of(unit: Unit | None) -> Unit:
    """The city that a unit belongs to. Raises `Refused` where there is no city at all."""
    paths = [unit.path[:end] for end in range(_STEP, len(unit.path) + 1, _STEP)] if unit else []
    cities = Unit.objects.filter(kind=Unit.Kind.CITY)
    city: Unit | None = cities.filter(path__in=paths).first() if paths else None
    city = city or cities.first() or Unit.objects.filter(path__in=paths).first()
    if city is None:
        raise Refused(_("系统里还没有城市，不能立案。"))
    return city


def _closed_lately(case: Case, at: datetime) -> Case | None:
    """The case of the same class at the same site that was closed within the watch."""
    if not (case.site_id and case.problem_class_id):
        return None
    since = at - timedelta(days=rules.QUIET_DAYS)
    same = Case.objects.filter(site=case.site_id, problem_class=case.problem_class_id)
    return same.filter(closed_at__gte=since).order_by("-closed_at").first()


@transaction.atomic
def verify_report(
    case: Case,
    *,
    by: User,
    note: str = "",
    photos: Sequence[PhotoInput | File[bytes] | StoredFile] = (),
) -> Case:
    """What the public told is true: file it; the clock starts now."""
    case = locked(case)
    FLOW.start(case, "verify", by=by)
    at = moment()
    case.filed_at = at
    make_move(case, "verify", by=by, at=at, reason=note)
    attach_photos(case, Photo.Moment.BEFORE, photos, by=by, at=at)
    tell(case, [office_of(case.city)], _("核实属实，待派发"))
    return case


@transaction.atomic
def reject_case(case: Case, *, reason: str, by: User) -> Case:
    """Do not take a report up; whoever told of it is told why.

    Who verifies may refuse a report; what is filed already only a dispatcher may refuse.
    """
    case = locked(case)
    FLOW.start(case, "reject", by=by)
    if case.status == Case.Status.FILED:
        require(by, "cases.dispatch", case)
    _need(reason, _("请写明不予立案的理由。"))
    make_move(case, "reject", by=by, at=moment(), reason=reason)
    tell(case, [case.found_by], _("不予立案"), reason)
    return case


@transaction.atomic
def merge_case(case: Case, *, into: Case, by: User) -> Case:
    """Let an open case take over another that tells of the same problem.

    Sources and photos go with it; those who told of the merged case are told. Raises `Refused`
    when the survivor is the case itself or no longer open.
    """
    case, into = locked(case), locked(into)
    FLOW.start(case, "merge", by=by)
    if into.pk == case.pk:
        raise Refused(_("不能并入自己。"))
    if not into.is_open:
        raise Refused(_("%(number)s 已不在办理中，不能并入。") % {"number": into.number})
    if waits_for_ruling(case):
        raise Refused(_("正在权属认定，裁定后才能并案。"))
    case.merged_into = into
    make_move(case, "merge", by=by, at=moment(), into=into.pk)
    Source.objects.bulk_create(
        Source(
            case=into,
            channel=one.channel,
            label=one.label,
            at=one.at,
            by_id=one.by_id,
            from_case=case,
        )
        for one in case.sources.all()
    )
    copies = list(case.photos.all())
    for photo in copies:
        photo.pk, photo.case = None, into
    Photo.objects.bulk_create(copies)
    told = [source.by for source in case.sources.select_related("by") if source.by]
    tell(case, told, _("并入 %(number)s") % {"number": into.number})
    return case


@transaction.atomic
def resubmit_case(case: Case, *, reason: str, by: User) -> Case:
    """Take back a merger or a refusal: the case goes on as if it had just come in.

    The time of finding stays; what the survivor of a merger had taken over goes back.
    """
    case = locked(case)
    FLOW.start(case, "resubmit", by=by)
    _need(reason, _("请写明恢复的理由。"))
    if case.merged_into_id:
        Source.objects.filter(case=case.merged_into_id, from_case=case).delete()
        files = case.photos.values("file")
        Photo.objects.filter(case=case.merged_into_id, file__in=files).delete()
        case.merged_into = None
    at = moment()
    make_move(case, "resubmit", by=by, at=at, reason=reason)
    move = "file" if case.channel in FILED_AT_ONCE or case.filed_at else "to_verify"
    FLOW.start(case, move, by=by)
    case.filed_at = case.filed_at or (at if move == "file" else None)
    make_move(case, move, by=by, at=at)
    return case


def _need(text: str, words: str) -> None:
    if not text.strip():
        raise Refused(words)
