"""The end of a visit: nothing missing, a score, and each failed item a case in the same act."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.cases import services as cases
from tongchuang.cases.models import Case
from tongchuang.core import clock
from tongchuang.core.flow import remember, save_audited
from tongchuang.core.models import StoredFile
from tongchuang.inspections import rules
from tongchuang.inspections.models import Answer, Visit
from tongchuang.inspections.queries import asking
from tongchuang.inspections.queries.visits import answers_of, items_of
from tongchuang.inspections.services.planning import Refused
from tongchuang.inspections.services.visiting import writable
from tongchuang.standards.models import ChecklistItem, ProblemClass, SiteType


@dataclass(frozen=True, slots=True)
class Missing:
    """What an item still lacks, in words."""

    item: ChecklistItem
    words: str


class Incomplete(Refused):
    """The visit cannot be finished yet; `missing` names every item and what it lacks."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        self.missing = missing
        super().__init__(_("还有 %(n)s 项没有查完。") % {"n": len(missing)})


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """The class proposed for a failed item, and why."""

    problem_class: ProblemClass | None
    certain: bool
    reason: str


@transaction.atomic
def finish_visit(visit: Visit, *, by: User, note: str = "") -> Visit:
    """Score the visit and file what failed; all or nothing. A finished one is given back as it is.

    Raises `Incomplete` with what is missing; `PermissionDenied` for anybody but its inspector.
    """
    found = Visit.objects.select_related("inspector").get(pk=visit.pk)
    if found.status == Visit.Status.FINISHED and found.inspector_id == by.pk:
        return found
    visit = writable(visit, by)
    items, answers = items_of(visit), answers_of(visit)
    if missing := what_is_missing(items, answers):
        raise Incomplete(missing)
    remember(visit)
    visit.note = note.strip()
    _count(visit, items, answers)
    failed = [item for item in items if answers[item.pk].result == Answer.Result.FAIL]
    filed = _file(visit, failed, answers, by)
    visit.status, visit.finished_at = Visit.Status.FINISHED, clock.now()
    save_audited(visit, "finish", by=by, cases=filed)
    return visit


def what_is_missing(items: Sequence[ChecklistItem], answers: dict[int, Answer]) -> list[Missing]:
    """Items without an answer, failed ones without a photo or the reason for none."""
    found = [Missing(item, _lacks(item, answers.get(item.pk))) for item in items]
    return [one for one in found if one.words]


def _lacks(item: ChecklistItem, answer: Answer | None) -> str:
    if answer is None:
        return _("还没有结果")
    if answer.result != Answer.Result.FAIL or answer.note.strip():
        return ""
    if answer.photo_id is None and item.photo_required:
        return _("须拍照，拍不了的请写明原因")
    return "" if answer.photo_id else _("请拍照或写明情况")


def _count(visit: Visit, items: Sequence[ChecklistItem], answers: dict[int, Answer]) -> None:
    results = {item.pk: answers[item.pk].result for item in items}
    visit.passed = sum(result == Answer.Result.PASS for result in results.values())
    visit.failed = sum(result == Answer.Result.FAIL for result in results.values())
    outcome = {Answer.Result.PASS: True, Answer.Result.FAIL: False}
    visit.score = rules.visit_score(
        rules.Mark(
            item.weight,
            item.severity == ChecklistItem.Severity.RED_LINE,
            outcome.get(Answer.Result(results[item.pk])),
        )
        for item in items
    )


# From failed items to cases
def propose_class(
    item: ChecklistItem, classes: Sequence[ProblemClass], site_type: SiteType
) -> ClassChoice:
    """The class of problems that a failed item belongs to; give `classes` of `_classes`."""
    clauses = {clause.pk for clause in item.clauses.all()}
    facts = [
        rules.ClassFacts(
            one.pk,
            one.title,
            any(kind.pk == site_type.pk for kind in one.site_types.all()),
            any(clause.pk in clauses for clause in one.clauses.all()),
        )
        for one in classes
    ]
    chosen = rules.choose_class(item.text, facts)
    if chosen is None:
        return ClassChoice(None, certain=False, reason=_("没有对应的问题类别，由派单员确定"))
    words = _("按条款对应") if chosen.of_clause else _("按点位类别对应")
    found = next(one for one in classes if one.pk == chosen.key)
    return ClassChoice(found, certain=chosen.of_clause and chosen.of_type, reason=words)


def _file(
    visit: Visit, failed: Sequence[ChecklistItem], answers: dict[int, Answer], by: User
) -> list[str]:
    """A case for each failed item, or the open one that tells of the same; their numbers."""
    if not failed:
        return []
    classes = list(
        ProblemClass.objects.filter(active=True).prefetch_related("site_types", "clauses")
    )
    known = _open_here(visit)
    for item in failed:
        answer = answers[item.pk]
        choice = propose_class(item, classes, visit.site.site_type)
        same = _same(known, item, choice)
        answer.case = _join(same, visit, answer, by) if same else _new(visit, answer, choice, by)
        answer.save(update_fields=["case"])
    return [str(answers[item.pk].case) for item in failed]


def _open_here(visit: Visit) -> list[Case]:
    return list(Case.objects.open().filter(site=visit.site_id).prefetch_related("findings"))


def _same(known: Sequence[Case], item: ChecklistItem, choice: ClassChoice) -> Case | None:
    """The open case that a finding of this item made, else one of the same certain class."""
    for case in known:
        if any(finding.item_id == item.pk for finding in case.findings.all()):
            return case
    if not (choice.certain and choice.problem_class):
        return None
    return next((c for c in known if c.problem_class_id == choice.problem_class.pk), None)


def _join(case: Case, visit: Visit, answer: Answer, by: User) -> Case:
    label = f"{_origin_label(visit)}：{answer.item.text}"
    channel = Case.Channel.INSPECTION
    return cases.join_case(case, channel=channel, source_label=label, photos=_photos(answer), by=by)


def _new(visit: Visit, answer: Answer, choice: ClassChoice, by: User) -> Case:
    item = answer.item
    return cases.file_case(
        title=f"{visit.site.name}：{item.text}",
        description=answer.note,
        problem_class=choice.problem_class,
        channel=Case.Channel.INSPECTION,
        site=visit.site,
        campaign=visit.campaign,
        by=by,
        found_at=clock.now(),
        clauses=asking.hit_by(item, visit),
        photos=_photos(answer),
        no_photo_reason=answer.note,
        client_id=uuid.uuid5(uuid.NAMESPACE_URL, f"visit:{visit.pk}:{item.pk}"),
        source_label=f"{item.text}（{choice.reason}）",
        origin_kind="visit",
        origin_label=_origin_label(visit),
        origin_url=reverse("inspections:visit_detail", args=[visit.pk]),
    )


def _photos(answer: Answer) -> list[StoredFile]:
    return [answer.photo] if answer.photo else []


def _origin_label(visit: Visit) -> str:
    name = visit.round.title if visit.round else _("现场检查")
    return f"{name} {clock.today():%Y-%m-%d}"
