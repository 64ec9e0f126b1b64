"""The baseline of a campaign: frozen on its launch and on keeping, set beside the present."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import require
from tongchuang.assessment.comparing import Change, change
from tongchuang.assessment.explaining import PARTS, WHOLE, part_words
from tongchuang.assessment.inputs import Inputs, gather
from tongchuang.assessment.judging import judge
from tongchuang.assessment.lines import as_json, lines
from tongchuang.assessment.models import Baseline, Snapshot
from tongchuang.assessment.queries import snapshot_of
from tongchuang.assessment.rules import HOLDS, State
from tongchuang.assessment.whole import readiness_facts
from tongchuang.campaigns import services as campaigns
from tongchuang.campaigns.models import Campaign
from tongchuang.cases.models import Case
from tongchuang.cases.queries.past import open_at
from tongchuang.core import audit


# Freezing
@transaction.atomic
def launch_campaign(campaign: Campaign, *, on: date, at: datetime, by: User) -> Campaign:
    """Give the signal and freeze where the campaign stands; launched already changes nothing."""
    if campaign.status != Campaign.Status.PREPARING:
        return campaign
    campaign = campaigns.start_campaign(campaign, on=on, by=by)
    freeze_baseline(campaign, Baseline.Kind.LAUNCH, on=on, at=at, by=by)
    return campaign


@transaction.atomic
def keep_campaign(
    campaign: Campaign,
    *,
    on: date,
    review_on: date | None,
    rhythm_months: int,
    at: datetime,
    by: User,
) -> Campaign:
    """Put a campaign into keeping and freeze what has to be kept; see `campaigns.services`."""
    if campaign.status == Campaign.Status.KEEPING:
        return campaign
    campaign = campaigns.keep_campaign(
        campaign, on=on, review_on=review_on, rhythm_months=rhythm_months, by=by
    )
    freeze_baseline(campaign, Baseline.Kind.KEEPING, on=on, at=at, by=by)
    return campaign


@transaction.atomic
def freeze_baseline(
    campaign: Campaign, kind: str, *, on: date, at: datetime, by: User
) -> Baseline | None:
    """Freeze where a campaign stands; the one of that day stays as it is.

    None for a campaign without a standard: there is nothing to assess. Raises `PermissionDenied`.
    """
    require(by, "campaigns.manage", campaign)
    if campaign.framework_id is None:
        return None
    there = Baseline.objects.filter(campaign=campaign, kind=kind, on=on).first()
    if there:
        return there
    facts = _facts(campaign, at)
    baseline = Baseline.objects.create(
        campaign=campaign,
        kind=kind,
        on=on,
        frozen_at=at,
        frozen_by=by,
        facts=facts,
        seal=seal_of(facts),
    )
    audit.record(
        subject=baseline, action="freeze_baseline", by=by, at=at, after={"seal": baseline.seal}
    )
    return baseline


def seal_of(facts: Mapping[str, Any]) -> str:
    """SHA-256 of the facts written in one way only: sorted keys, no spaces, UTF-8."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _facts(campaign: Campaign, at: datetime) -> dict[str, Any]:
    used = lines()
    found = gather(campaign, f"{at:%Y-%m}", at=at, lines=used)
    readiness = readiness_facts(found, judge(found, used), used)
    facts = {
        "readiness": readiness,
        "lines": as_json(used),
        "clauses": _clauses(found, readiness["clauses"]),
        "cases": _cases(found),
        "papers": sorted(
            [article.clause.code, sorted(found.accepted.get(article.clause.pk, ()))]
            for article in found.articles
        ),
        "figures": _figures(found),
    }
    plain: dict[str, Any] = json.loads(json.dumps(facts, ensure_ascii=False, default=str))
    return plain


def _clauses(found: Inputs, states: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "key": str(article.clause.pk),
            "code": article.clause.code,
            "number": article.clause.number,
            "title": article.clause.title,
            "chapter": article.clause.path.split("/")[0],
            "state": states.get(str(article.clause.pk), str(State.UNKNOWN)),
        }
        for article in found.articles
    ]


def _cases(found: Inputs) -> list[dict[str, Any]]:
    """The open cases of the campaign's clauses, by number."""
    codes = {
        clause.pk: clause.code
        for article in found.articles
        for clause in (article.clause, *article.requirements)
    }
    cases = Case.objects.filter(city=found.campaign.city_id)
    rows = [one for one in open_at(cases, at=found.cut) if codes.keys() & one.clause_ids]
    numbers = dict(Case.objects.filter(pk__in=[one.pk for one in rows]).values_list("pk", "number"))
    return sorted(
        (
            {
                "number": numbers[one.pk],
                "grade": one.grade,
                "overdue": one.overdue,
                "clauses": sorted(codes[pk] for pk in one.clause_ids if pk in codes),
            }
            for one in rows
        ),
        key=lambda case: str(case["number"]),
    )


def _figures(found: Inputs) -> list[dict[str, str]]:
    own = {clause.pk for article in found.articles for clause in article.judged}
    return sorted(
        (
            {
                "measure": row.measure.code,
                "name": row.measure.name,
                "unit": found.units[unit].name,
                "period": row.period,
                "value": f"{row.value.normalize():f}",
                "measured_in": row.measured_in or row.measure.unit,
                "source": row.source,
            }
            for (_measure, unit), row in found.figures.items()
            if row.measure.clause_id in own
        ),
        key=lambda figure: (figure["measure"], figure["unit"]),
    )


# Then and now
@dataclass(frozen=True, slots=True)
class PartChange:
    """One part of readiness then and now; shares in [0, 1], None unknown."""

    label: str | Promise
    then: float | None
    now: float | None
    words: str


@dataclass(frozen=True, slots=True)
class ChapterChange:
    """Clauses of a chapter that held then and hold now."""

    number: str
    title: str
    total: int
    then: int
    now: int


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """A clause then and now, by the values of `Cell.State`."""

    code: str
    number: str
    title: str
    then: str
    now: str
    change: Change


@dataclass(frozen=True, slots=True)
class Comparison:
    """A baseline beside the latest snapshot; `sealed` False: the facts were tampered with."""

    baseline: Baseline
    snapshot: Snapshot | None
    sealed: bool
    then: float | None
    now: float | None
    then_reason: str | Promise
    now_reason: str | Promise
    parts: list[PartChange]
    chapters: list[ChapterChange]
    clauses: list[ClauseChange]

    def counts(self) -> dict[str, int]:
        """Clauses by what became of them."""
        return {str(kind): sum(one.change is kind for one in self.clauses) for kind in Change}


def baseline_of(campaign: Campaign | None) -> Baseline | None:
    """The latest baseline of a campaign."""
    return Baseline.objects.filter(campaign=campaign).select_related("frozen_by").last()


def compare(baseline: Baseline, chapters: Mapping[str, tuple[str, str]]) -> Comparison:
    """A baseline beside the present; `chapters`: number and title by code. One query."""
    snapshot = snapshot_of(baseline.campaign)
    then = baseline.facts["readiness"]
    now: Mapping[str, Any] = snapshot.readiness if snapshot else {"reason": "nothing"}
    clauses = _compared(baseline, snapshot)
    return Comparison(
        baseline=baseline,
        snapshot=snapshot,
        sealed=seal_of(baseline.facts) == baseline.seal,
        then=then["score"],
        now=now.get("score"),
        then_reason=WHOLE.get(then["reason"], ""),
        now_reason=WHOLE.get(now.get("reason", ""), ""),
        parts=_parts(then, now),
        chapters=_chapters(baseline, clauses, chapters),
        clauses=clauses,
    )


def _parts(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[PartChange]:
    present = {part["key"]: part for part in now.get("parts", [])}
    return [
        PartChange(
            PARTS[part["key"]][0],
            part["share"],
            present.get(part["key"], {}).get("share"),
            part_words(present[part["key"]]) if part["key"] in present else "",
        )
        for part in then["parts"]
    ]


def _compared(baseline: Baseline, snapshot: Snapshot | None) -> list[ClauseChange]:
    """By the keys under which both keep the states, so that a clause is found whatever its name."""
    then = baseline.facts["readiness"]["clauses"]
    now = snapshot.readiness.get("clauses", {}) if snapshot else {}
    found = []
    for row in baseline.facts["clauses"]:
        key = row["key"]
        was, is_now = then.get(key, State.UNKNOWN), now.get(key, State.UNKNOWN)
        found.append(
            ClauseChange(row["code"], row["number"], row["title"], was, is_now, change(was, is_now))
        )
    return found


def _chapters(
    baseline: Baseline, clauses: list[ClauseChange], names: Mapping[str, tuple[str, str]]
) -> list[ChapterChange]:
    chapter_of = {row["code"]: row["chapter"] for row in baseline.facts["clauses"]}
    grouped: dict[str, list[ClauseChange]] = {}
    for one in clauses:
        grouped.setdefault(chapter_of[one.code], []).append(one)
    return [
        ChapterChange(
            *names.get(code, ("", code)),
            len(found),
            sum(one.then in HOLDS for one in found),
            sum(one.now in HOLDS for one in found),
        )
        for code, found in grouped.items()
    ]
