"""Changes of cards: what they say, and what they mean for each shop."""

import datetime as dt

from payouts.rates.models import ChangeStatus, RateCard, RateChange


def change_to_come(card: RateCard, today: dt.date) -> RateChange | None:
    """The change of a card that shops were told of, or that was approved, and does not hold yet."""
    told = [ChangeStatus.PUBLISHED, ChangeStatus.APPROVED]
    return card.changes.filter(status__in=told, effective_on__gt=today).first()
