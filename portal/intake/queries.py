"""Feeds read together with what they would earn."""

import datetime as dt
from dataclasses import dataclass

from hubshops.stations.models import Station
from payouts.rates.queries import count_own_fees, standard_on


@dataclass(frozen=True, slots=True)
class MoneyEffect:
    """What a feed's packages mean in fees, in cents, should all be delivered. `own_fees` shops have
    fees of their own, so the sums are about right only."""

    fee_cents: int
    new_cents: int
    withdrawn_cents: int
    own_fees: int


def money_effect(station: Station, day: dt.date, *, new: int, withdrawn: int) -> MoneyEffect | None:
    """New and withdrawn packages at the station's standard fee of that day; None when it has none
    then. Two queries."""
    rate = standard_on(station.pk, day)
    if rate is None:
        return None
    return MoneyEffect(
        fee_cents=rate.amount_cents,
        new_cents=new * rate.amount_cents,
        withdrawn_cents=withdrawn * rate.amount_cents,
        own_fees=count_own_fees(station.pk, day),
    )
