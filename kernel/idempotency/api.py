"""`Idempotency-Key` on every POST of the API, in two decorators around each operation.

`one_transaction` is the outer one: it opens a transaction around the whole request and keeps its
answer. `once_a_key` is the inner one, after sign-in and before the act: a known key gets its answer
again. Both do nothing, and cost nothing, without the header.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse, RawPostDataException
from django.utils.translation import gettext as _

from kernel import clock
from kernel.idempotency import rules
from kernel.idempotency.actions import KeyIsBusy, KeyMeansAnother, keep_answer, take_key
from kernel.idempotency.models import IdempotentAnswer
from kernel.web.answers import HttpNo

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
Operation = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """The key that a request took, and what it asked."""

    caller: str
    key: str
    fingerprint: str


def has_key(request: HttpRequest) -> bool:
    """Whether this request asks to be carried out once."""
    return request.method == "POST" and HEADER in request.headers


def one_transaction(run: Operation) -> Operation:
    """Around a whole operation: the act and its kept answer are committed together. A failure rolls
    both back, and the key is free again."""

    @wraps(run)
    def whole(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not has_key(request):
            return run(request, *args, **kwargs)
        with transaction.atomic():
            answer = run(request, *args, **kwargs)
            settle(request, answer)
        return answer

    return whole


def settle(request: HttpRequest, answer: HttpResponse) -> None:
    """Keep an answer that is the last word on a key taken by this request."""
    taken = getattr(request, "idempotency", None)
    if taken and rules.is_final(answer.status_code):
        keep_answer(
            caller=taken.caller,
            key=taken.key,
            fingerprint=taken.fingerprint,
            status=answer.status_code,
            content_type=answer.headers["Content-Type"],
            body=answer.content,
            at=clock.now(),
        )


def once_a_key(act: Operation) -> Operation:
    """Around what an operation does, once it is known who asks: the same request with the same key
    gets the answer it got before."""
    most_bytes = getattr(act, "most_bytes", None)

    @wraps(act)
    def once(request: HttpRequest, *args: object, **kwargs: object) -> Any:
        if not has_key(request):
            return act(request, *args, **kwargs)
        taken = taken_by(request, most_bytes)
        try:
            known = take_key(caller=taken.caller, key=taken.key, fingerprint=taken.fingerprint)
        except KeyMeansAnother as no:
            raise HttpNo(422, no.sentence) from no
        except KeyIsBusy as no:
            raise busy(no) from no
        if known is not None:
            return again(known)
        request.idempotency = taken
        return act(request, *args, **kwargs)

    return once


def busy(no: KeyIsBusy) -> HttpNo:
    """The refusal while a twin runs, with when to come back."""
    return HttpNo(409, no.sentence, {"Retry-After": "1"})


def taken_by(request: HttpRequest, most_bytes: int | None) -> Taken:
    """Who asks what under which key. The caller is whatever signed the request in: a membership of
    a shop, a station's key. Refuses what can't be a key."""
    key = request.headers[HEADER]
    if not rules.is_key(key):
        words = _("An Idempotency-Key is 1 to 200 visible ASCII characters without spaces.")
        raise HttpNo(400, words)
    caller = f"{request.auth._meta.db_table}:{request.auth.pk}"
    asked = rules.fingerprint(request.method, request.get_full_path(), sent(request, most_bytes))
    return Taken(caller, key, asked)


def sent(request: HttpRequest, most_bytes: int | None) -> bytes:
    """The body, still there for the operation to read. A form with files was read before, in search
    of a token; operations refuse it themselves."""
    try:
        if most_bytes is None:
            return request.body
        content = request.read(most_bytes + 1)
    except RawPostDataException:
        return b""
    if len(content) > most_bytes:
        raise RequestDataTooBig
    # As Django's own `body` leaves it, which knows one limit only.
    request._body, request._stream = content, io.BytesIO(content)
    return content


def again(known: IdempotentAnswer) -> HttpResponse:
    """The answer as it was given, marked as a repeat."""
    return HttpResponse(
        known.body,
        status=known.status,
        content_type=known.content_type,
        headers={REPLAYED: "true"},
    )
