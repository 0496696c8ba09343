"""What a shop's owners read when their money can't reach them."""

import datetime as dt
from collections.abc import Callable

from django.utils.translation import gettext

from hubshops.shops.models import MemberRole, Membership, Shop
from kernel.accounts.models import Role, User
from kernel.notifications.actions import letter_for, send_mails
from payouts.providers.access import FINANCE
from payouts.providers.models import (
    BankDetails,
    BankPayout,
    BankPayoutStatus,
    CapabilityName,
    PayoutAccount,
)
from payouts.providers.rules.words import fix_for

UNPAYABLE = {CapabilityName.MISSING, CapabilityName.BLOCKED, CapabilityName.CLOSED}


def tell_owners(
    shop: Shop, template: str, subject: Callable[[], str], *, at: dt.datetime, **facts: object
) -> None:
    """One letter to each owner of a shop, in her language."""
    owners = Membership.objects.current().filter(
        shop=shop, role=MemberRole.OWNER, user__is_active=True
    )
    letters = [
        letter_for(
            one.user,
            subject=subject,
            template=f"providers/mail/{template}.txt",
            facts={"person": one.user, "shop": shop, **facts},
        )
        for one in owners.select_related("user").order_by("pk")
    ]
    send_mails(mails=letters, at=at)


def tell_of_account(account: PayoutAccount, *, was_payable: bool, at: dt.datetime) -> None:
    """Stripe stopped paying a shop that it paid before: told once, until it can again. The row is
    locked and saved by the caller."""
    if account.is_payable:
        account.told_at = None
    elif was_payable and account.told_at is None and account.capability in UNPAYABLE:
        account.told_at = at
        tell_owners(
            account.shop, "account", lambda: gettext("Stripe can’t pay you right now"), at=at
        )


def tell_of_bank_payout(payout: BankPayout, *, at: dt.datetime) -> None:
    """A bank sent money back: told once. The row is locked and saved by the caller."""
    if payout.status == BankPayoutStatus.FAILED and payout.told_at is None:
        payout.told_at = at
        tell_owners(
            payout.account.shop,
            "bank_payout",
            lambda: gettext("Your bank sent a payout back"),
            at=at,
            payout=payout,
            fix=fix_for(payout.failure_code),
        )


def tell_of_new_bank(account: PayoutAccount, *, at: dt.datetime) -> None:
    """The bank account at Stripe was changed: its owners can object before money goes there."""
    tell_owners(
        account.shop,
        "new_bank",
        lambda: gettext("Your bank account for payments was changed"),
        at=at,
        account=account,
    )


def tell_of_hold(account: PayoutAccount, *, at: dt.datetime) -> None:
    """Payouts are held: why, and by when somebody looks again."""
    tell_owners(
        account.shop,
        "payouts_held",
        lambda: gettext("Your payouts are on hold"),
        at=at,
        account=account,
    )


def tell_that_payouts_go_on(account: PayoutAccount, *, at: dt.datetime) -> None:
    """A hold has ended."""
    tell_owners(account.shop, "payouts_go_on", lambda: gettext("Your payouts go on"), at=at)


def ring_finance(accounts: list[PayoutAccount], *, at: dt.datetime) -> None:
    """One letter to everybody of finance about holds at which somebody has to look; to the admins
    when nobody is of finance."""
    staff = User.objects.filter(is_active=True).order_by("pk").distinct()
    people = staff.filter(staff_roles__role__in=FINANCE)
    letters = [
        letter_for(
            person,
            subject=lambda: gettext("Payouts are held: please look again"),
            template="providers/mail/holds_due.txt",
            facts={"person": person, "accounts": accounts},
        )
        for person in people or staff.filter(staff_roles__role=Role.ADMIN)
    ]
    send_mails(mails=letters, at=at)


def tell_of_bank_details(details: BankDetails, *, at: dt.datetime) -> None:
    """Somebody entered another bank account for a shop: its owners can object before money goes
    there."""
    tell_owners(
        details.account.shop,
        "bank_details",
        lambda: gettext("Your bank account for payments was changed"),
        at=at,
        details=details,
    )
