"""What changes Rosa's pay beside deliveries: a thing granted, one proposed, one objected to."""

import datetime as dt

from hubshops.deliveries.models import Delivery
from payouts.adjustments.actions import open_dispute, propose_adjustment
from payouts.adjustments.rules import Why
from portal.demo.actions.people import OLGA, ROSA, person, shop_of

THE_VAN_WAS_LATE = "The van came two hours late on Tuesday."
A_LAMP_BROKE = "A lamp arrived broken at 14 Elm St."
WHO_SAW_IT = "The recipient sent a photo the same evening; the box was whole when the van left it."
IT_WAS_HEAVY = "This one weighed 12 kg and went to the third floor. It should pay as a large one."
TWO_DAYS = dt.timedelta(days=2)


def correct_rosas_pay(*, at: dt.datetime) -> None:
    """Olga grants a little, proposes a deduction that waits for Rosa's answer, and Rosa objects to
    a fee. Once: again finds what is there."""
    shop, olga, rosa = shop_of(ROSA), person(OLGA), person(ROSA)
    if shop.adjustments.exists():
        return
    before = at - TWO_DAYS
    propose_adjustment(
        shop=shop, cents=750, why=Why.GOODWILL, words=THE_VAN_WAS_LATE, by=olga, at=before
    )
    propose_adjustment(
        shop=shop,
        cents=-1_800,
        why=Why.PACKAGE_DAMAGED,
        words=A_LAMP_BROKE,
        evidence=WHO_SAW_IT,
        by=olga,
        at=before,
    )
    delivered = Delivery.objects.standing().filter(shop=shop, delivered_at__lte=before)
    if about := delivered.order_by("-delivered_at", "-pk").first():
        open_dispute(shop=shop, about=about, cents=75, words=IT_WAS_HEAVY, by=rosa, at=before)
