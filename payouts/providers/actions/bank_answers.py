"""Notices of change in what banks answer to a payment file: they wait for a person."""

import datetime as dt

from kernel.sealed import seal
from payouts.providers.feeds.nacha import Changed, is_account_number, is_routing_number
from payouts.providers.models import BankNotice
from payouts.providers.queries import line_of


def keep_notice(one: Changed, *, at: dt.datetime) -> BankNotice | bool | None:
    """Keep one notice for a person: False when it is kept already, None when the payment is none of
    ours. What is no number is not kept."""
    line = line_of(one.trace)
    if line is None:
        return None
    account = one.account if is_account_number(one.account) else ""
    told = {
        "routing_number": one.routing if is_routing_number(one.routing) else "",
        "sealed_number": seal(account) if account else "",
        "last4": account[-4:],
        "kind": one.kind if one.kind in {"22", "32"} else "",
        "read_at": at,
    }
    notice, is_new = BankNotice.objects.get_or_create(line=line, code=one.code, defaults=told)
    return notice if is_new else False
