"""Forms of dossiers."""

from typing import Any, cast

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach
from tongchuang.campaigns.models import Campaign
from tongchuang.standards.models import Clause


class ClauseChoice(forms.ModelMultipleChoiceField[Clause]):
    """Articles by number and name."""

    def label_from_instance(self, obj: Clause) -> str:
        """「17 城中村和城乡结合部」."""
        return f"{obj.number} {obj.name}"


class WithSuggestions(forms.TextInput):
    """A text field that offers texts without forbidding others; works without a script."""

    suggestions: list[str]

    def __init__(self, name: str) -> None:
        super().__init__({"list": name})
        self.list_name, self.suggestions = name, []

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The field and its list."""
        options = format_html_join(
            "", '<option value="{}">', ((text,) for text in self.suggestions)
        )
        field = super().render(name, value, attrs, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', field, self.list_name, options)


class PaperForm(forms.Form):
    """A paper as people register it: the file, or where the paper is kept."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("形成单位"), empty_label=_("请选择"))
    title = forms.CharField(label=_("题名"), max_length=160)
    clauses = ClauseChoice(
        Clause.objects.none(),
        label=_("佐证条款"),
        help_text=_("一份资料可以佐证多条，只登记一次。"),
        widget=forms.CheckboxSelectMultiple({"class": "tc-picks"}),
    )
    requirement = forms.CharField(
        label=_("对应要求"),
        max_length=120,
        required=False,
        widget=WithSuggestions("asked-papers"),
        help_text=_("条款要求的哪一类材料；点一下可从清单选。"),
    )
    document_no = forms.CharField(label=_("文号"), max_length=60, required=False)
    issuer = forms.CharField(label=_("责任者"), max_length=80, required=False)
    dated_on = forms.DateField(label=_("成文日期"), widget=forms.DateInput({"type": "date"}))
    year = forms.IntegerField(
        label=_("年度"),
        min_value=1990,
        max_value=2100,
        required=False,
        help_text=_("资料说的是哪一年；不填按成文日期。"),
    )
    pages = forms.IntegerField(label=_("页数"), min_value=1, max_value=9999, required=False)
    upload = forms.FileField(
        label=_("电子件"),
        required=False,
        help_text=_("PDF、Word、Excel 或照片，原件封存并记摘要。"),
    )
    kept_at = forms.CharField(
        label=_("存放地点"),
        max_length=120,
        required=False,
        help_text=_("没有电子件时必填，例如：档案室 3 柜 2 格 12 盒。"),
    )

    def __init__(
        self, *args: Any, user: User, campaign: Campaign, has_file: bool = False, **kwargs: Any
    ) -> None:
        """Offer the units of the person and the articles of the campaign's standard."""
        super().__init__(*args, **kwargs)
        self.has_file = has_file
        units = Unit.objects.filter(active=True).order_by("path")
        where = reach(user, "dossiers.register")
        if not where.everything:
            units = units.filter(pk__in=where.unit_ids)
        cast(forms.ModelChoiceField[Unit], self.fields["unit"]).queryset = units
        articles = Clause.objects.filter(
            framework=campaign.framework_id, level=Clause.Level.ARTICLE
        ).order_by("ordinal")
        cast(ClauseChoice, self.fields["clauses"]).queryset = articles

    def suggest(self, texts: list[str]) -> None:
        """Offer these asked papers."""
        cast(WithSuggestions, self.fields["requirement"].widget).suggestions = texts

    def clean(self) -> dict[str, Any]:
        """A paper can be found: as a file or at a place. The year follows the date."""
        cleaned = super().clean() or {}
        if not (cleaned.get("upload") or cleaned.get("kept_at") or self.has_file):
            self.add_error("kept_at", _("请上传电子件，或写明纸件存放在哪里。"))
        if not cleaned.get("year") and cleaned.get("dated_on"):
            cleaned["year"] = cleaned["dated_on"].year
        return cleaned


class ReasonForm(forms.Form):
    """Why a paper goes back or out of use."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        help_text=_("写明缺什么、怎么改，登记人会看到。"),
        widget=forms.Textarea({"rows": 3}),
    )
