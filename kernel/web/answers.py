"""Answers that are files or parts of a page, and a no with headers."""

import datetime as dt
import hashlib
import re
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from ninja.errors import HttpError

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
