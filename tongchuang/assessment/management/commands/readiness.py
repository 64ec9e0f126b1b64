"""Print how ready a campaign is, with its parts."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongchuang.assessment.months import readiness_of_month
from tongchuang.assessment.queries import CampaignReadiness, readiness_for_campaign
from tongchuang.assessment.services import check_month
from tongchuang.campaigns.models import Campaign
from tongchuang.core import clock
from tongchuang.core.templatetags.pages import percent


class Command(BaseCommand):
    help = "Print the readiness of a campaign as a table, or as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--campaign", required=True, help="code of the campaign")
        parser.add_argument("--month", default="", help="YYYY-MM; the latest assessed by default")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        campaign = Campaign.objects.filter(code=options["campaign"]).first()
        if campaign is None:
            codes = "、".join(Campaign.objects.values_list("code", flat=True))
            raise CommandError(f"no campaign {options['campaign']!r}; there are: {codes or '-'}")
        found = _found(campaign, options["month"])
        if found.snapshot is None:
            raise CommandError("not assessed yet; run: tongchuang assessment_snapshot")
        self.stdout.write(_as_json(found) if options["json"] else _as_table(found))


def _found(campaign: Campaign, month: str) -> CampaignReadiness:
    """The latest month that was assessed, or any month as kept or as its records tell of it."""
    if not month:
        return readiness_for_campaign(campaign)
    try:
        check_month(month, clock.now())
    except ValidationError as fault:
        raise CommandError("; ".join(fault.messages)) from fault
    return readiness_of_month(campaign, month, at=clock.now())


def _as_json(found: CampaignReadiness) -> str:
    parts = [
        {"key": part.key, "label": str(part.label), "share": part.share, "words": part.words}
        for part in found.parts
    ]
    facts = {
        "campaign": found.campaign.code,
        "period": found.snapshot.period if found.snapshot else None,
        "score": found.score,
        "coverage": found.coverage,
        "coverage_line": found.coverage_line,
        "reason": str(found.reason),
        "kept": found.kept,
        "parts": parts,
    }
    return json.dumps(facts, ensure_ascii=False, indent=2)


def _as_table(found: CampaignReadiness) -> str:
    period = found.snapshot.period if found.snapshot else ""
    lines = [f"{found.campaign.title} {period}{'' if found.kept else ' *'}"]
    lines += [
        f"  {percent(part.share) if part.share is not None else '–':>5}  {part.label}  {part.words}"
        for part in found.parts
    ]
    whole = percent(found.score) if found.score is not None else "–"
    lines.append(f"  {whole:>5}  = {found.reason} ({percent(found.coverage or 0)})")
    if not found.kept:
        lines.append("  * read from the records as they stood; assessment_snapshot keeps it")
    return "\n".join(lines)
