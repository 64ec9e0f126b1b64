"""The audit log: who did what to which record, in words."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tongchuang.accounts import queries
from tongchuang.accounts.event_words import ACTION_WORDS, EVENTS, kind_word, spoken
from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import Request, reach, requires
from tongchuang.core import audit
from tongchuang.core.models import ChainHead, Event
from tongchuang.core.pages import export_response, keyset, render_page

EXPORTED = 50_000


@requires("audit.view")
@require_GET
def audit_log(request: Request) -> HttpResponse:
    events = _filtered(request, _visible_to(request.user))
    if request.GET.get("format") == "xlsx":
        audit.record(subject=request.user, action="export", by=request.user, reason=_("操作日志"))
        return export_response(EVENTS.export(_in_blocks(events)), _("操作日志.xlsx"))
    page = keyset(request, events, order=("-id",))
    kinds = _known_kinds()
    context = {
        "page": page,
        "lines": spoken(page.rows),
        "head": ChainHead.objects.first(),
        "kinds": kinds,
        "actions": sorted(ACTION_WORDS.items(), key=lambda pair: str(pair[1])),
        "asked": {name: request.GET.get(name, "") for name in ("person", "kind", "action", "day")},
    }
    return render_page(request, "accounts/audit_log.html", context, fragment="rows")


def _visible_to(user: User) -> QuerySet[Event]:
    """All events, or those of the people within one's reach."""
    where = reach(user, "audit.view")
    if where.everything:
        return Event.objects.all()
    return Event.objects.filter(actor__unit__in=where.unit_ids)


def _filtered(request: Request, events: QuerySet[Event]) -> QuerySet[Event]:
    asked = request.GET
    person = asked.get("person", "").strip()[:40]
    if person:
        named = queries.person_named(User.objects.all(), person)
        events = events.filter(actor__in=named)
    for name, field in (("kind", "subject_kind"), ("action", "action")):
        if asked.get(name):
            events = events.filter(**{field: asked[name][:60]})
    subject = asked.get("subject", "")
    if subject.isdigit() and len(subject) < 19:
        events = events.filter(subject_id=int(subject))
    day = _day(asked.get("day", ""))
    if day:
        start = timezone.make_aware(datetime.combine(day, time.min))
        events = events.filter(at__gte=start, at__lt=start + timedelta(days=1))
    return events


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _known_kinds() -> list[tuple[str, str]]:
    """Kinds of records that have events, found kind by kind along the index."""
    kinds: list[tuple[str, str]] = []
    found = Event.objects.order_by("subject_kind").values_list("subject_kind", flat=True)
    kind = found.first()
    while kind:
        kinds.append((kind, kind_word(kind)))
        kind = found.filter(subject_kind__gt=kind).first()
    return kinds


def _in_blocks(events: QuerySet[Event]) -> Iterable[Event]:
    """The newest events, read in blocks so that a long log fits into memory."""
    return events.order_by("-id")[:EXPORTED].iterator(chunk_size=2000)
