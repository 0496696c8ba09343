"""What a provider's codes mean for a shop, and what mends it. Pure."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

# The first part of a provider's code that fits says what is wanted.
WANTED: list[tuple[str, Words]] = [
    ("external_account", _("The bank account your money goes to")),
    ("recipient.default_outbound_destination", _("The bank account your money goes to")),
    ("default_outbound_destination", _("The bank account your money goes to")),
    ("tos_acceptance", _("Your yes to Stripe’s terms")),
    ("identity.attestations.terms_of_service", _("Your yes to Stripe’s terms")),
    ("company.tax_id", _("The tax number (EIN) of your business")),
    ("identity.business_details.id_numbers", _("The tax number (EIN) of your business")),
    ("company.verification", _("A document of your business")),
    ("identity.business_details.documents", _("A document of your business")),
    ("company.address", _("The address of your business")),
    ("identity.business_details.address", _("The address of your business")),
    ("business_profile.url", _("A web page, or what your business does")),
    ("business_profile", _("What your business does")),
    ("identity.business_details", _("Facts about your business")),
    ("company", _("Facts about your business")),
    ("business_type", _("What kind of business you are")),
    ("identity.entity_type", _("What kind of business you are")),
    ("individual.id_number", _("Your Social Security number")),
    ("identity.individual.id_number", _("Your Social Security number")),
    ("individual.ssn_last_4", _("The last four of your Social Security number")),
    ("individual.verification", _("A photo of your identity document")),
    ("identity.individual.documents", _("A photo of your identity document")),
    ("individual.dob", _("Your date of birth")),
    ("identity.individual.date_of_birth", _("Your date of birth")),
    ("individual.address", _("Your home address")),
    ("identity.individual.address", _("Your home address")),
    ("individual.phone", _("Your phone number")),
    ("individual.email", _("Your e-mail address")),
    ("individual", _("Facts about you")),
    ("identity.individual", _("Facts about you")),
    ("person", _("Facts about the people who own or run the business")),
    ("owners", _("Facts about the people who own or run the business")),
    ("directors", _("Facts about the people who own or run the business")),
    ("representative", _("Facts about the people who own or run the business")),
]
SOMETHING: Words = _("One more thing, which Stripe’s page names")

# How a shop's way to its money stands, in one sentence: what Stripe says, or what we hold.
PAY_WORDS: dict[str, Words] = {
    "none": _("Stripe pays out for us. Tell it where your money goes; it takes ten minutes."),
    "missing": _("Stripe needs something more before we can pay you."),
    "checking": _("Stripe is checking what you sent. There is nothing to do."),
    "active": _("Your money goes to the bank account ending in {last4}."),
    "blocked": _("Stripe cannot pay you. Call us, and we find another way."),
    "closed": _("Your account at Stripe is closed. Call us, and we find another way."),
    "no_bank": _("We do not have your bank account yet. Call us; we ask you for it only by phone."),
    "entered": _("The bank account ending in {last4} waits for a second person here to check it."),
    "confirmed": _("Your money goes to the bank account ending in {last4}."),
}

# Why a bank sent money back -> what the shop does about it.
FIXES: dict[str, Words] = {
    "account_closed": _("This bank account is closed. Give Stripe another one."),
    "account_frozen": _(
        "Your bank froze this account. Call your bank, or give Stripe another one."
    ),
    "bank_account_restricted": _(
        "This account takes no such payments. Call your bank, or give Stripe another account."
    ),
    "bank_account_unusable": _("Stripe can no longer use this account. Give Stripe another one."),
    "bank_ownership_changed": _("This account has a new owner. Give Stripe your own account."),
    "could_not_process": _(
        "Your bank could not take it. Call your bank, then try again at Stripe."
    ),
    "debit_not_authorized": _("Your bank does not allow this. Call your bank."),
    "declined": _("Your bank said no without a reason. Call your bank."),
    "incorrect_account_holder_name": _(
        "The name on the account is not the one you gave. Correct it at Stripe."
    ),
    "incorrect_account_holder_address": _(
        "The address on the account is not the one you gave. Correct it at Stripe."
    ),
    "incorrect_account_holder_tax_id": _(
        "The tax number is not the one your bank knows. Correct it at Stripe."
    ),
    "invalid_account_number": _("The account number is wrong. Correct it at Stripe."),
    "invalid_currency": _("This account does not take dollars. Give Stripe another one."),
    "no_account": _("Your bank knows no such account. Correct the numbers at Stripe."),
}
CALL: Words = _("Your bank sent the money back. Look at Stripe which account it should go to.")


def wanted_words(codes: list[str]) -> list[Words]:
    """What a provider wants to know, each thing once, in the order of its list."""
    found: list[Words] = []
    for code in codes:
        words = next((words for start, words in WANTED if code.startswith(start)), SOMETHING)
        if words not in found:
            found.append(words)
    return found


def fix_for(failure_code: str) -> Words:
    """What a shop does when its bank sent a payout back."""
    return FIXES.get(failure_code, CALL)
