"""Every change to a citizen's report: send in, answer, judge, ask for more, publish."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.accounts.services import robot
from tongchuang.cases import services as cases
from tongchuang.cases.models import Case
from tongchuang.cases.services.filing import city_of
from tongchuang.cases.services.notices import office_of
from tongchuang.core import audit, outbox
from tongchuang.core.files import store_file
from tongchuang.core.flow import locked, remember, save_audited
from tongchuang.core.models import StoredFile
from tongchuang.places.models import Site
from tongchuang.public.models import Report, ReportPhoto
from tongchuang.standards.models import ProblemClass

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
MOST_PHOTOS = 3
PURPOSE = "report"
MOST_PER_SENDER = 6
SENDER_WINDOW_S = 600


class Refused(ValueError):
    """What cannot be done now, with the reason in words."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a citizen told, as the form or an interface gives it."""

    topic: str
    text: str
    address: str = ""
    contact: str = ""
    site: Site | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None


def allow_sender(sender: str) -> None:
    """Raise `Refused` when one address sends too much; nothing of it is kept beyond minutes."""
    key = f"public.sender.{sender}"
    cache.add(key, 0, SENDER_WINDOW_S)
    if cache.incr(key) > MOST_PER_SENDER:
        raise Refused(_("这个网络提交得太频繁，请过 10 分钟再试；紧急情况请拨 12345。"))


@transaction.atomic
def submit_report(
    told: Told,
    *,
    submission_id: uuid.UUID,
    at: datetime,
    photos: Sequence[File[bytes]] = (),
) -> Report:
    """Take in a report and file it as a case to verify; sent twice it has one effect.

    Raises `FileRefused` for a file that is no photo; then nothing is kept.
    """
    known = Report.objects.filter(submission_id=submission_id).first()
    if known:
        return known
    stored = [
        store_file(photo, by=None, purpose=PURPOSE, accept=["photo"])
        for photo in photos[:MOST_PHOTOS]
    ]
    report = Report(
        tracking_code=new_code(),
        submission_id=submission_id,
        topic=told.topic,
        title=_title(told),
        text=told.text.strip(),
        site=told.site,
        address=(told.address or (told.site.address if told.site else "")).strip()[:200],
        lon=told.lon,
        lat=told.lat,
        accuracy_m=told.accuracy_m,
        contact=told.contact.strip(),
        at=at,
    )
    report.case = _file(report, stored)
    report.city = report.case.city
    report.save()
    ReportPhoto.objects.bulk_create(ReportPhoto(report=report, file=file) for file in stored)
    audit.record(subject=report, action="submit", by=None, after={"case": report.case.pk}, at=at)
    return report


def _title(told: Told) -> str:
    place = told.site.name if told.site else told.address.strip()
    return f"{place} {Report.Topic(told.topic).label}".strip()[:120]


def _file(report: Report, photos: Sequence[StoredFile]) -> Case:
    return cases.file_case(
        title=report.title,
        description=report.text,
        channel=Case.Channel.PUBLIC,
        site=report.site,
        address=report.address,
        lon=report.lon,
        lat=report.lat,
        accuracy_m=report.accuracy_m,
        photos=photos,
        no_photo_reason="" if photos else _("群众没有附照片"),
        source_label=_("随手报"),
        found_at=report.at,
        client_id=report.submission_id,
        origin_kind="report",
        origin_label=_("随手报 %(code)s") % {"code": report.tracking_code},
        origin_url=reverse("public:report_by_code", args=[report.tracking_code]),
        by=robot(),
    )


def new_code() -> str:
    """A tracking code nobody has yet; without letters that look like digits."""
    while True:
        code = "".join(secrets.choice(LETTERS) for _letter in range(CODE_LENGTH))
        if not Report.objects.filter(tracking_code=code).exists():
            return code


# The office
@transaction.atomic
def file_letter(
    report: Report,
    *,
    address: str,
    problem_class: ProblemClass | None,
    territory: Unit | None,
    by: User,
    at: datetime,
) -> Report:
    """Make a case to verify of a letter that came in from another system; pressed twice, once.

    The problem counts as found now: what the other system did before is told in the description.
    Raises `Refused` without a place.
    """
    report = locked(report)
    require(by, "public.answer", report)
    if report.case is not None:
        return report
    remember(report)
    report.address = address.strip()[:200] or report.address
    try:
        report.case = cases.file_case(
            title=report.title or report.text[:40],
            description=_letter_words(report),
            channel=Case.Channel.HOTLINE,
            address=report.address,
            territory=territory,
            problem_class=problem_class,
            no_photo_reason=_("来信没有附照片"),
            source_label=f"{report.external_source} {report.external_id}".strip(),
            found_at=at,
            origin_kind="report",
            origin_label=_("群众来信 %(code)s") % {"code": report.tracking_code},
            origin_url=reverse("public:report_by_code", args=[report.tracking_code]),
            by=by,
        )
    except cases.Refused as refused:
        raise Refused(str(refused)) from None
    report.acknowledged_at = report.acknowledged_at or at
    save_audited(report, "file", by=by, at=at, case=report.case.pk)
    return report


def _letter_words(report: Report) -> str:
    """The letter for whoever handles it: when it came, and what was answered before."""
    day = timezone.localtime(report.at)
    lines = [report.text, _("来信时间：%(day)s") % {"day": f"{day:%Y-%m-%d}"}]
    if report.answer:
        body = str(report.answering_unit or report.agency or "–")
        named = {"body": body, "answer": report.answer}
        lines.append(_("%(body)s曾答复：%(answer)s") % named)
    return "\n".join(lines)


@transaction.atomic
def answer_report(
    report: Report, *, text: str, unit: Unit | None, by: User, at: datetime
) -> Report:
    """Tell the citizen what became of it, in the name of a unit; a later answer replaces it."""
    report = locked(report)
    require(by, "public.answer", report)
    if not text.strip():
        raise Refused(_("请写明答复内容。"))
    remember(report)
    report.answer, report.answered_at, report.answered_by = text.strip(), at, by
    report.answering_unit = unit
    report.acknowledged_at = report.acknowledged_at or at
    save_audited(report, "answer", by=by, at=at)
    return report


@transaction.atomic
def read_contact(report: Report, *, by: User) -> str:
    """The citizen's contact; that it was read is recorded."""
    require(by, "public.reporter", report)
    audit.record(subject=report, action="read_contact", by=by)
    return report.contact


@transaction.atomic
def publish_result(report: Report, *, by: User, public: bool = True) -> None:
    """Show the before and after pair of a closed case to everybody, or take it back."""
    require(by, "public.answer", report)
    case = report.case
    if case is None or case.closed_at is None:
        raise Refused(_("核查通过后才能公开结果。"))
    before = case.photos.filter(moment="before").order_by("pk").first()
    after = case.photos.exclude(moment="before").order_by("-pk").first()
    if before is None or after is None:
        raise Refused(_("缺处理前或处理后的照片，不能公开。"))
    case.photos.filter(pk__in=[before.pk, after.pk]).update(public=public)
    audit.record(subject=report, action="publish" if public else "unpublish", by=by)


# The citizen's last word
@transaction.atomic
def rate_report(
    report: Report, *, solved: bool, at: datetime, rating: int | None = None, comment: str = ""
) -> Report:
    """Keep the citizen's judgement; "not solved" asks the office to open the case again.

    The first word counts: sent again it changes nothing. Raises `Refused` outside the time.
    """
    report = locked(report)
    if report.solved is not None:
        return report
    if not may_rate(report, at=at):
        raise Refused(_("现在还不能评价，或已过评价时间。"))
    remember(report)
    report.solved, report.rating, report.rated_at = solved, rating, at
    report.comment = comment.strip()[:300]
    if not solved:
        report.reopen_asked_at = at
        _tell_office(report)
    save_audited_by_citizen(report, at)
    return report


def may_rate(report: Report, *, at: datetime) -> bool:
    """Whether the citizen may judge now: after the end, within `Report.RATE_WITHIN`, once."""
    end = report.ended_at
    return report.solved is None and end is not None and end <= at <= end + Report.RATE_WITHIN


def save_audited_by_citizen(report: Report, at: datetime) -> None:
    """Save what a citizen said; the event bears no name."""
    report.version += 1
    report.save()
    after = {"solved": report.solved, "rating": report.rating}
    audit.record(subject=report, action="rate", by=None, after=after, at=at)


def _tell_office(report: Report) -> None:
    outbox.post(
        to=office_of(report.city),
        kind="report",
        subject=_("群众说没有解决：%(title)s") % {"title": report},
        body=report.comment,
        url=reverse("public:report_detail", args=[report.pk]),
    )


@transaction.atomic
def decide_reopening(
    report: Report, *, uphold: bool, answer: str, by: User, at: datetime
) -> Report:
    """Answer a citizen who says "not solved": open the case again, or say why not."""
    report = locked(report)
    require(by, "public.answer", report)
    if report.reopen_asked_at is None or report.reopen_decided_at is not None:
        return report
    if not answer.strip():
        raise Refused(_("请写明给群众的答复。"))
    remember(report)
    report.reopen_decided_at, report.reopen_answer = at, answer.strip()[:300]
    if uphold:
        if report.case is None:
            raise Refused(_("这件诉求没有案件，请先立案。"))
        cases.reopen_case(report.case, reason=_("群众反映没有解决：") + answer.strip(), by=by)
        report.solved = report.rating = report.rated_at = None  # the last word comes again
    save_audited(report, "uphold" if uphold else "decline", by=by, at=at)
    return report


# Letters of another system
@transaction.atomic
def import_reports(reports: Sequence[Report], *, by: User) -> list[Report]:
    """Write letters as they were; a case is made of one by `file_letter`, when somebody asks."""
    require(by, "cases.import")
    city = city_of(by.unit)
    for report in reports:
        report.city = city
        report.tracking_code = new_code()
    made = Report.objects.bulk_create(reports)
    audit.record_many(audit.Entry(report, "import", by, at=report.at) for report in made)
    return made
