"""The data package for the level above: made here, opened anywhere."""

from typing import cast

from django import forms
from django.core.files import File
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from tongchuang.accounts.permissions import Request, can, require, requires
from tongchuang.campaigns.models import Campaign
from tongchuang.campaigns.views.campaigns import campaign_of
from tongchuang.core import audit, clock
from tongchuang.core.pages import export_response, render_page
from tongchuang.desk.package import BadPackage, Opened, build_package, open_package


class PackageForm(forms.Form):
    """A package that was received."""

    upload = forms.FileField(
        label=gettext_lazy("数据包"), help_text=gettext_lazy("收到的 ZIP 文件。")
    )


@requires("assessment.view")
def package(request: Request) -> HttpResponse:
    """What a package holds; one that was received is opened, checked and not kept."""
    form = PackageForm(request.POST or None, request.FILES or None)
    opened: Opened | None = None
    if request.method == "POST" and form.is_valid():
        upload = cast(File[bytes], form.cleaned_data["upload"])
        try:
            opened = open_package(upload.read())
        except BadPackage as fault:
            form.add_error("upload", str(fault))
    campaign = campaign_of(request)
    context = {
        "campaign": campaign,
        "makes": campaign is not None and can(request.user, "campaigns.manage", campaign),
        "form": form,
        "opened": opened,
    }
    status = 422 if form.errors else 200
    return render_page(request, "desk/package.html", context, status=status)


@requires("campaigns.manage")
@require_POST
def package_make(request: Request) -> HttpResponse:
    """The package of the chosen campaign, as a download; that it was made is on record."""
    campaign: Campaign | None = campaign_of(request)
    if campaign is None:
        raise Http404
    require(request.user, "campaigns.manage", campaign)
    at = clock.now()
    data = build_package(campaign, by=request.user, at=at)
    audit.record(subject=campaign, action="make_package", by=request.user, at=at)
    name = _("数据包-%(campaign)s-%(day)s.zip") % {"campaign": campaign.code, "day": f"{at:%Y%m%d}"}
    return export_response(data, name)
