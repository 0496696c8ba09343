"""An application on its way through a review."""

import datetime as dt

from hubshops.applications.actions import name_person, screen_application, submit_application
from hubshops.reviews import actions, queries
from tests.factories import MORNING
from tests.hubshops.applications.test_actions import FACTS

AN_HOUR = dt.timedelta(hours=1)


def screened(people=("Rosa", "Sam"), **facts):
    """An application that was screened; Rosa and Sam will deliver."""
    application = submit_application(**FACTS | {"at": MORNING} | facts)
    for name in people:
        name_person(application_id=application.pk, name=name, email=f"{name.lower()}@shop.test")
    return screen_application(application_id=application.pk, at=MORNING)


def checking(by, **facts):
    """An application whose people were asked for consent, and their checks."""
    application = screened(**facts)
    application = actions.start_checks(application_id=application.pk, by=by, at=MORNING)
    return application, [one.check for one in queries.people_with_checks(application)]


def consent(check, at=MORNING):
    return actions.give_consent(
        token=check.token,
        name="Sam  Okafor",
        address="203.0.113.7",
        device="A phone",
        language="en",
        at=at,
    )


def order(check, by, at=MORNING):
    return actions.order_check(
        check_id=check.pk, order_reference="R-1", provider="manual", by=by, at=at
    )


def report(check, by, *, is_clear, at=MORNING):
    """Consent, order and result, all in one."""
    consent(check, at)
    order(check, by, at)
    words = "" if is_clear else "Speeding in 2024."
    return actions.record_result(check_id=check.pk, is_clear=is_clear, report=words, by=by, at=at)
