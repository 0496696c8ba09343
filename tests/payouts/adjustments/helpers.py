"""Short ways for the tests of adjustments."""

from hubshops.shops.models import Shop
from payouts.adjustments.actions import propose_adjustment
from payouts.adjustments.models import Adjustment
from payouts.adjustments.rules import ANSWER_TIME, Why
from tests.factories import MORNING

HEARD = MORNING + ANSWER_TIME


def propose(shop: Shop, cents: int, by, **facts) -> Adjustment:
    """Something is proposed for a shop, or against it."""
    why = Why.GOODWILL if cents > 0 else Why.PACKAGE_LOST
    given = {"why": why, "words": "The box of Nov 20", "at": MORNING} | facts
    return propose_adjustment(shop=shop, cents=cents, by=by, **given)
