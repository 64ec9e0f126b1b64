"""Forms of the register of titles and of keeping."""

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach
from tongchuang.campaigns.forms import DateInput
from tongchuang.campaigns.models import Campaign, Title, TitleEntry
from tongchuang.campaigns.title_kinds import title_kinds

HOLDERS = (Unit.Kind.CITY, Unit.Kind.TOWN, Unit.Kind.STREET, Unit.Kind.ZONE)


def _kinds() -> list[tuple[str, Any]]:
    known = [(kind.code, kind.name) for kind in title_kinds().values()]
    return [("", _("其他，复审规则待核实")), *known]


class TitleForm(forms.Form):
    """A title of a place."""

    holder = forms.ModelChoiceField(
        Unit.objects.none(), label=_("获得单位"), empty_label=_("请选择")
    )
    name = forms.CharField(label=_("称号"), max_length=60, help_text=_("照文件全称写。"))
    kind = forms.ChoiceField(
        label=_("类别"), choices=_kinds, required=False, help_text=_("复审期限按类别的规则推算。")
    )
    level = forms.ChoiceField(
        label=_("级别"), choices=[("", _("按类别")), *Title.Level.choices], required=False
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Offer the places for which `user` keeps campaigns."""
        super().__init__(*args, **kwargs)
        where = reach(user, "campaigns.manage")
        units = Unit.objects.filter(kind__in=HOLDERS, active=True).order_by("path")
        field = cast("forms.ModelChoiceField[Unit]", self.fields["holder"])
        field.queryset = units if where.everything else units.filter(pk__in=where.unit_ids)


class DecisionForm(forms.Form):
    """What an office decided on a title, from its paper."""

    kind = forms.ChoiceField(label=_("结论"), choices=TitleEntry.Kind.choices)
    on = forms.DateField(label=_("日期"), widget=DateInput())
    paper = forms.CharField(
        label=_("文号"), max_length=80, required=False, help_text=_("没有查到就空着，标为待核实。")
    )
    issuer = forms.CharField(label=_("发文机关"), max_length=80, required=False)
    until = forms.DateField(
        label=_("复审期限"),
        widget=DateInput(),
        required=False,
        help_text=_("文件没写就空着，命名和复审通过按类别的规则推算。"),
    )
    reason = forms.CharField(
        label=_("原因"), max_length=200, required=False, help_text=_("暂缓、撤销必须写。")
    )
    source = forms.CharField(
        label=_("依据存放"), max_length=120, required=False, help_text=_("档号、卷号或网址。")
    )


class CorrectionForm(DecisionForm):
    """The same, put right; the reason is compulsory."""

    correction = forms.CharField(label=_("更正理由"), max_length=160)


class KeepForm(forms.Form):
    """Putting a campaign into keeping."""

    review_on = forms.DateField(
        label=_("下次复审"),
        widget=DateInput(),
        required=False,
        help_text=_("不知道就空着，标为待核实。"),
    )
    rhythm_months = forms.TypedChoiceField(
        label=_("自评周期"),
        choices=[(1, _("每月")), (3, _("每季度")), (6, _("每半年")), (12, _("每年"))],
        coerce=int,
    )


class AimForm(forms.Form):
    """Which title of the register a campaign strives for."""

    aims_at = forms.ModelChoiceField(
        Title.objects.none(), label=_("荣誉称号"), required=False, empty_label=_("未选定")
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        """Offer the titles of the campaign's city."""
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Title]", self.fields["aims_at"])
        field.queryset = Title.objects.filter(holder=campaign.city_id)


def correction_of(entry: TitleEntry) -> dict[str, str | date | None]:
    """The values of an entry, to begin a correction with."""
    names = ("kind", "on", "paper", "issuer", "until", "reason", "source")
    return {name: getattr(entry, name) for name in names}
