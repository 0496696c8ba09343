"""Acts that are told afterwards, of many shops at once."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from hubshops.deliveries import queries
from hubshops.deliveries.actions.answering import refuse
from hubshops.deliveries.actions.recording import record_acts
from hubshops.deliveries.rules import Receipt, Refused, Told
from hubshops.shops.models import Shop
from kernel.accounts.access import has_role
from kernel.accounts.models import Role, User


def replay_acts(*, told: Sequence[Told], at: dt.datetime) -> list[Receipt]:
    """Record acts of many shops as told afterwards, as their phones would have sent them; one
    receipt per act, in order.

    The order within a shop is kept. An act of an unknown shop is refused, and one by somebody who
    never worked for it, unless she is staff who help shops (support or dispatch). Some ten
    statements per shop; each shop's acts are a transaction of their own.
    """
    shops = queries.shops_by_slug({one.shop for one in told})
    people = queries.people_by_email({one.by for one in told})
    members = queries.memberships_ever(people.values())
    receipts: dict[int, Receipt] = {}
    by_shop: dict[str, list[int]] = {}
    for place, one in enumerate(told):
        shop, person = shops.get(one.shop), people.get(one.by.lower())
        if shop is None:
            receipts[place] = refuse(one.act, Refused.UNKNOWN_SHOP)
        elif person is None or not may_tell(person, shop, members):
            receipts[place] = refuse(one.act, Refused.NOT_A_MEMBER)
        else:
            by_shop.setdefault(one.shop, []).append(place)
    for slug, places in by_shop.items():
        acts = [replace(told[n].act, by_id=people[told[n].by.lower()].pk) for n in places]
        teller = people[told[places[0]].by.lower()]
        answers = record_acts(shop=shops[slug], by=teller, acts=acts, at=at, is_replay=True)
        receipts |= dict(zip(places, answers, strict=True))
    return [receipts[place] for place in range(len(told))]


def may_tell(person: User, shop: Shop, members: set[tuple[int, int]]) -> bool:
    """Whether acts of this shop may be told in this person's name."""
    return (shop.pk, person.pk) in members or has_role(person, Role.SUPPORT, Role.DISPATCHER)
