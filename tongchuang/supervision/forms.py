"""Forms of supervision."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit
from tongchuang.campaigns.models import Campaign
from tongchuang.supervision.models import Bulletin
from tongchuang.supervision.services.consulting import MOST_POINTS
from tongchuang.supervision.words import ABOUT_WORDS, LEVEL_WORDS, SECTION_WORDS

_MONTHS = 24


class FreezeForm(forms.Form):
    """Which month of which campaign."""

    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label=_("创建工作"), to_field_name="code", empty_label=None
    )
    month = forms.ChoiceField(label=_("月份"), help_text=_("只列已经结束的月份。"))

    def __init__(self, *args: Any, campaigns: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = campaigns  # type: ignore[attr-defined]  # a model field
        self.fields["month"].choices = ended_months(today)  # type: ignore[attr-defined]  # a choice


def ended_months(today: date) -> list[tuple[str, str]]:
    """The last months that have ended, newest first."""
    found, day = [], today.replace(day=1)
    for _number in range(_MONTHS):
        day = (day - timedelta(days=1)).replace(day=1)
        found.append((f"{day:%Y-%m}", f"{day.year}-{day.month:02}"))
    return found


class EntryForm(forms.Form):
    """Praise or naming of one unit; an empty line is left out."""

    unit = forms.TypedChoiceField(label=_("单位"), coerce=int, empty_value=None, required=False)
    text = forms.CharField(label=_("事实"), max_length=120, required=False)
    level = forms.ChoiceField(label=_("加分"), choices=list(LEVEL_WORDS.items()), required=False)

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", "—"), *units]  # type: ignore[attr-defined]  # a choice

    def clean(self) -> dict[str, Any]:
        """A unit needs its fact, a fact its unit."""
        values: dict[str, Any] = super().clean() or {}
        unit, text = values.get("unit"), (values.get("text") or "").strip()
        if unit and not text:
            self.add_error("text", _("请写明事实，如时间、地点、数量。"))
        if text and not unit and "unit" not in self.errors:
            self.add_error("unit", _("请选择单位。"))
        return values


class HighlightForm(EntryForm):
    """A good example: what a unit did, and what came of it."""

    text = forms.CharField(
        label=_("做法和成效"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


HighlightFormSet = forms.formset_factory(HighlightForm, extra=2, max_num=10, validate_max=True)
EntryFormSet = forms.formset_factory(EntryForm, extra=2, max_num=10, validate_max=True)


class DemandsForm(forms.Form):
    """What is demanded of the units."""

    demands = forms.CharField(
        label=_("工作要求"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("一行一条，写明时限和责任单位。"),
    )


class ObjectionForm(forms.Form):
    """To what a unit objects, and why."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("单位"), empty_label=None)
    part = forms.ChoiceField(label=_("对象"), choices=list(ABOUT_WORDS.items()))
    text = forms.CharField(
        label=_("异议"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写明案号或点位、事实和依据。"),
    )

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(  # type: ignore[attr-defined]  # a model field
            pk__in=[unit.pk for unit in units]
        )


class RulingForm(forms.Form):
    """Upheld or dismissed, with points and reason."""

    upheld = forms.TypedChoiceField(
        label=_("裁定"),
        choices=[("yes", _("成立")), ("no", _("不成立"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    points = forms.DecimalField(
        label=_("更正分"),
        required=False,
        decimal_places=2,
        min_value=-MOST_POINTS,
        max_value=MOST_POINTS,
        help_text=_("成立时加到总分，可为负；不影响分数填 0。"),
    )
    ruling = forms.CharField(
        label=_("裁定理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean_points(self) -> Decimal:
        """Nothing means nothing."""
        return self.cleaned_data["points"] or Decimal(0)

    def clean(self) -> dict[str, Any]:
        """A dismissed objection changes no points."""
        values: dict[str, Any] = super().clean() or {}
        if values.get("points") and values.get("upheld") is False:
            self.add_error("points", _("不成立的异议不能更正分数。"))
        return values


class ErratumForm(forms.Form):
    """What stood where, and how it reads."""

    anchor = forms.ChoiceField(label=_("更正处"))
    was = forms.CharField(label=_("原文"), max_length=300)
    reads = forms.CharField(label=_("更正为"), max_length=300)
    reason = forms.CharField(
        label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, bulletin: Bulletin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places(bulletin)
        self.fields["anchor"].choices = list(self.places.items())  # type: ignore[attr-defined]  # a choice

    def clean(self) -> dict[str, Any]:
        """The new words differ from the old."""
        values: dict[str, Any] = super().clean() or {}
        was, reads = values.get("was"), values.get("reads")
        if was and was == reads:
            self.add_error("reads", _("更正后的文字和原文相同。"))
        return values


def places(bulletin: Bulletin) -> dict[str, str]:
    """Parts of a bulletin that can be corrected: its sections and the line of every unit."""
    found = {key: str(words) for key, words in SECTION_WORDS.items()}
    for row in bulletin.data["units"]:
        found[f"score-{row['unit']}"] = str(_("得分：%(name)s")) % {"name": row["name"]}
    return found
