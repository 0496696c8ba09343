"""What is done at the counter in one tap: pieces counted in or refused, returns handed over.

Acts go through the doors' own action and remarks through the drops': two transactions, one after
the other, each safe to send again.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence

from hubshops.deliveries.actions import record_acts
from hubshops.deliveries.queries import DoorPackage
from hubshops.deliveries.rules import Act, ActKind, Receipt
from hubshops.drops.actions import add_remarks
from hubshops.drops.models import Handover
from hubshops.drops.rules import Remark, RemarkAnswer, Said
from hubshops.shops.models import Shop
from kernel.accounts.models import User


def count_in(
    *,
    shop: Shop,
    by: User,
    handover: Handover,
    form_id: uuid.UUID,
    marked: Mapping[DoorPackage, Remark | None],
    over: Sequence[str],
    at: dt.datetime,
) -> tuple[list[Receipt], list[RemarkAnswer]]:
    """Count in what is here, and keep what was said of the rest. The same form again is the same
    count."""
    here = [package for package, mark in marked.items() if mark is None]
    receipts = act_on(shop=shop, by=by, form_id=form_id, act="receive", packages=here, at=at)
    said = [(package.tracking_id, mark) for package, mark in marked.items() if mark]
    remarks = [
        Said(
            id=uuid.uuid5(form_id, f"{tracking_id} {mark}"),
            kind=mark,
            tracking_id=tracking_id,
            happened_at=at,
        )
        for tracking_id, mark in [*said, *((one, Remark.OVER) for one in over)]
    ]
    answers = add_remarks(shop=shop, by=by, handover_id=handover.pk, remarks=remarks, at=at)
    return receipts, answers


def act_on(
    *,
    shop: Shop,
    by: User,
    form_id: uuid.UUID,
    act: str,
    packages: Iterable[DoorPackage],
    at: dt.datetime,
) -> list[Receipt]:
    """One act for each package, with an id made from the form's."""
    acts = [
        Act(
            id=uuid.uuid5(form_id, f"{one.tracking_id} {act}"),
            act=ActKind(act),
            tracking_id=one.tracking_id,
            happened_at=at,
        )
        for one in packages
    ]
    return record_acts(shop=shop, by=by, acts=acts, at=at) if acts else []
