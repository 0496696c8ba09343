"""A letter as HTML, drawn from its plain words: nothing is said twice."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from kernel.notifications.models import Mail
from kernel.notifications.rules import blocks_of


def html_of(mail: Mail) -> str:
    """The letter in the one layout of all letters: paragraphs, lists, addresses as buttons. No
    picture is fetched, no script runs, and dark screens get dark paper."""
    home = settings.PUBLIC_URL.rstrip("/")
    *blocks, foot = blocks_of(mail.body, home=home) or [None]
    facts = {
        "subject": mail.subject,
        "language": mail.language,
        "blocks": blocks,
        "foot": foot,
        "site_name": settings.SITE_NAME,
        "home": home,
    }
    with translation.override(mail.language):
        return render_to_string("layouts/mail.html", facts)
