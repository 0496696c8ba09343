"""The API: every slice's router under one roof, errors as problem documents (RFC 9457)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from hubshops.deliveries.api import router as door
from hubshops.drops.api import router as drops
from hubshops.packages.api import router as feeds
from hubshops.subscriptions.api import router as events
from kernel.idempotency.api import HEADER, once_a_key, one_transaction
from kernel.refusals import Refusal
from payouts.statements.api import router as money
from portal.api_docs import PlainDocs
from portal.errors import problem
from portal.machines import StationBearer

View = Callable[..., HttpResponse]


KEY_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "description": "The same request with the same key within a day gets the same answer again",
}


class HouseAPI(NinjaAPI):
    """The API with what all its operations share in its description."""

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """The description; every POST takes an `Idempotency-Key`."""
        schema = super().get_openapi_schema(**kwargs)
        for methods in schema["paths"].values():
            if post := methods.get("post"):
                post["parameters"] = [*post.get("parameters", []), KEY_PARAMETER]
        return schema


api = HouseAPI(
    title="Hub Delivery API",
    version="1",
    urls_namespace="api",
    description="For phones at the door, for a shop's own money and for stations' own systems.",
    docs=PlainDocs(),
)
api.add_decorator(one_transaction, mode="view")
api.add_decorator(once_a_key, mode="operation")
api.add_router("/door", door)
api.add_router("/door", drops)
api.add_router("", events, auth=StationBearer())
api.add_router("", money)
api.add_router("", feeds, auth=StationBearer())


@api.exception_handler(HttpError)
def said_no(request: HttpRequest, no: HttpError) -> HttpResponse:
    """Whatever a router refuses with a status and a sentence."""
    answer = problem(request, no.status_code, detail=str(no))
    for name, value in getattr(no, "headers", {}).items():
        answer.headers[name] = value
    return answer


@api.exception_handler(Http404)
def not_there(request: HttpRequest, no: Http404) -> HttpResponse:
    """Nothing there, or nothing of theirs: the same answer."""
    return problem(request, 404, detail=str(_("There is nothing at this address for you.")))


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, no: ValidationError) -> HttpResponse:
    """A parameter that can't be read, with its name and what is wrong with it."""
    errors = [{"field": str(error["loc"][-1]), "detail": error["msg"]} for error in no.errors]
    words = str(_("Something you sent can't be read: {fields}."))
    fields = ", ".join(dict.fromkeys(error["field"] for error in errors))
    return problem(request, 422, detail=words.format(fields=fields), errors=errors)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, no: Refusal) -> HttpResponse:
    """An action's no: nothing was written."""
    return problem(request, 409, detail=no.sentence, code=no.code)


def answered_in_kind(view: View) -> View:
    """Open to callers without a session (routers guard themselves); a method that an address does
    not know is a problem document, too."""

    @login_not_required
    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        words = str(_("This address does not know the method {method}."))
        answer = problem(request, 405, detail=words.format(method=request.method))
        answer.headers["Allow"] = response.headers["Allow"]
        return answer

    return wrapper


def addresses() -> tuple[list, str, str]:
    """What `portal.urls` includes."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        pattern.callback = answered_in_kind(pattern.callback)
    return patterns, app_name, namespace
