"""The van at a shop's door: driver and shop sign what they counted."""

import datetime as dt

from hubshops.deliveries.actions import keep_proof
from hubshops.deliveries.models import ProofKind
from hubshops.drops.actions import sign_as_giver, sign_as_taker
from hubshops.drops.rules import Count, Counts, Remark, Said, Told
from kernel.accounts.models import User
from portal.demo import documents, rules
from portal.demo.actions.people import ROSAS
from portal.demo.actions.shop_days import ShopDay
from portal.demo.rules import Trouble

REMARKS = {Trouble.SHORT: Remark.SHORT, Trouble.DAMAGED: Remark.DAMAGED}
WORDS = {
    Trouble.SHORT: "We looked twice. It was not in the van.",
    Trouble.DAMAGED: "One corner is crushed, and it is wet.",
}
SIGN_LATER = {"wilsonwood-repairs", "sicard-corner-store"}  # today, while we look


def sign_drop(one: ShopDay, *, by: User, counts: Counts, about: str) -> None:
    """Both sides sign the day's first van, each only if it has not yet. Today a few shops have
    still to sign, and at Rosa's the driver, too."""
    handover = one.handover
    is_rosas_today = one.is_live and one.shop.slug == ROSAS
    if handover is None or handover.taken_at or is_rosas_today:
        return
    given_at, taken_at = (one.window[0] + dt.timedelta(minutes=after) for after in (6, 9))
    if taken_at > one.at:
        return
    given, taken = rules.said_at_the_van(counts.packages, counts.returns, one.trouble)
    driver = rules.driver_of(one.day, one.shop.station.code)
    is_told = rules.is_told(one.day, one.shop.slug) and handover.given_at is None
    if handover.given_at is None and not is_told:
        sign_as_giver(token=handover.token, counts=Counts(*given), name=driver, at=given_at)
    if one.is_live and one.shop.slug in SIGN_LATER:
        return
    count = Count(
        id=rules.id_of("count", one.shop.slug, one.day),
        day=one.day,
        counted_at=taken_at,
        counts=Counts(*taken),
        driver_said=Told(Counts(*given), driver) if is_told else None,
        remarks=remarks_about(one, about, taken_at),
    )
    sign_as_taker(shop=one.shop, by=by, count=count, at=taken_at)
    photograph(one, by, count)


def remarks_about(one: ShopDay, about: str, at: dt.datetime) -> tuple[Said, ...]:
    """What the shop says about the package that did not come, or came damaged."""
    if one.trouble not in REMARKS or not about:
        return ()
    kind = REMARKS[one.trouble]
    said = Said(rules.id_of("remark", kind, about), kind, about, at, WORDS[one.trouble])
    return (said,)


def photograph(one: ShopDay, by: User, count: Count) -> None:
    """A picture of what came damaged, sent under the remark's id."""
    for said in count.remarks:
        if said.kind == Remark.DAMAGED:
            keep_proof(
                shop=one.shop,
                by=by,
                act_id=said.id,
                kind=ProofKind.PHOTO,
                content=documents.damaged_box(str(said.id)),
                at=count.counted_at,
                taken_at=said.happened_at,
                is_good=True,
            )
