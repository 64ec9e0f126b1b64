"""Forms of citizens and of the office that answers them."""

import re
import uuid
from typing import Any

from django import forms
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit
from tongchuang.places.models import Site
from tongchuang.public.models import Report
from tongchuang.public.services import MOST_PHOTOS, Told
from tongchuang.standards.models import ProblemClass

_PHONE = re.compile(r"[0-9+\-\s]{5,20}")


class PhotosInput(forms.ClearableFileInput):
    """Several files in one control."""

    allow_multiple_selected = True

    def value_from_datadict(
        self, data: Any, files: "MultiValueDict[str, UploadedFile[Any]]", name: str
    ) -> "list[UploadedFile[Any]]":
        return files.getlist(name)


class PhotosField(forms.FileField):
    """Up to three photos; what is no photo is refused by the gateway."""

    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> list[File[bytes]]:
        files: list[File[bytes]] = [file for file in data or [] if file]
        if len(files) > MOST_PHOTOS:
            raise forms.ValidationError(_("最多传 3 张照片，请重新选择。"), code="most")
        return files


class ReportForm(forms.Form):
    """What a citizen tells; `website` is for machines only."""

    topic = forms.ChoiceField(
        label=_("是什么问题"), choices=Report.Topic.choices, widget=forms.RadioSelect
    )
    address = forms.CharField(
        label=_("在哪里"),
        max_length=200,
        required=False,
        widget=forms.TextInput(
            attrs={"placeholder": _("例如 文昌路 112 号附近"), "autocomplete": "off"}
        ),
    )
    photos = PhotosField(label=_("照片"), required=False)
    text = forms.CharField(
        label=_("补充几句"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    contact = forms.CharField(
        label=_("手机号"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    website = forms.CharField(required=False)
    submission_id = forms.UUIDField(widget=forms.HiddenInput)
    plate = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    accuracy_m = forms.FloatField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, site: Site | None = None, **kwargs: Any) -> None:
        """`site` was named by the plate that the citizen scanned."""
        super().__init__(*args, **kwargs)
        self.site = site
        self.fields["topic"].error_messages["required"] = _("请选一类问题，拿不准就选“其他”。")
        photos = self.fields["photos"].widget.attrs
        photos |= {"accept": "image/*", "multiple": True}
        if not self.is_bound:
            self.initial["submission_id"] = uuid.uuid4()

    def clean_contact(self) -> str:
        contact: str = self.cleaned_data["contact"].strip()
        if contact and not _PHONE.fullmatch(contact):
            raise forms.ValidationError(_("手机号只填数字；不想留可以空着。"))
        return contact

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("请清空“网址”一栏再提交：它是用来挡住机器的。"))
        return ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        known = (
            self.site or cleaned.get("lat") is not None or (cleaned.get("address") or "").strip()
        )
        if "address" not in self.errors and not known:
            self.add_error("address", _("请写明在哪里：路名、门牌，或附近的店名都行。"))
        if cleaned.get("topic") == Report.Topic.OTHER and not (cleaned.get("text") or "").strip():
            self.add_error("text", _("选了“其他”，请用一两句话说明是什么问题。"))
        return cleaned

    def told(self) -> Told:
        """What was told, for the service."""
        data = self.cleaned_data
        placed = data["lon"] is not None and data["lat"] is not None
        return Told(
            topic=data["topic"],
            text=data["text"],
            address=data["address"],
            contact=data["contact"],
            site=self.site,
            lon=data["lon"] if placed else None,
            lat=data["lat"] if placed else None,
            accuracy_m=data["accuracy_m"] if placed else None,
        )


class CodeForm(forms.Form):
    """The tracking code."""

    code = forms.CharField(
        label=_("查询码"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class RateForm(forms.Form):
    """The citizen's last word."""

    solved = forms.TypedChoiceField(
        choices=[("yes", _("解决了")), ("no", _("没有解决"))], coerce=lambda text: text == "yes"
    )
    rating = forms.TypedChoiceField(
        label=_("满意度"),
        choices=[("", "–"), *((str(n), str(n)) for n in range(5, 0, -1))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    comment = forms.CharField(
        label=_("想说的话"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AnswerForm(forms.Form):
    """The answer of a unit."""

    unit = forms.ModelChoiceField(label=_("答复单位"), queryset=Unit.objects.none(), required=False)
    text = forms.CharField(
        label=_("答复内容"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the units that answer for something."""
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(active=True, kind__in=[*Unit.WITH_POSTS, Unit.Kind.OFFICE])
        self.fields["unit"] = forms.ModelChoiceField(
            label=_("答复单位"),
            queryset=units.order_by("path"),
            required=False,
            empty_label=_("不指定"),
        )
        self.order_fields(["unit", "text"])


class ClassField(forms.ModelChoiceField[ProblemClass]):
    """Kinds of problems, in the language of the page."""

    def label_from_instance(self, obj: ProblemClass) -> str:
        return obj.name


class LetterForm(forms.Form):
    """Where the problem of a letter is and what it is, so that it can become a case."""

    address = forms.CharField(
        label=_("在哪里"),
        max_length=200,
        required=False,
        help_text=_("路名、门牌，或附近的店名；不清楚的，选属地。"),
    )
    territory = forms.ModelChoiceField(
        label=_("属地"), queryset=Unit.objects.none(), required=False
    )
    problem_class = ClassField(
        label=_("问题类别"), queryset=ProblemClass.objects.none(), required=False
    )

    def __init__(self, *args: Any, city: Unit, **kwargs: Any) -> None:
        """Offer the towns and streets of the letter's city."""
        super().__init__(*args, **kwargs)
        towns = Unit.objects.filter(
            active=True,
            path__startswith=city.path,
            kind__in=[Unit.Kind.STREET, Unit.Kind.TOWN, Unit.Kind.ZONE],
        )
        self.fields["territory"] = forms.ModelChoiceField(
            label=_("属地"),
            queryset=towns.order_by("path"),
            required=False,
            empty_label=_("不清楚"),
        )
        self.fields["problem_class"] = ClassField(
            label=_("问题类别"),
            queryset=ProblemClass.objects.filter(active=True),
            required=False,
            empty_label=_("核实时再定"),
        )


class ReopenForm(forms.Form):
    """What the office says to "not solved"."""

    answer = forms.CharField(
        label=_("给群众的答复"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
