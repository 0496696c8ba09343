"""Pages for what went wrong: plain words, a way on, and the reference to name on the phone.

Machines (`/api/`) get the same in a problem document (RFC 9457).
"""

import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from redis.exceptions import ConnectionError as CacheAway

from kernel.refusals import Refusal

Answer = Callable[[HttpRequest], HttpResponse]

LAST_WORDS = "Something went wrong on our side. Please try again in a minute. Reference: "


LEADS_BACK = ("GET", "HEAD")


class SignInFirst(LoginRequiredMiddleware):
    """Django's guard. Who pressed a button after her session ended is led back to the page with the
    button: the button's own address is no page, and what it sent is gone."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        if request.method in LEADS_BACK:
            return super().handle_no_permission(request, view_func)
        came_from = urlsplit(way_back(request))
        page = came_from.path + (f"?{came_from.query}" if came_from.query else "")
        return redirect_to_login(page if page != "/" else front_of(request.path))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when what was sent is larger than we take."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return error_page(request, status)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: signed in, but this is not theirs to do."""
    return error_page(request, 403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose CSRF token is missing or old; nothing was saved."""
    return error_page(request, 403, template="403_csrf.html", back=way_back(request))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, also for what belongs to somebody else."""
    return error_page(request, 404)


def wrong_method(request: HttpRequest, response: HttpResponseNotAllowed) -> HttpResponse:
    """405: an address that only a button may call was opened as a page, or the other way round."""
    page = error_page(request, 405, back=front_of(request.path))
    page.headers["Allow"] = response.headers["Allow"]
    return page


def too_many(request: HttpRequest) -> HttpResponse:
    """429: too many tries in a short time."""
    return error_page(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while database or cache cannot be reached. Needs neither, nor a session."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError | CacheAway)
    status = 503 if away else 500
    if is_machine(request):
        response = problem(request, status)
    else:
        response = HttpResponse(bare_page(request, status), status=status)
    if away:
        response.headers["Retry-After"] = "30"
    return response


def refusals_as_pages(get_response: Answer) -> Answer:
    """Turn a refusal that no view caught into a page (409) that says its sentence, and a bare 405
    into a page with a way back.

    Nothing was written: a refusal rolls its action back. The API words its own refusals.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not is_machine(request):
            return wrong_method(request, response)
        return response

    middleware.process_exception = refusal_page
    return middleware


def refusal_page(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """The page for a refusal; `None` for anything else, which then crashes as it should."""
    if not isinstance(exception, Refusal) or is_machine(request):
        return None
    return error_page(request, 409, sentence=exception.sentence, back=way_back(request))


def error_page(
    request: HttpRequest, status: int, *, template: str = "", **words: object
) -> HttpResponse:
    """`templates/<status>.html` in the house's frame, or a problem document for a machine."""
    if is_machine(request):
        return problem(request, status)
    context = {"reference": reference(request), **words}
    return render(request, template or f"{status}.html", context, status=status)


def bare_page(request: HttpRequest, status: int) -> str:
    """A page made without context processors; a plain sentence when even that fails."""
    context = {
        "site_name": settings.SITE_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "support_phone": settings.SUPPORT_PHONE,
        "reference": reference(request),
    }
    try:
        return render_to_string(f"{status}.html", context)
    except Exception:  # the page about a failure must not fail
        return LAST_WORDS + reference(request)


def problem(request: HttpRequest, status: int, detail: str = "", **more: object) -> JsonResponse:
    """A problem document: what a program gets instead of a page. `detail` is a sentence for people,
    `more` what only this kind of problem has to say."""
    title = HttpResponse(status=status).reason_phrase
    body = {"type": "about:blank", "title": title, "status": status, "instance": reference(request)}
    body |= {"detail": detail} | more if detail else more
    return JsonResponse(body, status=status, content_type="application/problem+json")


def is_machine(request: HttpRequest) -> bool:
    """Whether the asker is a program."""
    return request.path.startswith("/api/")


def reference(request: HttpRequest) -> str:
    """The request's id, as the log knows it."""
    return getattr(request, "request_id", "")


def way_back(request: HttpRequest) -> str:
    """The page the person came from, when it is one of ours; else the front door."""
    came_from = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return came_from if ours and came_from else "/"


def front_of(path: str) -> str:
    """The front page of the room that an address lies in."""
    return next((room for room in ("/shop/", "/ops/") if path.startswith(room)), "/")
