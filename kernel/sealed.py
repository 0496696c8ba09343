"""Words that only this portal can read: sealed in the database, opened where they are used."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotOpen(Exception):
    """No key that we have opens this: it was sealed with another one, or changed."""


def keyring() -> MultiFernet:
    """The keys of `SEALING_KEYS`, the newest first: it seals, all of them open."""
    return MultiFernet([Fernet(key_from(secret)) for secret in secrets()])


def secrets() -> Sequence[str]:
    """What the keys are made of."""
    return settings.SEALING_KEYS or [settings.SECRET_KEY]


def key_from(secret: str) -> bytes:
    """A key of the right size from any long secret."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"sealed:" + secret.encode()).digest())


def seal(words: str) -> str:
    """Words as nobody can read them; twice the same words look different."""
    return keyring().encrypt(words.encode()).decode()


def open_sealed(token: str) -> str:
    """What was sealed. Raises `CannotOpen` when no key fits."""
    try:
        return keyring().decrypt(token.encode()).decode()
    except InvalidToken as no:
        raise CannotOpen from no


def fingerprint(words: str) -> str:
    """A mark by which two equal words are recognised and nobody can tell which words they are:
    short ones too, since it takes the oldest of our keys to make it."""
    key = key_from(secrets()[-1])
    return hmac.new(key, words.encode(), hashlib.sha256).hexdigest()
