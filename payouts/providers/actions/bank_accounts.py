"""Bank accounts of shops that are paid by files in the banks' own format."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from kernel import clock
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.bank_days import bank_days_after, holidays_between
from kernel.refusals import Refusal
from kernel.sealed import open_sealed, seal
from payouts.providers.actions.accounts import note_bank, open_payout_accounts
from payouts.providers.actions.bank_files import FileIsNotComplete
from payouts.providers.actions.letters import tell_of_bank_details
from payouts.providers.actions.stopping import refuse_while_stopped
from payouts.providers.feeds.nacha import (
    Credit,
    Origin,
    credits_file,
    is_account_number,
    is_routing_number,
)
from payouts.providers.models import (
    BankDetails,
    BankFormat,
    BankNotice,
    GatewayName,
    LineAccount,
    PaymentFile,
    PaymentLine,
    PayoutAccount,
)

BANKS_ZONE = "America/New_York"  # where the Federal Reserve counts days


class WrongRouting(Refusal):
    code = "wrong_routing"
    message = _("This is no routing number: nine digits from the bottom left of a check.")


class WrongAccount(Refusal):
    code = "wrong_account"
    message = _("An account number has four to seventeen digits or letters.")


class PaidOtherwise(Refusal):
    code = "paid_otherwise"
    message = _("This shop is paid through Stripe, which keeps its bank account.")


class BankFormatIsOff(Refusal):
    code = "bank_format_is_off"
    message = _("Files in the banks’ format need our bank and company: see ACH_… in the runbook.")


class NoBankAccount(Refusal):
    code = "no_bank_account"
    message = _(
        "Enter the bank account of these payees and let another person confirm it: {names}."
    )


class AccountIsNew(Refusal):
    code = "account_is_new"
    message = _(
        "The bank account of these payees was changed, and payments wait until an owner had time to"
        " object: {names}. Make the file after {moment}."
    )


class NothingToConfirm(Refusal):
    code = "nothing_to_confirm"
    message = _("No bank account is entered for this shop.")


class ConfirmedByAnother(Refusal):
    code = "confirmed_by_another"
    message = _("You entered this account, so another person has to confirm it.")


@transaction.atomic
def set_bank_details(
    *,
    shop: Shop,
    routing_number: str,
    account_number: str,
    is_savings: bool,
    by: User,
    at: dt.datetime,
    waits: bool = True,
) -> BankDetails:
    """Enter the bank account of a shop; the number is sealed. No money goes there before another
    person confirmed it and, where it replaces another account, some days have passed (`waits`; not
    when the bank itself asked to write it otherwise). The shop's owners read of it at once. Audited
    without the number. Refuses numbers that can't be, and a shop that Stripe pays."""
    routing, number = routing_number.strip(), account_number.replace(" ", "").replace("-", "")
    if not is_routing_number(routing):
        raise WrongRouting
    if not is_account_number(number):
        raise WrongAccount
    open_payout_accounts()
    account = PayoutAccount.objects.select_for_update().get(shop=shop)
    if account.gateway != GatewayName.BANK_FILE:
        raise PaidOtherwise
    told = {
        "routing_number": routing,
        "sealed_number": seal(number),
        "last4": number[-4:],
        "is_savings": is_savings,
        "set_at": at,
        "set_by": by,
        "confirmed_at": None,
        "confirmed_by": None,
    }
    had_one = waits and has_bank(account)
    details = BankDetails.objects.update_or_create(account=account, defaults=told)[0]
    note_bank(account, number[-4:], had_one=had_one, at=at)
    account.save(update_fields=["bank_last4", "bank_since_at", "bank_waits_until"])
    audit.record(at=at, by=by, action="set_bank_details", subject=account, last4=number[-4:])
    tell_of_bank_details(details, at=at)
    return details


def has_bank(account: PayoutAccount) -> bool:
    """Whether money could go somewhere already: an account was confirmed, or one is waiting."""
    known = BankDetails.objects.filter(account=account, confirmed_at__isnull=False)
    return account.bank_waits_until is not None or known.exists()


@transaction.atomic
def confirm_bank_details(*, shop: Shop, by: User, at: dt.datetime) -> BankDetails:
    """Another person says that this is the shop's account: from the next file on it is paid there.
    A second click changes nothing. Audited. Refuses who entered it, and a shop without one."""
    found = BankDetails.objects.select_for_update(of=["self"]).select_related("account__shop")
    details = found.filter(account__shop=shop).first()
    if details is None:
        raise NothingToConfirm
    if details.set_by_id == by.pk:
        raise ConfirmedByAnother
    if details.confirmed_at is None:
        details.confirmed_at, details.confirmed_by = at, by
        details.save(update_fields=["confirmed_at", "confirmed_by"])
        audit.record(
            at=at,
            by=by,
            action="confirm_bank_details",
            subject=details.account,
            last4=details.last4,
        )
    return details


def our_origin() -> Origin:
    """Our bank and our company; refuses while they are not set."""
    if not settings.ACH_BANK_ROUTING:
        raise BankFormatIsOff
    return Origin(
        bank_routing=settings.ACH_BANK_ROUTING,
        bank_name=settings.ACH_BANK_NAME,
        company_id=settings.ACH_COMPANY_ID,
        company_name=settings.ACH_COMPANY_NAME,
    )


@transaction.atomic
def bank_format(*, file: PaymentFile, by: User | None, at: dt.datetime) -> bytes:
    """A closed payment file in the banks' format. The first call keeps to which account each
    payment goes and for which bank day; every later one gives the same bytes.

    Refuses a file that is still written, one with payees whose account is not known, and all while
    our own bank is not set or payments are stopped.
    """
    refuse_while_stopped()
    origin = our_origin()
    file = PaymentFile.objects.select_for_update().get(pk=file.pk)
    if file.closed_at is None:
        raise FileIsNotComplete
    kept = BankFormat.objects.filter(file=file).first()
    if kept is None:
        keep_accounts(file, at)
        today = clock.local_day(at, BANKS_ZONE)
        closed = holidays_between(today, today + dt.timedelta(days=14))
        effective_on = bank_days_after(today, 1, closed)
        kept = BankFormat.objects.create(
            file=file, effective_on=effective_on, made_at=at, made_by=by
        )
    lines = PaymentLine.objects.filter(file=file).select_related("account").order_by("position")
    made_at = kept.made_at.astimezone(ZoneInfo(BANKS_ZONE))
    payments = [as_credit(line) for line in lines]
    return credits_file(origin, payments, made_at=made_at, effective_on=kept.effective_on)


def keep_accounts(file: PaymentFile, at: dt.datetime) -> None:
    """Keep the account of each of a file's payments; refuses with the names of those without, and
    of those whose account is too new."""
    lines = list(PaymentLine.objects.filter(file=file).order_by("position"))
    payees = {line.payee_reference for line in lines}
    known = {
        one.account.payee_reference: one
        for one in BankDetails.objects.filter(
            account__payee_reference__in=payees,
            account__gateway=GatewayName.BANK_FILE,
            confirmed_at__isnull=False,
        ).select_related("account")
    }
    missing = [line.payee_name for line in lines if line.payee_reference not in known]
    if missing:
        raise NoBankAccount(names=", ".join(missing[:20]))
    waits = {key: one.account.bank_waits_until for key, one in known.items()}
    waits = {key: until for key, until in waits.items() if until and until > at}
    if waits:
        names = [line.payee_name for line in lines if line.payee_reference in waits]
        moment = max(waits.values()).astimezone(ZoneInfo(BANKS_ZONE))
        raise AccountIsNew(names=", ".join(names[:20]), moment=f"{moment:%Y-%m-%d %H:%M %Z}")
    LineAccount.objects.bulk_create(
        LineAccount(
            line=line,
            routing_number=known[line.payee_reference].routing_number,
            sealed_number=known[line.payee_reference].sealed_number,
            last4=known[line.payee_reference].last4,
            is_savings=known[line.payee_reference].is_savings,
        )
        for line in lines
    )


def as_credit(line: PaymentLine) -> Credit:
    """A payment as the bank's file has it."""
    return Credit(
        number=line.pk,
        routing=line.account.routing_number,
        account=open_sealed(line.account.sealed_number),
        amount_cents=line.amount_cents,
        name=line.payee_name,
        reference=f"L{line.pk}",
        is_savings=line.account.is_savings,
    )


class NoticeIsDecided(Refusal):
    code = "notice_is_decided"
    message = _("Somebody decided about this notice already.")


class NoticeSaysNothing(Refusal):
    code = "notice_says_nothing"
    message = _("We cannot read what this notice changes. Enter the account by hand.")


@transaction.atomic
def decide_notice(*, notice_id: int, take: bool, by: User, at: dt.datetime) -> BankNotice:
    """Take over what a bank asks to change, or leave the account as it is. Audited. Refuses one
    that is decided, and one that would change nothing we can write."""
    notice = (
        BankNotice.objects.select_for_update(of=("self",)).select_related("line").get(pk=notice_id)
    )
    if notice.decided_at is not None:
        raise NoticeIsDecided
    if take:
        take_over(notice, by=by, at=at)
    notice.decided_at, notice.decided_by, notice.is_taken = at, by, take
    notice.save(update_fields=["decided_at", "decided_by", "is_taken"])
    audit.record(at=at, by=by, action="decide_bank_notice", subject=notice, code=notice.code)
    return notice


def take_over(notice: BankNotice, *, by: User, at: dt.datetime) -> None:
    """Write a notice's change into the shop's account; what it does not name stays."""
    details = BankDetails.objects.select_related("account__shop").get(
        account__payee_reference=notice.line.payee_reference
    )
    if not (notice.routing_number or notice.sealed_number or notice.kind):
        raise NoticeSaysNothing
    number = open_sealed(notice.sealed_number or details.sealed_number)
    kinds = {"2": False, "3": True}
    set_bank_details(
        shop=details.account.shop,
        routing_number=notice.routing_number or details.routing_number,
        account_number=number,
        is_savings=kinds.get(notice.kind[:1], details.is_savings),
        by=by,
        at=at,
        waits=False,
    )
