"""A setting that cannot be used stops the start with one sentence that names it."""

import os
import re
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.settings.environment import Environment
from tests.architecture.rooms import ROOT

pytestmark = pytest.mark.long

env = Environment()
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.prod",
    "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz",
    "DATABASE_URL": "postgres://hub:secret@db.example/hub",
    "CELERY_BROKER_URL": "amqp://mq.example//",
    "CACHE_URL": "redis://cache.example/1",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example:587",
    "ALLOWED_HOSTS": "portal.example",
    "PUBLIC_URL": "https://portal.example",
}


def start(**settings: str) -> subprocess.CompletedProcess[str]:
    """The portal's start with these settings and no others."""
    plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=plain | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("read", "word", "sentence"),
    [
        (env.bool, "perhaps", "THIS: say 1 or 0, not perhaps"),
        (env.int, "two", "THIS: give a whole number, not two"),
        (env.int, "-1", "THIS: give a whole number, not -1"),
        (env.database, "mysql://hub@db/hub", "THIS: only PostgreSQL 15 or newer works"),
        (env.database, "postgres://hub@db:port/hub", "THIS: only PostgreSQL 15 or newer works"),
        (env.database, "postgres://hub@db", "THIS: only PostgreSQL 15 or newer works"),
        (env.database, "hub", "THIS: only PostgreSQL 15 or newer works"),
        (env.mail, "mail.example", "THIS: give a mail server, as smtp+tls://"),
        (env.texts, "console", "THIS: give a texting service, as https://token@"),
        (env.texts, "https://texts.example/send", "THIS: give a texting service"),
        (env.texts, "https://me:secret@texts.example/", "THIS: give a texting service"),
        (env.texts, "http://token@texts.example/", "THIS: give a texting service"),
        (env.texts, "https://token@texts.example:port/", "THIS: give a texting service"),
        (env.texts, "https://token@texts.example/#here", "THIS: give a texting service"),
        (env.map_tiles, "http://tiles.example/{z}/{x}/{y}.png", "THIS: give one map server"),
        (env.map_tiles, "https://{s}.tiles.example/{z}/{x}/{y}.png", "THIS: give one map server"),
        (env.map_tiles, "https://*.example/{z}/{x}/{y}.png", "THIS: give one map server"),
        (env.map_tiles, "https://me@tiles.example/{z}/{x}/{y}", "THIS: give one map server"),
        (env.map_tiles, "https://tiles.example;x/{z}/{x}/{y}", "THIS: give one map server"),
        (env.map_tiles, "https://tiles.example/{z}/{x}.png", "THIS: give one map server"),
        (env.stripe_key, "pk_live_public", "THIS: give a secret or restricted key"),
        (env.stripe_key, "sk_live_…", "THIS: give a secret or restricted key"),
        (env.signing_secrets, "whsec_good1,other", "THIS: give signing secrets as whsec_…"),
        (env.server, "http://api.stripe.example", "THIS: give a server, as https://"),
        (env.secret_keys, "short", "THIS: give keys of 32 bytes as url-safe base64"),
        (env.secret_keys, "ключ", "THIS: give keys of 32 bytes as url-safe base64"),
        (env.server, "api.stripe.com", "THIS: give a server, as https://"),
    ],
)
@pytest.mark.filterwarnings("ignore:Engine not recognized")
def test_a_word_that_does_not_fit_is_refused_by_name(monkeypatch, read, word, sentence):
    monkeypatch.setenv("THIS", word)
    with pytest.raises(ImproperlyConfigured, match="^" + re.escape(sentence)):
        read("THIS", *([""] if read in (env.texts, env.server) else []))


@pytest.mark.parametrize(
    "word",
    ["", "console://", "https://to%2Fken@texts.example:8443/send?from=1", "http://t@127.0.0.1:9/"],
)
def test_a_texting_service_has_an_address_and_a_token(monkeypatch, word):
    monkeypatch.setenv("THIS", word)
    assert env.texts("THIS", "") == word


@pytest.mark.parametrize("word", ["1", "true", "Yes", " on "])
def test_yes_has_its_usual_spellings(monkeypatch, word):
    monkeypatch.setenv("THIS", word)
    assert env.bool("THIS") is True


def test_an_address_keeps_no_slash_at_its_end(monkeypatch):
    monkeypatch.setenv("THIS", "https://portal.example/")
    assert env.web_address("THIS", "") == "https://portal.example"


def test_a_map_server_gives_the_one_origin_that_pages_may_ask(monkeypatch):
    monkeypatch.setenv("THIS", "https://Tiles.example:8443/v1/{z}/{x}/{y}@2x.png?key=a")
    assert env.map_tiles("THIS")[1] == "https://tiles.example:8443"
    monkeypatch.setenv("THIS", " ")
    assert env.map_tiles("THIS") == ("", "")


def test_a_map_server_without_its_makers_name_stops_the_start():
    address = "https://tiles.example/{z}/{x}/{y}.png"
    started = start(**PRODUCTION, MAP_TILES_URL=address)
    assert started.returncode != 0
    assert "MAP_TILES_ATTRIBUTION: say whose map it is" in started.stderr


def test_production_starts_with_its_secrets():
    started = start(**PRODUCTION)
    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize("missing", sorted(PRODUCTION.keys() - {"DJANGO_SETTINGS_MODULE"}))
def test_production_refuses_to_start_without(missing):
    refused = start(**{name: word for name, word in PRODUCTION.items() if name != missing})
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Settings: {missing}: ")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("DEMO", "1"),
        ("TEXTS_URL", "console://"),
        ("ALLOWED_HOSTS", "*"),
        ("SECRET_KEY", "short"),
        ("LOG_LEVEL", "LOUD"),
        ("STRIPE_SECRET_KEY", "sk_test_12345"),
        ("STRIPE_ACCOUNTS", "v3"),
        ("MFA_KEYS", "not-a-key"),
    ],
)
def test_production_refuses_what_is_unsafe(name, word):
    refused = start(**PRODUCTION | {name: word})
    assert refused.stderr.startswith(f"Settings: {name}: ")


def test_a_live_key_needs_a_signing_secret_and_goes_to_stripe_alone():
    live = PRODUCTION | {"STRIPE_SECRET_KEY": "rk_live_12345"}
    assert start(**live).stderr.startswith("Settings: STRIPE_WEBHOOK_SECRET: ")
    live["STRIPE_WEBHOOK_SECRET"] = "whsec_12345, whsec_67890"
    assert start(**live).returncode == 0
    elsewhere = start(**live, STRIPE_API_BASE="https://stripe.example")
    assert elsewhere.stderr.startswith("Settings: STRIPE_API_BASE: a live key goes to Stripe")
    demo = {"DJANGO_SETTINGS_MODULE": "portal.settings.dev", "DEMO": "1"}
    refused = start(**demo, STRIPE_SECRET_KEY="sk_live_12345")
    assert "the sample network never moves real money" in refused.stderr


def test_every_setting_of_the_environment_is_in_the_runbook():
    read = set()
    for file in [
        *(ROOT / "portal" / "settings").glob("*.py"),
        *ROOT.glob("kernel/embedded/**/*.py"),
    ]:
        read |= set(re.findall(r'env(?:iron)?\.\w+\(\s*"([A-Z_]+)"', file.read_text()))
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    assert not {name for name in read - {"PATH"} if f"`{name}`" not in runbook}
