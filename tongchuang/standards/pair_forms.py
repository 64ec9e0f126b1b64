"""Forms of the crosswalk."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from tongchuang.standards.models import Clause, Mapping, Measure
from tongchuang.standards.rules.crosswalk import Relation
from tongchuang.standards.services import Pair


class ReviewForm(forms.Form):
    """What the reviewer says of a pair; a refusal needs it, an acceptance may do without."""

    note = forms.CharField(
        label=_("复核意见"),
        required=False,
        max_length=300,
        help_text=_("不采用时必填。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class GiveUpForm(forms.Form):
    """Why a pair is taken out of use."""

    reason = forms.CharField(
        label=_("停用理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class PairForm(forms.Form):
    """What a person says of two clauses that were chosen before."""

    relation = forms.ChoiceField(
        label=_("甲方对乙方的关系"),
        choices=Mapping.RelationKind.choices,
        widget=forms.RadioSelect,
        help_text=_("按要求的内容看：“包含”是甲方要求了乙方的全部，还有别的。"),
    )
    source_measure = forms.ModelChoiceField(
        label=_("甲方指标"), queryset=Measure.objects.none(), required=False
    )
    target_measure = forms.ModelChoiceField(
        label=_("乙方指标"), queryset=Measure.objects.none(), required=False
    )
    same_quantity = forms.BooleanField(
        label=_("两个指标是同一个量"),
        required=False,
        help_text=_("同一个量才比较目标值；单位不同不换算。"),
    )
    reuse = forms.ChoiceField(
        label=_("材料复用"), choices=Mapping.Reuse.choices, initial=Mapping.Reuse.PARTIAL
    )
    rationale = forms.ChoiceField(
        label=_("理由类型"),
        choices=Mapping.Rationale.choices,
        initial=Mapping.Rationale.FUNCTIONAL,
    )
    strength = forms.IntegerField(
        label=_("强度（1–10）"),
        min_value=1,
        max_value=10,
        initial=4,
        help_text=_("10 为几乎一样。"),
    )
    reason = forms.CharField(
        label=_("理由"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )
    tension = forms.CharField(
        label=_("相互掣肘"),
        required=False,
        max_length=300,
        help_text=_("做好一条会不会拖累另一条？没有就留空。"),
    )

    def __init__(self, *args: Any, source: Clause, target: Clause, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ends = source, target
        for name, clause in (("source_measure", source), ("target_measure", target)):
            field = cast("forms.ModelChoiceField[Measure]", self.fields[name])
            field.queryset = Measure.objects.filter(clause=clause)

    def pair(self) -> Pair:
        """What was typed, as a pair."""
        data = self.cleaned_data
        source, target = self.ends
        return Pair(
            source=source,
            target=target,
            relation=Relation(data["relation"]),
            reason=data["reason"],
            reuse=data["reuse"],
            rationale=data["rationale"],
            strength=data["strength"],
            tension=data["tension"],
            source_measure=data["source_measure"],
            target_measure=data["target_measure"],
            same_quantity=data["same_quantity"],
        )
