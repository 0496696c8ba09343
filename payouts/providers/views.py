"""Get paid: where a shop's money goes, and what is missing before it can."""

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from hubshops.shops.access import shop_owner
from kernel import clock
from kernel.accounts.access import confirmed
from kernel.refusals import Refusal
from payouts.providers import actions, queries
from payouts.providers.models import BankPayoutStatus, CapabilityName
from payouts.providers.rules.words import fix_for, wanted_words

PAYOUT_LOOKS = {
    BankPayoutStatus.PENDING: ("clock", "info"),
    BankPayoutStatus.IN_TRANSIT: ("send", "info"),
    BankPayoutStatus.PAID: ("circle-check", "good"),
    BankPayoutStatus.FAILED: ("circle-alert", "bad"),
    BankPayoutStatus.CANCELED: ("circle-x", ""),
}
# A form that ends in a redirect may only lead to these: browsers follow the policy on the way.
LEADS_TO = ["https://*.stripe.com", settings.STRIPE_API_BASE]


@require_safe
@shop_owner
@csp_update({"form-action": LEADS_TO})
def payout(request: HttpRequest) -> HttpResponse:
    """How the shop is paid in one sentence, what to do next, and what went to its bank."""
    account = queries.account_of(request.shop)
    is_on = bool(settings.STRIPE_SECRET_KEY)
    missing = [one["code"] for one in account.requirements if not one["is_theirs"]]
    context = {
        "account": account,
        "at": clock.now(),
        "state": account.capability if is_on else "off",
        "is_connected": account.capability != CapabilityName.NONE,
        "wanted": wanted_words(missing),
        "payouts": [payout_row(one) for one in queries.payouts_to_bank(account)],
    }
    return render(request, "providers/payout.html", context)


def payout_row(found) -> dict[str, object]:
    """One payout with its status in words, and the fix when the bank sent it back."""
    status = BankPayoutStatus(found.status) if found.status in BankPayoutStatus.values else None
    icon, tone = PAYOUT_LOOKS.get(status, ("clock", ""))
    fix = fix_for(found.failure_code) if status == BankPayoutStatus.FAILED else ""
    words = status.label if status else found.status
    return {"payout": found, "words": words, "icon": icon, "tone": tone, "fix": fix}


@require_POST
@shop_owner
@confirmed
def start(request: HttpRequest) -> HttpResponse:
    """On to Stripe's pages, by a link made for this click."""
    return to_stripe(request)


@require_safe
@shop_owner
@confirmed
def again(request: HttpRequest) -> HttpResponse:
    """Stripe's link was used or too old: a new one, for whoever is signed in here."""
    return to_stripe(request)


def to_stripe(request: HttpRequest) -> HttpResponse:
    """A fresh link, opened at once and kept nowhere."""
    try:
        there = actions.onboarding_link(
            shop=request.shop,
            refresh_url=request.build_absolute_uri(reverse("providers:again")),
            return_url=request.build_absolute_uri(reverse("providers:back")),
            by=request.user,
            at=clock.now(),
        )
    except Refusal as no:
        messages.warning(request, no.sentence)
        return redirect("providers:payout")
    return secret_redirect(there)


def secret_redirect(there: str) -> HttpResponse:
    """A redirect to an address that is a key in itself."""
    answer = HttpResponseRedirect(there)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@require_safe
@shop_owner
def back(request: HttpRequest) -> HttpResponse:
    """Back from Stripe. That says nothing by itself, so the account is read again."""
    try:
        actions.refresh_shop(shop=request.shop, at=clock.now())
    except Refusal as no:
        messages.warning(request, no.sentence)
    return redirect("providers:payout")


@require_POST
@shop_owner
@confirmed
def dashboard(request: HttpRequest) -> HttpResponse:
    """On to the shop's own pages at Stripe."""
    try:
        return secret_redirect(actions.dashboard_link(shop=request.shop))
    except Refusal as no:
        messages.warning(request, no.sentence)
        return redirect("providers:payout")
