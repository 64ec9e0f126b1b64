"""Forms of assessment."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.campaigns.models import Campaign
from tongchuang.dossiers.models import Paper
from tongchuang.dossiers.queries import papers_to_cite
from tongchuang.standards.models import Measure


class FigureForm(forms.Form):
    """The value of a measure for a place and a period, with its source."""

    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("地区或单位"), empty_label=_("请选择")
    )
    period = forms.CharField(
        label=_("期间"), max_length=7, help_text=_("年份或年月，如 2015 或 2016-02。")
    )
    value = forms.DecimalField(label=_("数值"), max_digits=16, decimal_places=4)
    measured_in = forms.CharField(
        label=_("计量单位"),
        max_length=40,
        required=False,
        help_text=_("与目标的单位不同时不换算，也不评。"),
    )
    source = forms.CharField(
        label=_("数据来源"),
        max_length=160,
        help_text=_("文件名和页码，例如：2015 年统计年鉴 46 页。"),
    )
    paper = forms.ModelChoiceField(
        Paper.objects.none(),
        label=_("依据资料"),
        required=False,
        empty_label=_("没有登记"),
        help_text=_("本条已采用的资料；没有的先到档案资料登记。"),
    )
    reason = forms.CharField(
        label=_("更正理由"),
        max_length=160,
        required=False,
        help_text=_("这一期已有数值时必填，原值保留。"),
    )

    def __init__(
        self, *args: Any, campaign: Campaign, measure: Measure, user: User, **kwargs: Any
    ) -> None:
        """Offer the city with its units, and the accepted papers of the measure's article."""
        super().__init__(*args, **kwargs)
        kinds = [Unit.Kind.CITY, *Unit.WITH_POSTS]
        units = Unit.objects.filter(
            active=True, kind__in=kinds, path__startswith=campaign.city.path
        )
        cast(forms.ModelChoiceField[Unit], self.fields["unit"]).queryset = units.order_by("path")
        papers = cast(forms.ModelChoiceField[Paper], self.fields["paper"])
        papers.queryset = papers_to_cite(user, measure.clause)
