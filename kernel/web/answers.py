"""Answers that are files or parts of a page, a no with headers, and what a browser may do."""

import datetime as dt
import functools
import hashlib
import io
import re
from collections.abc import Callable
from typing import IO, Any, cast
from urllib.parse import quote

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import FileResponse, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from ninja.errors import HttpError

from kernel.files import CONTENT_TYPE
from kernel.web.templatetags.house import to_the_second

# Each rendering masks a form's token anew; it says nothing about the page.
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=)"[^"]*"')


def file_answer(
    content: bytes | str, *, name: str, content_type: str, is_attachment: bool = False
) -> HttpResponse:
    """A file under its name: opened in the browser, or kept as a download."""
    answer = HttpResponse(content, content_type=content_type)
    place = "attachment" if is_attachment else "inline"
    answer["Content-Disposition"] = f'{place}; filename="{name}"'
    return answer


def picture_answer(content: bytes | IO[bytes], *, name: str) -> FileResponse:
    """A private picture: shown in the page, kept nowhere, and embedded by nobody else."""
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    answer = FileResponse(file, content_type=CONTENT_TYPE)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def live_answer(
    request: HttpRequest, template: str, context: dict[str, Any], *, at: dt.datetime, zone: str
) -> HttpResponse:
    """A part of a page for `live.js`: 304 when who asks has just this; `X-As-Of` says when it was
    read, in words."""
    content = render_to_string(template, context, request)
    mark = hashlib.sha256(TOKEN.sub(r"\1", content).encode()).hexdigest()[:32]
    answer = HttpResponse(content, headers={"ETag": f'"{mark}"'})
    answer = get_conditional_response(request, etag=f'"{mark}"', response=answer)
    answer.headers["X-As-Of"] = quote(to_the_second(at, zone))
    return answer


class HttpNo(HttpError):
    """A no of the API with headers, such as when to come back."""

    def __init__(self, status: int, words: object, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, str(words))
        self.headers = headers or {}


# What a page may use only when it says so. Browsers complain about names they do not know, so these
# are the ones that Chromium knows; others pass over this header.
NO_POWERS = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
DOOR_POWERS = ("camera", "geolocation")
DOOR_SOURCES = {
    "script-src": ["'wasm-unsafe-eval'"],  # the barcode reader is WebAssembly
    "worker-src": [SELF],
    "manifest-src": [SELF],
    "img-src": ["blob:"],  # a photo is looked at before it is sent
    "media-src": [SELF, "blob:"],
}


def powers_header(allowed: tuple[str, ...] = ()) -> str:
    """A Permissions-Policy: these powers for our own page, the others for nobody."""
    return ", ".join(f"{name}=({'self' if name in allowed else ''})" for name in NO_POWERS)


def door_headers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that scans: camera and place may be asked for, WebAssembly runs, pictures may come
    from the page itself. Without it the camera stays shut and the browser tells nobody."""

    @functools.wraps(view)
    def with_powers(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        answer.headers["Permissions-Policy"] = powers_header(DOOR_POWERS)
        return answer

    return cast("Callable[..., HttpResponse]", csp_update(DOOR_SOURCES)(with_powers))
