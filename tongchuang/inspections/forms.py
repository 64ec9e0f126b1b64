"""What people fill in: rounds, and the answers of a visit."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.campaigns.models import Campaign
from tongchuang.inspections.models import Round
from tongchuang.inspections.services import Given
from tongchuang.places.queries import streets
from tongchuang.standards.models import ChecklistItem, SiteType


class RoundForm(forms.Form):
    """Scope, size and days of a round."""

    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label=_("创建工作"), empty_label=_("请选择")
    )
    also = forms.ModelMultipleChoiceField(
        Campaign.objects.none(),
        label=_("同时服务"),
        widget=forms.CheckboxSelectMultiple({"class": "tc-picks"}),
        required=False,
        help_text=_("一次检查几家用：相同的检查项只问一次，结果各家都算。"),
    )
    title = forms.CharField(label=_("名称"), max_length=80)
    kind = forms.ChoiceField(label=_("方式"), choices=Round.Kind.choices)
    site_types = forms.ModelMultipleChoiceField(
        SiteType.objects.order_by("ordinal"),
        label=_("点位类别"),
        widget=forms.CheckboxSelectMultiple({"class": "tc-picks"}),
        required=False,
        to_field_name="code",
        help_text=_(
            "不选就是各类点位。所选工作的标准对某类没有检查项时，那里按全部在用检查项检查，抽样前会列出。"
        ),
    )
    territories = forms.ModelMultipleChoiceField(
        Unit.objects.none(),
        label=_("属地"),
        widget=forms.CheckboxSelectMultiple({"class": "tc-picks"}),
        required=False,
        to_field_name="code",
        help_text=_("不选就是全市。"),
    )
    sample_size = forms.IntegerField(
        label=_("抽取数"), min_value=0, max_value=20_000, help_text=_("填 0 就是范围内全部检查。")
    )
    per_type = forms.BooleanField(
        label=_("按类别均分"), required=False, help_text=_("不勾选则按各类点位数的比例抽。")
    )
    from_on = forms.DateField(label=_("起"), widget=forms.DateInput({"type": "date"}))
    to_on = forms.DateField(label=_("止"), widget=forms.DateInput({"type": "date"}))
    seed = forms.CharField(
        label=_("随机种子"),
        max_length=40,
        required=False,
        help_text=_("不填由系统生成；可填公开抽取的号码。同一种子、同一范围抽出的点位相同。"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Offer what the person may plan for."""
        super().__init__(*args, **kwargs)
        campaigns = cast(forms.ModelChoiceField[Campaign], self.fields["campaign"])
        campaigns.queryset = Campaign.objects.visible_to(user)
        also = cast(forms.ModelMultipleChoiceField[Campaign], self.fields["also"])
        also.queryset = campaigns.queryset.exclude(framework=None)
        territories = cast(forms.ModelMultipleChoiceField[Unit], self.fields["territories"])
        territories.queryset = streets()

    def clean(self) -> dict[str, Any]:
        """A round ends after it starts and serves campaigns of one city."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("from_on"), cleaned.get("to_on")
        if start and end and end < start:
            self.add_error("to_on", _("止期不能早于起期。"))
        lead = cleaned.get("campaign")
        if lead and any(one.city_id != lead.city_id for one in cleaned.get("also") or ()):
            self.add_error("also", _("只能同时服务同一个城市的创建工作。"))
        return cleaned

    def values(self) -> dict[str, Any]:
        """The fields of `services.plan_round`."""
        values = dict(self.cleaned_data)
        kinds, units = values.pop("site_types"), values.pop("territories")
        values["scope"] = {
            "site_types": [kind.code for kind in kinds],
            "territories": [unit.code for unit in units],
        }
        return values


class _PeopleField(forms.ModelMultipleChoiceField[User]):
    """People with their units: nobody is sent to a place of their own."""

    def label_from_instance(self, obj: User) -> str:
        """Name and unit."""
        return f"{obj} · {obj.unit.label}" if obj.unit else str(obj)


class DrawForm(forms.Form):
    """Who goes out."""

    inspectors = _PeopleField(
        User.objects.none(),
        label=_("督查员"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一名督查员。")},
        help_text=_("点位平均分给各人；不会分到本单位负责的点位。"),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        """Offer the people who may inspect."""
        super().__init__(*args, **kwargs)
        cast(forms.ModelMultipleChoiceField[User], self.fields["inspectors"]).queryset = people


def read_answers(
    items: Iterable[ChecklistItem],
    texts: Mapping[str, str],
    files: MultiValueDict[str, UploadedFile[bytes]],
) -> list[Given]:
    """The answers of a posted visit page: fields r-, n- and p- with the item's number."""
    return [
        Given(
            item,
            texts.get(f"r-{item.pk}", ""),
            texts.get(f"n-{item.pk}", ""),
            files.get(f"p-{item.pk}"),
        )
        for item in items
        if f"r-{item.pk}" in texts
    ]
