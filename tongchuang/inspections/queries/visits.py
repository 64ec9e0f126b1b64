"""Reading single visits, their answers and the history of a place."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Prefetch, QuerySet

from tongchuang.accounts.models import User
from tongchuang.cases.models import Case
from tongchuang.inspections.models import Answer, Visit
from tongchuang.inspections.queries import asking
from tongchuang.places.models import Site
from tongchuang.standards.models import ChecklistItem, Clause


def items_of(visit: Visit) -> list[ChecklistItem]:
    """What is asked at the place, in order, with clauses: as kept with the round's draw.

    Without a round, or in one drawn before questions were kept, the list of the campaign now.
    """
    kind, one = visit.site.site_type, visit.round
    kept = one.questions.get(kind.code) if one else None
    if kept is None:
        return asking.items_now(asking.served_by(visit), kind)
    items = ChecklistItem.objects.filter(code__in=kept).prefetch_related("clauses")
    places = {code: place for place, code in enumerate(kept)}
    return sorted(items, key=lambda item: places[item.code])


def answers_of(visit: Visit) -> dict[int, Answer]:
    """The answers given so far, by item."""
    rows = visit.answers.select_related("item", "photo", "case")
    return {answer.item_id: answer for answer in rows}


def visits_of_site(site: Site, user: User) -> QuerySet[Visit]:
    """Visits to a place that `user` may see, latest first."""
    visits = Visit.objects.visible_to(user).filter(site=site)
    return visits.select_related("round", "inspector", "site")


def item_history(site: Site, item: ChecklistItem) -> QuerySet[Answer]:
    """How one item was answered at a place, latest first."""
    answers = Answer.objects.filter(visit__site=site, item=item)
    return answers.select_related("visit__inspector", "case").order_by("-visit__started_at", "-id")


def failed_answers(
    user: User, clauses: Iterable[Clause], *, on: date, within: str = "", most: int = 30
) -> list[Answer]:
    """The latest answers that failed on items of these clauses until a day, as far as visible.

    `within`: only places under a unit's path. One query.
    """
    items = ChecklistItem.objects.filter(clauses__in=clauses).order_by()
    visits = Visit.objects.visible_to(user).filter(finished_at__date__lte=on).order_by()
    answers = Answer.objects.filter(result=Answer.Result.FAIL, item__in=items, visit__in=visits)
    if within:
        answers = answers.filter(visit__site__territory__path__startswith=within)
    answers = answers.select_related("item", "visit__site__territory", "case")
    return list(answers.order_by("-visit__finished_at", "-id")[:most])


def cases_to_check(site: Site, user: User) -> QuerySet[Case]:
    """Cases of the place that were answered and wait to be looked at on the spot."""
    waiting = Case.objects.visible_to(user).filter(site=site, status=Case.Status.REPLIED)
    return waiting.select_related("lead").order_by("due_at", "id")


def with_answers(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """Visits with their answers, items, clauses and cases, in four queries."""
    rows = Answer.objects.select_related("item", "case", "photo").order_by("item__ordinal")
    rows = rows.prefetch_related("item__clauses")
    return visits.select_related(
        "round__campaign", "inspector__unit", "site__site_type", "site__territory"
    ).prefetch_related(Prefetch("answers", rows))
