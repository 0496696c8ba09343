"""What a person reads about an act: the same words each time the act is sent."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hubshops.deliveries.models import NextStep
from hubshops.deliveries.queries import STRAY, KnownAct
from hubshops.deliveries.rules import BESIDE, Act, ActKind, Receipt, Refused, Result
from hubshops.packages.rules import EventKind, State
from hubshops.shops.models import Shop

UNDER_REVIEW = "under_review"

SENTENCES = {
    Refused.NOT_ON_YOUR_LIST: gettext_lazy(
        "This package is not on your list. Keep it apart and call us."
    ),
    Refused.ID_USED: gettext_lazy("This id belongs to another act already, so nothing was saved."),
    Refused.UNKNOWN_SHOP: gettext_lazy("There is no shop with this short name."),
    Refused.NOT_A_MEMBER: gettext_lazy("This person never worked for this shop."),
    Refused.NOT_RECEIVED: gettext_lazy("Count this package in first."),
    Refused.ALREADY_RECEIVED: gettext_lazy("This package was counted in already."),
    Refused.ALREADY_DELIVERED: gettext_lazy(
        "This package was delivered. Correct that if it is wrong."
    ),
    Refused.ALREADY_RETURNED: gettext_lazy("This package went back to the station."),
    Refused.TAKEN_OFF: gettext_lazy(
        "The station took this package off your list. Give it to the driver."
    ),
    Refused.MISSING: gettext_lazy(
        "This package is marked as missing. Count it in once you find it."
    ),
    Refused.MUST_GO_BACK: gettext_lazy("This package goes back to the station with the next drop."),
    Refused.OUTCOME_NEEDED: gettext_lazy("Say where you left the package."),
    Refused.OUTCOME_UNKNOWN: gettext_lazy("We don't know this place. Choose one from the list."),
    Refused.REASON_NEEDED: gettext_lazy("Say why you could not deliver the package."),
    Refused.REASON_UNKNOWN: gettext_lazy("We don't know this reason. Choose one from the list."),
    Refused.OUTCOME_OR_REASON: gettext_lazy(
        "Say where you left it or why you could not, not both."
    ),
    Refused.NOTHING_TO_CORRECT: gettext_lazy(
        "There is nothing like that to correct on this package."
    ),
    Refused.FAR_AHEAD: gettext_lazy(
        "This time lies months after the package's day. Check the date."
    ),
    Refused.COUNTED_IN: gettext_lazy(
        "You took this package over, so that can't be taken back. If it is not there, say that it"
        " is missing."
    ),
}
ANSWERS = {
    EventKind.RECEIVED: gettext_lazy("Counted in."),
    EventKind.LOADED: gettext_lazy("Taken along."),
    EventKind.DELIVERED: gettext_lazy("Delivered."),
    EventKind.RETURNED: gettext_lazy("Given back to the station."),
    EventKind.AMENDED: gettext_lazy("Corrected."),
}
NEXT_STEPS = {
    State.ATTEMPTED: NextStep.RETRY,
    State.RETURN_PENDING: NextStep.RETURN,
    State.MISSING: NextStep.SEARCH,
}


class Words:
    """What is answered in one call: the same words for the same thing, looked up once."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.said: dict[tuple[str, str, dt.datetime | None], str] = {}

    def about(self, known: KnownAct) -> str:
        """The sentence for an act that is kept."""
        key = known.kind, known.to_state, known.first_delivered_at
        if key not in self.said:
            self.said[key] = answer(self.shop, known)
        return self.said[key]


def receipt_for_known(words: Words, act: Act, known: KnownAct) -> Receipt:
    """The answer an act got before, when it is the same act of the same shop."""
    is_ours = known.shop_id == words.shop.pk and known.tracking_id == act.tracking_id
    if not is_ours or not is_same_act(act, known):
        return refuse(act, Refused.ID_USED)
    return receipt(words, act, known, Result.ALREADY_RECORDED)


def is_same_act(act: Act, known: KnownAct) -> bool:
    """Whether an act is of the kind that we know under its id."""
    if known.kind == STRAY:
        return known.to_state == act.act
    return known.kind in KINDS[act.act]


def receipt(words: Words, act: Act, known: KnownAct, result: Result) -> Receipt:
    """The answer to an act that is kept."""
    return Receipt(str(act.id), result, reason_of(known), words.about(known))


KINDS = {
    ActKind.RECEIVE: {EventKind.RECEIVED},
    ActKind.LOAD: {EventKind.LOADED},
    ActKind.DELIVER: {EventKind.DELIVERED, EventKind.DELIVERED_AGAIN},
    ActKind.ATTEMPT: {EventKind.ATTEMPTED, EventKind.ATTEMPTED_TOO},
    ActKind.RETURN: {EventKind.RETURNED},
    ActKind.AMEND: {EventKind.AMENDED},
}


def refuse(act: Act, code: Refused) -> Receipt:
    """A no, with its sentence."""
    return Receipt(str(act.id), Result.REFUSED, str(code), str(SENTENCES[code]))


def reason_of(known: KnownAct) -> str:
    """What a machine should know of a recorded act beyond that it was recorded."""
    if known.kind == STRAY:
        return UNDER_REVIEW
    return str(known.kind) if known.kind in BESIDE else ""


def answer(shop: Shop, known: KnownAct) -> str:
    """The sentence for an act that was recorded; the same each time it is asked for."""
    if known.kind == STRAY:
        return _(
            "The station took this package off your list. We keep what you did, and we look into"
            " it."
        )
    if known.kind == EventKind.ATTEMPTED_TOO:
        return _("Somebody delivered this package. We keep your try beside it.")
    if known.kind == EventKind.DELIVERED_AGAIN:
        return delivered_before(shop, known.first_delivered_at)
    if known.kind == EventKind.ATTEMPTED:
        return str(NEXT_STEPS[State(known.to_state)].label)
    return str(ANSWERS[EventKind(known.kind)])


def delivered_before(shop: Shop, first_at: dt.datetime | None) -> str:
    """What somebody reads who delivers a package that was delivered before."""
    if first_at is None:
        return _("This package was delivered before. We keep this second delivery without a fee.")
    local = first_at.astimezone(ZoneInfo(shop.station.zone))
    return _(
        "This package was delivered already, on %(day)s at %(time)s. We keep this second delivery"
        " without a fee."
    ) % {
        "day": formats.date_format(local, "M j"),
        "time": formats.date_format(local, "g:i a").replace(".", ""),
    }
