"""An application in sittings, as the tests write it."""

import datetime as dt

from hubshops.applications import actions
from hubshops.applications.models import Application
from tests.factories import MORNING

YES = {"place": "yes", "person": "yes", "way": "yes", "age": "yes"}
# What Rosa types, page by page.
TYPED = {
    "name": {"name": "Rosa's Bodega", "trade": "bodega"},
    "address": {
        "address1": "112 W Center St",
        "city": "Fayetteville",
        "state": "AR",
        "postal_code": "72701",
    },
    "contact": {"contact_name": "Rosa Marte", "phone": "479 555 0110"},
    "storage": {"storage_kind": "room", "storage_note": "Dry, 6 by 6 feet"},
    "access": {"receives_from": "07:30", "access_note": ""},
    "days": {"weekdays": list("12346")},
    "packages": {"daily_cap": "36", "travel": "bike"},
    "people": {
        "name_0": "Rosa Marte",
        "email_0": "rosa@shop.test",
        "name_1": "Sam Okafor",
        "email_1": "Sam@shop.test",
    },
    "documents": {},
    "more": {"message": "Ring twice"},
}
ANSWERS = TYPED | {
    "days": {"weekdays": "12346"},
    "packages": {"daily_cap": 36, "travel": "bike"},
    "access": {"receives_from": dt.time(7, 30), "access_note": ""},
    "people": {"people": [("Rosa Marte", "rosa@shop.test"), ("Sam Okafor", "sam@shop.test")]},
}


def begin(email: str = "rosa@shop.test", at: dt.datetime = MORNING) -> Application:
    """A draft without answers."""
    return actions.begin_application(email=email, language="en", at=at)


def write(draft: Application, at: dt.datetime = MORNING, **answers: dict) -> Application:
    """The draft with all its pages answered."""
    for page, given in (ANSWERS | answers).items():
        draft = actions.save_page(reference=draft.reference, page=page, answers=given, at=at)
    return draft


def send(draft: Application, at: dt.datetime = MORNING) -> Application:
    """Accept and send."""
    return actions.send_application(reference=draft.reference, language="en", at=at)
