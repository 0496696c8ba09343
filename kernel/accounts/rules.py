"""How second factors are encrypted, and what to call a browser."""

import base64
import re
from collections.abc import Iterable, Sequence

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"kernel.accounts: second factors at rest"
# The first that fits: Edge and Opera also say Chrome, Chrome also says Safari.
BROWSERS = (
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"OPR/", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/", "Chrome"),
    (r"Safari/", "Safari"),
)
SYSTEMS = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"CrOS", "Chromebook"),
    (r"Windows", "Windows"),
    (r"Macintosh", "Mac"),
    (r"Linux", "Linux"),
)


def key_ring(keys: Iterable[str], secrets: Iterable[str]) -> MultiFernet:
    """What encrypts and decrypts. The first key encrypts, all decrypt; keys derived from `secrets`
    come last, so that keys of their own may be set later."""
    ring = [Fernet(key) for key in keys] + [Fernet(derived_key(one)) for one in secrets]
    return MultiFernet(ring)


def derived_key(secret: str) -> bytes:
    """A key for second factors alone, made from a secret that serves elsewhere, too."""
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(made)


def device_of(user_agent: str) -> tuple[str, str]:
    """Browser and device as their makers call them, each empty when unknown."""
    return first_fit(BROWSERS, user_agent), first_fit(SYSTEMS, user_agent)


def first_fit(names: Sequence[tuple[str, str]], words: str) -> str:
    """The name of the first pattern found in `words`."""
    return next((name for pattern, name in names if re.search(pattern, words)), "")
