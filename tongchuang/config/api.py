"""The API: every app's router, listed by hand. It only reads; scope is that of the pages."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import django_auth

from tongchuang.campaigns.api import router as campaigns
from tongchuang.cases.api import router as cases
from tongchuang.places.api import router as places
from tongchuang.standards.api import router as standards

api = NinjaAPI(
    title="Tongchuang", version="1", auth=django_auth, docs_url=None, urls_namespace="api"
)
api.add_router("", standards)
api.add_router("", places)
api.add_router("", campaigns)
api.add_router("", cases)


def _fault(
    request: HttpRequest,
    status: int,
    code: str,
    message: str,
    fields: dict[str, list[str]] | None = None,
) -> HttpResponse:
    body: dict[str, Any] = {"code": code, "message": message, "fields": fields or {}}
    return api.create_response(request, body, status=status)


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return _fault(request, 401, "not_signed_in", _("请先登录。"))


@api.exception_handler(PermissionDenied)
def _forbidden(request: HttpRequest, _error: PermissionDenied) -> HttpResponse:
    return _fault(request, 403, "not_allowed", _("您没有这项权限。"))


@api.exception_handler(Http404)
def _missing(request: HttpRequest, _error: Http404) -> HttpResponse:
    return _fault(request, 404, "not_found", _("没有这条记录，或不在您的范围内。"))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields: dict[str, list[str]] = {}
    for one in error.errors:
        fields.setdefault(str(one["loc"][-1]), []).append(str(one["msg"]))
    return _fault(request, 422, "invalid", _("请求的参数不对。"), fields)
