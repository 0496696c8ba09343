"""Reading the environment, and refusing in one sentence what cannot be used."""

import base64
import binascii
import os
import re
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off", ""}
HERE = {"127.0.0.1", "localhost"}
LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}
STRIPE_KEY = re.compile(r"[sr]k_(test|live)_[A-Za-z0-9_]{4,250}")
SIGNING_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]{4,250}")
# A host named in full: no user, no wildcard, no sign that could end a policy's directive.
TILES = re.compile(r"(?P<origin>https://[A-Za-z0-9.-]+(?::\d{1,5})?)/[A-Za-z0-9._~/?=&%@{}-]+")


def refuse(name: str, sentence: str) -> NoReturn:
    """Stop the start with one sentence that names the setting and how to mend it."""
    raise ImproperlyConfigured(f"{name}: {sentence}")


def is_secret_key(word: str) -> bool:
    """Whether a word is 32 bytes in url-safe base64, as Fernet wants its keys."""
    try:
        return len(base64.urlsafe_b64decode(word.encode("ascii"))) == 32
    except (UnicodeEncodeError, binascii.Error):
        return False


class Environment(environ.Env):
    """The environment's values; a word that does not fit stops the start, it is not guessed."""

    def bool(self, var: str, default: Any = False) -> bool:
        """Yes or no, in one of the usual spellings."""
        word = self.str(var, str(default)).strip().lower()
        if word not in YES | NO:
            refuse(var, f"say 1 or 0, not {word}")
        return word in YES

    def int(self, var: str, default: Any = 0) -> int:
        """A whole number, zero or more."""
        word = self.str(var, str(default)).strip()
        if not word.isascii() or not word.isdigit():
            refuse(var, f"give a whole number, not {word}")
        return int(word)

    def level(self, var: str, default: str) -> str:
        """How loud the logs are."""
        word = self.str(var, default).upper()
        if word not in LEVELS:
            refuse(var, f"choose one of {', '.join(sorted(LEVELS))}, not {word}")
        return word

    def web_address(self, var: str, default: str) -> str:
        """An address of ours, without a slash at its end."""
        word = self.str(var, default).rstrip("/")
        if not word.startswith(("http://", "https://")):
            refuse(var, "give the portal's address, starting with https://")
        return word

    def map_tiles(self, var: str) -> tuple[str, str]:
        """A map server's address with places for zoom, column and row, and the origin that pages
        may load pictures from; two empty words when none is set."""
        word = self.str(var, "").strip()
        if not word:
            return "", ""
        found = TILES.fullmatch(word)
        if not found or not all(word.count(place) == 1 for place in ("{z}", "{x}", "{y}")):
            refuse(var, "give one map server, as https://tiles.example/{z}/{x}/{y}.png")
        return word, found["origin"].lower()

    def folder(self, var: str, default: Path) -> Path:
        """A folder of our own that can be written: made when it is not there. The default is made
        when the first file comes."""
        word = self.str(var, "").strip().removeprefix("file://")
        if not word:
            return default
        if not word.startswith("/"):
            refuse(var, "give a folder by its whole path, as /srv/hub/files")
        try:
            Path(word).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as problem:
            refuse(var, f"this folder can't be made: {problem.strerror}")
        if not os.access(word, os.R_OK | os.W_OK | os.X_OK):
            refuse(var, "we can't write into this folder")
        return Path(word)

    def private_files(self, var: str, default: Path) -> dict[str, Any]:
        """Where private files lie, as Django's storage: a folder of ours, or a bucket of a server
        that speaks S3, as `s3://bucket/folder?endpoint=https://…&region=…`."""
        word = self.str(var, "").strip()
        if not word.startswith("s3://"):
            return {
                "BACKEND": "kernel.files.PrivateFolder",
                "OPTIONS": {
                    "location": self.folder(var, default),
                    "file_permissions_mode": 0o600,
                    "directory_permissions_mode": 0o700,
                },
            }
        address = urlsplit(word)
        more = dict(parse_qsl(address.query))
        endpoint = more.pop("endpoint", None)
        region = more.pop("region", None)
        if not address.hostname or more:
            refuse(var, "give a bucket as s3://bucket/folder?endpoint=https://…&region=…")
        if endpoint and not endpoint.startswith(("https://", "http://127.0.0.1:")):
            refuse(var, "the bucket's server is spoken to over https only")
        return {
            "BACKEND": "kernel.buckets.PrivateBucket",
            "OPTIONS": {
                "bucket_name": address.hostname,
                "location": address.path.strip("/"),
                "endpoint_url": endpoint,
                "region_name": region,
            },
        }

    def database(self, var: str) -> dict[str, Any]:
        """A PostgreSQL address as Django's settings."""
        wish = "only PostgreSQL 15 or newer works, as postgres://user:password@host:5432/name"
        try:
            found = self.db_url(var)
        except (ValueError, KeyError, ImproperlyConfigured):
            refuse(var, wish)
        if found.get("ENGINE") != "django.db.backends.postgresql" or not found.get("NAME"):
            refuse(var, wish)
        return dict(found)

    def mail(self, var: str) -> dict[str, Any]:
        """A mail server's address as Django's settings."""
        try:
            return dict(self.email_url(var))
        except (ValueError, KeyError, ImproperlyConfigured):
            refuse(var, "give a mail server, as smtp+tls://user:password@host:587")

    def stripe_key(self, var: str) -> str:
        """A secret or restricted key of Stripe's, or nothing."""
        word = self.str(var, "").strip()
        if word and not STRIPE_KEY.fullmatch(word):
            refuse(var, "give a secret or restricted key, as sk_live_…, rk_live_… or sk_test_…")
        return word

    def signing_secrets(self, var: str) -> list[str]:
        """Secrets that sign webhooks, separated by commas."""
        words = [word.strip() for word in self.str(var, "").split(",") if word.strip()]
        if any(not SIGNING_SECRET.fullmatch(word) for word in words):
            refuse(var, "give signing secrets as whsec_…, separated by commas")
        return words

    def secret_keys(self, var: str) -> list[str]:
        """Keys that encrypt what we keep, separated by commas; the first encrypts, all decrypt."""
        words = [word.strip() for word in self.str(var, "").split(",") if word.strip()]
        if not all(is_secret_key(word) for word in words):
            refuse(var, "give keys of 32 bytes as url-safe base64, separated by commas")
        return words

    def server(self, var: str, default: str) -> str:
        """A server of somebody else's; plain http is for one on this machine."""
        word = self.str(var, default).strip().rstrip("/")
        parts = urlsplit(word)
        is_here = parts.scheme == "http" and parts.hostname in HERE
        if not parts.hostname or not (is_here or parts.scheme == "https") or parts.path:
            refuse(var, "give a server, as https://api.stripe.com")
        return word

    def one_of(self, var: str, default: str, choices: tuple[str, ...]) -> str:
        """One of a few words."""
        word = self.str(var, default).strip().lower()
        if word not in choices:
            refuse(var, f"choose one of {', '.join(choices)}, not {word}")
        return word

    def ach_origin(self) -> tuple[str, str, str, str]:
        """Our bank and our company for files in the banks' format: its routing number and name, the
        company's id and name there; four empty words when none is set."""
        names = ("ACH_BANK_ROUTING", "ACH_BANK_NAME", "ACH_COMPANY_ID", "ACH_COMPANY_NAME")
        routing, bank, company, called = (self.str(name, "").strip() for name in names)
        if not any((routing, bank, company, called)):
            return "", "", "", ""
        for name, word in zip(names, (routing, bank, company, called), strict=True):
            if not word:
                refuse(name, "our bank and our company go together: give all four ACH_… words")
        weights = (3, 7, 1) * 3
        is_number = len(routing) == 9 and routing.isascii() and routing.isdigit()
        if not is_number or sum(int(d) * w for d, w in zip(routing, weights, strict=True)) % 10:
            refuse("ACH_BANK_ROUTING", "give our bank’s routing number, nine digits that check")
        if not (company.isascii() and company.isalnum() and len(company) <= 10):
            refuse("ACH_COMPANY_ID", "give the id our bank gave us, ten digits or letters at most")
        return routing, bank, company, called

    def sealing_keys(self, var: str) -> list[str]:
        """Long secrets, the newest first; none when unset."""
        words = [word.strip() for word in self.str(var, "").split(",") if word.strip()]
        if any(len(word) < 32 for word in words):
            refuse(var, "each key needs at least 32 random characters")
        return words

    def texts(self, var: str, default: str) -> str:
        """Who takes texts out: `console://`, a service as https://token@host/path, or nobody. Plain
        http is for a service on this machine."""
        word = self.str(var, default).strip()
        if word in ("", "console://"):
            return word
        try:
            parts = urlsplit(word)
            is_here = parts.scheme == "http" and parts.hostname in HERE
            is_whole = bool(parts.hostname and parts.username) and parts.port != 0
        except ValueError:
            is_whole = is_here = False
        is_plain = word.isascii() and word.isprintable() and " " not in word and "#" not in word
        is_known = is_here or word.startswith("https://")
        if not (is_whole and is_plain and is_known) or parts.password is not None:
            refuse(var, "give a texting service, as https://token@texts.example/send")
        return word


def demo_stripe(env: Environment, var: Path, portal: str) -> tuple[str, dict[str, list[str]]]:
    """The address of the Stripe that plays along in the demo, and the program that is it: beside
    the portal, on a port of its own, so that two demos never meet."""
    port = env.str("PORT", "8000")
    number = int(port) if port.isdigit() and int(port) < 60_000 else 8000
    base = f"http://127.0.0.1:{number + 4000}"
    words = ["tests.local_stripe", "--port", str(number + 4000), "--pace", "60", "120"]
    words += ["--state", str(var / "local-stripe.json"), "--top-up", "50000000"]
    words += ["--webhook", f"{portal}/webhooks/stripe/", "--secret", "whsec_demo"]
    return base, {"stripe": words}
