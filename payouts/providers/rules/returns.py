"""Why banks send payments back, and what they ask to change, in plain words. Pure."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

RETURNS: dict[str, Words] = {
    "R01": _("There was not enough money for it"),
    "R02": _("The account is closed"),
    "R03": _("There is no such account, or it is somebody else’s"),
    "R04": _("The account number cannot be right"),
    "R05": _("It was not allowed for this kind of account"),
    "R06": _("Our own bank asked for it back"),
    "R07": _("The payee took back the permission"),
    "R08": _("The payee stopped it"),
    "R09": _("The money was not available yet"),
    "R10": _("The payee says it was not agreed"),
    "R11": _("It was not made as it was agreed"),
    "R12": _("The account moved to another bank"),
    "R13": _("There is no bank with this routing number"),
    "R14": _("The account’s representative can no longer act"),
    "R15": _("The account’s owner can no longer act"),
    "R16": _("The account is frozen"),
    "R17": _("The bank could not make sense of it"),
    "R20": _("This kind of account takes no such payments"),
    "R23": _("The payee refused it"),
    "R24": _("The bank says it came twice"),
    "R29": _("The company did not allow it"),
}
OTHER: Words = _("The bank sent it back and its code is not one we know: ask the bank")

# As long as these stand, the next payment would come back, too: a person mends the account first.
HOLDS = frozenset(
    [
        "R02",
        "R03",
        "R04",
        "R05",
        "R07",
        "R08",
        "R10",
        "R11",
        "R12",
        "R13",
        "R14",
        "R15",
        "R16",
        "R17",
        "R20",
        "R23",
        "R29",
    ]
)

CHANGES: dict[str, Words] = {
    "C01": _("The account number is written otherwise"),
    "C02": _("The routing number is another"),
    "C03": _("Routing number and account number are others"),
    "C05": _("It is the other kind of account: checking or savings"),
    "C06": _("The account number and the kind of account are others"),
    "C07": _("Routing number, account number and kind of account are others"),
}
OTHER_CHANGE: Words = _("The bank asks for a change that we cannot read: ask the bank")


def why_back(code: str) -> Words:
    """Why a payment came back."""
    return RETURNS.get(code, OTHER)


def must_hold(code: str) -> bool:
    """Whether nothing more may go to the account until a person looked; an unknown reason, too."""
    return code in HOLDS or code not in RETURNS


def what_changes(code: str) -> Words:
    """What a bank asks to change."""
    return CHANGES.get(code, OTHER_CHANGE)
