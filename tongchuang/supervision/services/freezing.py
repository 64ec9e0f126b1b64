"""The data cut: the facts of a month become the frozen data of a bulletin."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.accounts.queries import names_on
from tongchuang.campaigns.models import Campaign
from tongchuang.core import audit, clock
from tongchuang.inspections.queries import field_quality
from tongchuang.priorities.queries import spreads_between
from tongchuang.supervision import frozen, proposals
from tongchuang.supervision.models import Bulletin, UnitScore
from tongchuang.supervision.queries import month as months
from tongchuang.supervision.queries import summary
from tongchuang.supervision.rulesets import PRESENT, rule_set

Plain = dict[str, Any]


class Refused(ValueError):
    """A step that may not be taken now; the sentence says why and what to do."""


@transaction.atomic
def freeze_bulletin(
    campaign: Campaign, *, month: str, at: datetime, by: User, rules: str = PRESENT
) -> Bulletin:
    """Freeze the data of a month as it stood at `at`; a month frozen before stays as it is.

    Raises `Refused` when the month is not over at `at`, `PermissionDenied` for people who may
    not draft bulletins of this city.
    """
    require(by, "supervision.draft", campaign)
    known = Bulletin.objects.filter(campaign=campaign, month=month).first()
    if known:
        return known
    cut = _cut(campaign, month, at)
    data = _data(cut, rules)
    bulletin = Bulletin.objects.create(
        campaign=campaign, month=month, frozen_at=at, rules_version=rules, demands=""
    )
    data["groups"] = frozen.ranking(data, rule_set(rules))
    bulletin.praise = [*proposals.praise(data), *_spread(cut, data)]
    bulletin.named = proposals.named(data)
    bulletin.demands = proposals.demands(data)
    rescore(bulletin, data)
    bulletin.save()
    audit.record(subject=bulletin, action="freeze", by=by, after={"digest": bulletin.digest})
    return bulletin


def _spread(cut: months.Month, data: Plain) -> list[Plain]:
    """Highlights that a level took up as experience in the month: praise with its bonus."""
    names = {row["unit"]: row["name"] for row in data["units"]}
    return [
        {
            "unit": one.highlight.unit_id,
            "name": names[one.highlight.unit_id],
            "text": f"“{one.highlight.title}”作为{one.get_level_display()}经验推广（{one.paper}）",
            "level": one.level,
        }
        for one in spreads_between(cut.campaign, cut.first, cut.last)
        if one.highlight.unit_id in names
    ]


def _cut(campaign: Campaign, month: str, at: datetime) -> months.Month:
    try:
        cut = months.Month.of(campaign, month, at)
    except ValueError as fault:
        raise Refused(_("月份应写成 2016-02 的形式。")) from fault
    if at < cut.span[1] or at > clock.now():
        raise Refused(_("%(month)s 还没有结束，次月 1 日起才能冻结数据。") % {"month": month})
    return cut


def _data(cut: months.Month, version: str) -> Plain:
    rules = rule_set(version)
    units = months.scored_units(cut)
    names = names_on(units, cut.last)
    fold = months.Fold(units)
    verdicts = months.citizens(cut, fold)
    quality = field_quality(units, cut.days, campaign=cut.campaign)
    facts = months.facts_of_month(cut, units, rules=rules, quality=quality, verdicts=verdicts)
    late = summary.late_of_month(cut, fold)
    last = _last_ranks(cut)
    rows = [
        {
            "unit": unit.pk,
            "name": names[unit.pk],
            "group": unit.comparison_group,
            "facts": frozen.fact_row(facts[unit.pk]),
            "last_rank": last.get(unit.pk),
            "visits": quality[unit.pk].visits,
            "drawn": quality[unit.pk].drawn.whole,
            "visited": quality[unit.pk].drawn.visited,
            "late": late.get(unit.pk, []),
            "verdicts": list(verdicts.get(unit.pk, (0, 0))),
        }
        for unit in units
    ]
    return _head(cut, version) | {
        "units": rows,
        "praise": [],
        "adjustments": [],
        "totals": summary.totals(cut),
        "classes": summary.classes(cut, fold, names),
        "overdue": _overdue(cut, fold, names),
        "repeats": summary.repeats(cut, names),
        "tasks": summary.tasks(cut, names),
        "papers": _papers(rows),
        "readiness": _readiness(cut),
        "highlights": [],
    }


def _head(cut: months.Month, version: str) -> Plain:
    city = Unit.objects.get(pk=cut.campaign.city_id)
    return {
        "schema": "tongchuang/bulletin/1",
        "month": f"{cut.first:%Y-%m}",
        "cut_at": cut.at.isoformat(),
        "rules": version,
        "campaign": {"code": cut.campaign.code, "title": cut.campaign.title},
        "city": city.name,
    }


def _overdue(cut: months.Month, fold: months.Fold, names: dict[int, str]) -> Plain:
    found = summary.overdue(cut, names)
    by_unit = fold.counts(found["by_unit"].items())
    rows = [{"unit": pk, "name": names[pk], "n": n} for pk, n in by_unit.most_common()]
    return {**found, "by_unit": rows}


def _papers(rows: list[Plain]) -> Plain:
    accepted = sum(int(row["facts"]["papers_accepted"][0]) for row in rows)
    return {
        "n": sum(int(row["facts"]["papers_accepted"][1]) for row in rows),
        "accepted": accepted,
        "returned": sum(
            int(row["facts"]["papers_first"][1]) - int(row["facts"]["papers_first"][0])
            for row in rows
        ),
    }


def _readiness(cut: months.Month) -> Plain | None:
    """Readiness at the cut beside that of the month before, as its bulletin said it."""
    now = summary.readiness(cut)
    if now is None:
        return None
    before = cut.before()
    said = Bulletin.objects.filter(campaign=cut.campaign, month=f"{before.first:%Y-%m}").first()
    last = (said.data.get("readiness") if said else None) or summary.readiness(before)
    return {**now, "before": {"score": last["score"]} if last else None}


def _last_ranks(cut: months.Month) -> dict[int, int | None]:
    rows = UnitScore.objects.filter(
        bulletin__campaign=cut.campaign, bulletin__month=f"{cut.before().first:%Y-%m}"
    )
    return dict(rows.values_list("unit", "rank"))


def rescore(bulletin: Bulletin, data: Plain) -> None:
    """Make the lines again from the frozen facts, praise and adjustments; then the digest.

    Reads no records. Only for bulletins that are not sealed; the caller saves the bulletin.
    """
    data = {
        **data,
        "praise": bulletin.praise,
        "named": bulletin.named,
        "demands": bulletin.demands,
    }
    data["groups"] = frozen.ranking(data, rule_set(bulletin.rules_version))
    bulletin.data, bulletin.digest = data, frozen.digest(data)
    bulletin.scores.all().delete()
    UnitScore.objects.bulk_create(
        _row(bulletin, group["key"], line) for group in data["groups"] for line in group["lines"]
    )


def _row(bulletin: Bulletin, group: str, line: Plain) -> UnitScore:
    return UnitScore(
        bulletin=bulletin,
        unit_id=line["unit"],
        group=group,
        **line["parts"],
        deduction=line["deduction"],
        bonus=line["bonus"],
        adjustment=line["adjustment"],
        score=line["total"],
        rank=line["rank"],
        change=line["change"],
        coverage=None if line["coverage"] is None else float(line["coverage"]),
        not_ranked=line["not_ranked"],
    )


def month_before(day: date) -> str:
    """The month before a day, as "2016-02"."""
    return f"{day.replace(day=1) - timedelta(days=1):%Y-%m}"
