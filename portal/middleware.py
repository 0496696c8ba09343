"""What happens around every request: one line in the log, no stored copies of private pages, and no
powers of the browser that a page did not ask for."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from kernel import clock
from kernel.accounts.actions import see_session
from kernel.limits import address_of, take_turn
from kernel.web.answers import powers_header

Answer = Callable[[HttpRequest], HttpResponse]

log = structlog.get_logger("portal.requests")
PLAIN_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")


def request_log(get_response: Answer) -> Answer:
    """Give each request an id, bind it to every log line, and log how it was answered.

    A plain `X-Request-ID` from the proxy is kept, anything else is replaced; the answer carries
    the id back. Logged: method, route pattern, status, milliseconds, user id. Never the path, the
    query string or an address: they can hold personal data.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.request_id = request_id_of(request)
        started = time.monotonic()
        with structlog.contextvars.bound_contextvars(request_id=request.request_id):
            response = get_response(request)
            log.info(
                "request",
                method=request.method if request.method in KNOWN_METHODS else "other",
                route=route_of(request),
                status=response.status_code,
                ms=round((time.monotonic() - started) * 1000),
                user=user_id_of(request),
            )
        response.headers["X-Request-ID"] = request.request_id
        return response

    return middleware


KNOWN_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def request_id_of(request: HttpRequest) -> str:
    """The proxy's id when it is a plain token of 8–64 characters, else a new one."""
    given = request.headers.get("X-Request-ID", "")
    return given if PLAIN_TOKEN.fullmatch(given) else uuid.uuid4().hex


def route_of(request: HttpRequest) -> str:
    """The pattern that matched, such as `shop/manifests/<day>/`."""
    match = request.resolver_match
    return "/" + match.route if match else "no such page"


def user_id_of(request: HttpRequest) -> int | None:
    """The signed-in person's key, when something already looked; costs no query of its own."""
    user = getattr(request, "_cached_user", None)
    return user.pk if user is not None and user.is_authenticated else None


def no_hidden_signs(get_response: Answer) -> Answer:
    """There is no page at an address with a NUL in it: PostgreSQL takes none, so that any view that
    looks a code up would break."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:
            raise Http404
        return get_response(request)

    return middleware


def private_pages(get_response: Answer) -> Answer:
    """Forbid browsers and proxies to keep what a signed-in person sees.

    A view that set its own `Cache-Control` meant it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if user_id_of(request) is not None and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


SEEN_EVERY_S = 600
NO_ADDRESS = "::"


def signed_in_here(get_response: Answer) -> Answer:
    """Write down, at most every ten minutes, that a signed-in browser was here. Its owner sees
    when, and signs it out, on the page of her sessions."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if settings.SESSIONS_ARE_SEEN and user_id_of(request) is not None:
            note(request)
        return response

    return middleware


def note(request: HttpRequest) -> None:
    """Write a signed-in request's browser down, unless that was just done."""
    key = request.session.session_key
    if not key or not take_turn("seen", key, most=1, seconds=SEEN_EVERY_S):
        return
    address = address_of(request)
    see_session(
        session_key=key,
        user=request.user,
        address=NO_ADDRESS if address == "unknown" else address,
        user_agent=request.headers.get("User-Agent", ""),
        at=clock.now(),
    )


def no_powers(get_response: Answer) -> Answer:
    """Deny a page camera, microphone, place and more, unless its view said what it needs
    (`kernel.web.answers.door_headers`)."""
    nothing = powers_header()

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", nothing)
        return response

    return middleware
