"""Using a key once: take it, keep the answer, forget it after a day."""

import datetime as dt

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from kernel.idempotency.models import IdempotentAnswer
from kernel.refusals import Refusal

KEEP = dt.timedelta(hours=24)
# Its turn and what it was answered before, in one question. The lock ends with the transaction,
# also of a killed process, so nothing can block a key for ever.
TAKE = """
SELECT pg_try_advisory_xact_lock(hashtextextended(%s || ' ' || %s, 0)),
    known.fingerprint, known.status, known.content_type, known.body
FROM (VALUES (1)) AS once LEFT JOIN idempotent_answer AS known
    ON known.caller = %s AND known.key = %s
"""


class KeyIsBusy(Refusal):
    code = "key_is_busy"
    message = _("A request with this Idempotency-Key is still running. Ask again in a moment.")


class KeyMeansAnother(Refusal):
    code = "key_means_another"
    message = _("This Idempotency-Key was used for another request. Use a new key for a new one.")


def take_key(*, caller: str, key: str, fingerprint: str) -> IdempotentAnswer | None:
    """Take a key for the caller's transaction; the answer given before, or None at the first time.

    Refuses a key whose request still runs, and one that was used for another request. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [caller, key, caller, key])
        is_free, known_as, status, content_type, body = cursor.fetchone()
    if known_as is not None:
        if known_as != fingerprint:
            raise KeyMeansAnother
        return IdempotentAnswer(status=status, content_type=content_type, body=bytes(body))
    if not is_free:
        raise KeyIsBusy
    return None


def keep_answer(
    *,
    caller: str,
    key: str,
    fingerprint: str,
    status: int,
    content_type: str,
    body: bytes,
    at: dt.datetime,
) -> None:
    """Keep the answer in the transaction of the act, so that both are there or neither is.

    Refuses when another request with this key ended between our look and our turn: the caller
    rolls its act back. One query.
    """
    try:
        with transaction.atomic(savepoint=False):
            IdempotentAnswer.objects.create(
                caller=caller,
                key=key,
                fingerprint=fingerprint,
                status=status,
                content_type=content_type[:100],
                body=body,
                answered_at=at,
            )
    except IntegrityError as met:
        raise KeyIsBusy from met


def forget_answers(*, at: dt.datetime) -> int:
    """Delete answers that are a day old; how many. Their keys are free again."""
    deleted, _by_table = IdempotentAnswer.objects.filter(answered_at__lt=at - KEEP).delete()
    return deleted
