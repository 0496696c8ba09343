"""The catalogues hold together, and a page really speaks the language a person chose."""

import datetime as dt
import re
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from django.utils import formats, translation
from django.utils.functional import Promise
from django.utils.translation import trans_real

from hubshops.deliveries.models import REASON_LABELS

CATALOGUES = sorted(Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/*.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%[a-z]\b")
TAG = re.compile(r"</?[a-z]\w*(?:\s[^>]*)?>")
OURS = ("kernel", "hubshops", "payouts", "portal")
SHORT = 25  # letters of a label that stands in a button, a menu or the head of a column
SAME_IN_SPANISH = {"Plan", "no", "Stripe"}
# One English word, one Spanish word: the heart of the table in locale/README.md.
SPANISH_WORDS = {
    "packages?": "paquete",
    "shops?": "tienda",
    "helpers?": "ayudante",
    "stations?": "estaci[oó]n",
    "feeds?": "lista",
    "fees?": "tarifa",
    "manifests?": "hojas? de ruta",
    "tracking ids?": "números? de rastreo",
    "statements?": "estados? de cuenta",
    "pay runs?": "tandas? de pagos",
    "zip codes?": "códigos? postal",
    "applicants?": "solicitante",
    "owners?": "titular",
    "drop": "descarga",
    "driver": "quien conduce",
    "vans?": "camioneta",
}


@pytest.fixture(scope="module", autouse=True)
def _compiled_catalogues():
    """The files gettext reads, fresh from the files people edit."""
    if any(is_stale(file) for file in CATALOGUES):
        call_command("compile_translations", verbosity=0)
        trans_real._translations.clear()


def is_stale(file: Path) -> bool:
    """Whether the compiled catalogue is older than its source."""
    compiled = file.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < file.stat().st_mtime


def pairs(entry: polib.POEntry) -> list[tuple[str, str]]:
    """(English, translation) of a message; form 0 is of one, the others stand by the plural."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    one, *more = entry.msgstr_plural.values()
    return [(entry.msgid, one), *((entry.msgid_plural, words) for words in more)]


def complaints(judge) -> list[str]:
    """The messages that a judge of (English, translation) finds wrong."""
    return [
        f"{file.parent.parent.name}: {english!r} → {words!r}"
        for file in CATALOGUES
        for entry in polib.pofile(str(file))
        for english, words in pairs(entry)
        if not entry.obsolete and judge(english, words)
    ]


def test_there_is_a_catalogue_for_every_language():
    spoken = {file.parent.parent.name for file in CATALOGUES}
    assert spoken == {code for code, _ in settings.LANGUAGES} - {settings.LANGUAGE_CODE}


@pytest.mark.parametrize("file", CATALOGUES, ids=str)
def test_no_message_is_empty_fuzzy_or_left_over(file):
    catalogue = polib.pofile(str(file))
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


@pytest.mark.parametrize("file", CATALOGUES, ids=str)
def test_a_catalogue_says_whether_somebody_reviewed_it(file):
    assert polib.pofile(str(file)).metadata["X-Review"]


def test_placeholders_stay():
    assert (
        complaints(lambda *both: len({frozenset(PLACEHOLDER.findall(s)) for s in both}) > 1) == []
    )


def test_tags_stay():
    assert (
        complaints(lambda *both: sorted(TAG.findall(both[0])) != sorted(TAG.findall(both[1]))) == []
    )


def test_sentences_end_as_they_do_in_english():
    ends = ".?!…"
    assert complaints(lambda e, w: (e[-1:] in ends or w[-1:] in ends) and e[-1:] != w[-1:]) == []


def test_short_labels_stay_short():
    assert complaints(lambda e, w: len(e) < SHORT and len(w) > 2.2 * len(e) + 6) == []


def test_longer_words_grow_by_less_than_half():
    assert complaints(lambda e, w: len(e) >= SHORT and len(w) > 1.5 * len(e) + 12) == []


@pytest.mark.parametrize(("english", "spanish"), SPANISH_WORDS.items())
def test_a_word_of_the_glossary_is_always_translated_alike(english, spanish):
    word, theirs = re.compile(rf"\b{english}\b", re.I), re.compile(spanish, re.I)
    bare = re.compile(rf"{PLACEHOLDER.pattern}|{TAG.pattern}")
    assert complaints(lambda e, w: word.search(bare.sub("", e)) and not theirs.search(w)) == []


def choices() -> set[tuple[str, str]]:
    """(where, label in English) of everything a model lets somebody choose."""
    ours = [config for config in apps.get_app_configs() if config.name.split(".")[0] in OURS]
    return {
        (f"{model._meta.label}.{field.name}", label)
        for config in ours
        for model in config.get_models()
        for field in model._meta.get_fields()
        for _, label in getattr(field, "flatchoices", [])
        if isinstance(label, Promise)
    }


@pytest.mark.parametrize(
    "code", [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
)
def test_every_state_reason_and_role_is_translated(code):
    with translation.override(settings.LANGUAGE_CODE):
        english = {(where, label): str(label) for where, label in choices()}
        english |= {("reason", label): label for label in REASON_LABELS}
    with translation.override(code):
        theirs = {key: translation.gettext(str(key[1])) for key in english}
    same = {key[0]: words for key, words in theirs.items() if words == english[key]}
    assert {where: words for where, words in same.items() if words not in SAME_IN_SPANISH} == {}
    assert len(english) > 80


@pytest.mark.django_db
def test_the_language_menu_switches_a_page_and_back(client):
    assert '<html lang="en">' in client.get("/").content.decode()
    for code, word, other in [("es", "Solicitar", "Apply"), ("en", "Apply", "Solicitar")]:
        answer = client.post(reverse("set_language"), {"language": code, "next": "/"}, follow=True)
        page = answer.content.decode()
        assert f'<html lang="{code}">' in page
        assert f">{word}<" in page
        assert f">{other}<" not in page


@pytest.mark.django_db
def test_a_language_nobody_reviewed_says_so(client):
    spanish = client.get("/", headers={"accept-language": "es"}).content.decode()
    assert "Ninguna persona" in spanish
    assert f'href="mailto:{settings.SUPPORT_EMAIL}?subject=' in spanish
    english = client.get("/", headers={"accept-language": "en"}).content.decode()
    assert "?subject=" not in english


def test_every_order_of_day_and_month_that_pages_ask_for_has_a_spanish_order():
    asked = re.compile(r"""date_format\([^"']+, ["']([^"']+)["']|\|(?:date|time):"([^"]+)\"""")
    found = {
        "".join(pair)
        for folder in (*OURS, "templates")
        for file in (settings.BASE_DIR / folder).rglob("*.*")
        if file.suffix in {".py", ".html", ".txt"}
        for pair in asked.findall(file.read_text())
    }
    in_words = {order for order in found if re.search(r"[MFNb]", order) and not order.isupper()}
    assert in_words
    with translation.override("es"):
        assert {order for order in in_words if formats.get_format(order) == order} == set()
        assert formats.date_format(dt.date(2026, 11, 20), "D M j") == "vie 20 nov"


def test_spanish_pages_write_numbers_as_the_united_states_do():
    with translation.override("es"):
        assert formats.localize(1234.5, use_l10n=True) == "1234.5"
        assert formats.number_format(1234.5, 2, force_grouping=True) == "1,234.50"
        assert formats.date_format(dt.time(14, 40), "g:i a") == "2:40 p.m."
