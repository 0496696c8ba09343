"""What the forms of applicants and of reviewers share."""

from django.utils.translation import gettext

from kernel import zips
from kernel.web.fields import WEEKDAYS, WeekdaysField

__all__ = ["POSTAL_STATES", "WEEKDAYS", "WeekdaysField", "place_error"]

POSTAL_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA PR RI SC SD TN TX UT VT VA WA WV WI WY"
)


def place_error(postal_code: str, state: str) -> str:
    """What is wrong with a ZIP code beside a state, or nothing. A ZIP nobody knows is let through:
    new ones appear, and a person looks."""
    place = zips.place_of(postal_code)
    if place is None or not state or place.state == state:
        return ""
    words = gettext("ZIP code %(zip)s is in %(city)s, %(right)s, not in %(wrong)s.")
    return words % {
        "zip": postal_code[:5],
        "city": place.city,
        "right": place.state,
        "wrong": state,
    }
