"""Which rewards are to be booked."""

import datetime as dt

from hubshops.referrals.queries import Due, due_rewards
from hubshops.shops.models import Shop
from kernel.sealed import open_sealed
from payouts.providers.models import BankDetails, PayoutAccount
from payouts.rewards.models import Reward


def waiting_rewards(at: dt.datetime) -> list[Due]:
    """What was reached, is not booked, and does not go to the bank account of who was invited."""
    booked = set(Reward.objects.values_list("referral_id", "kind"))
    return [
        one
        for one in due_rewards(at)
        if (one.referral.pk, str(one.kind)) not in booked
        and not share_a_bank(one.referral.link.shop, one.referral.application.shop)
    ]


def share_a_bank(one: Shop, other: Shop) -> bool:
    """Whether two shops are paid to one bank account. Where only the last four are known, the same
    bank and the same last four are enough not to pay, and a person may look."""
    return bool(accounts_of(one) & accounts_of(other))


def accounts_of(shop: Shop) -> set[tuple[str, str]]:
    """The bank accounts of a shop, as far as we know them."""
    details = BankDetails.objects.filter(account__shop=shop)
    own = {(row.routing_number, open_sealed(row.sealed_number)) for row in details}
    told = PayoutAccount.objects.filter(shop=shop).exclude(bank_last4="")
    return own | set(told.values_list("bank_name", "bank_last4"))
