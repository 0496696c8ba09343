"""The words under which people agree change only with their version."""

import hashlib
from pathlib import Path

from django.conf import settings

from hubshops.reviews.rules import CONSENT_TEXT

# Version → what the words hash to.
WORDS = {"2026-11": "dfd94125b142943e"}


def test_the_consents_words_are_those_of_its_version():
    text = Path(settings.BASE_DIR, "templates/reviews/_consent_text.html").read_bytes()
    assert hashlib.sha256(text).hexdigest()[:16] == WORDS[CONSENT_TEXT]
