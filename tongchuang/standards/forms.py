"""Forms of standards."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tongchuang.standards.models import Measure
from tongchuang.standards.services.correcting import Target


class CorrectionForm(forms.Form):
    """The target as a paper states it."""

    op = forms.ChoiceField(label=_("比较"), choices=Measure.Op.choices, required=False)
    threshold = forms.DecimalField(
        label=_("目标值"),
        required=False,
        max_digits=14,
        decimal_places=4,
        help_text=_("只填数字，单位不变。没有固定数值时留空，在下面写明。"),
    )
    threshold_text = forms.CharField(
        label=_("目标（文字）"),
        required=False,
        max_length=100,
        help_text=_("如“有”“呈下降趋势”。"),
    )
    paper = forms.CharField(
        label=_("依据文件"),
        max_length=200,
        help_text=_("文件名称和文号，如官方附表的名称。"),
    )
    reason = forms.CharField(
        label=_("说明"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, object]:
        """A correction states a number or words; a number needs a comparison."""
        data = super().clean() or self.cleaned_data
        if "threshold" in data and data["threshold"] is None and not data.get("threshold_text"):
            self.add_error("threshold", _("请填写目标值，或在“目标（文字）”里写明。"))
        if data.get("threshold") is not None and data.get("op") == Measure.Op.TREND:
            self.add_error("op", _("有数值时请选一个比较符。"))
        return data

    def target(self) -> Target:
        """What was typed, as a target."""
        data = self.cleaned_data
        return Target(data["op"], data["threshold"], data["threshold_text"])
