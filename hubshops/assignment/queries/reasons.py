"""Why a package has its shop, or none, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hubshops.assignment.models import Assignment, UnplacedPackage
from hubshops.assignment.rules import Cause, Why
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from hubshops.shops.models import Shop
from kernel.web.templatetags.house import miles

CAUSE_WORDS = {
    Cause.OUT_OF_REACH: gettext_lazy(
        "No shop goes as far as this door. Check the address, or ask a shop nearby for a wider"
        " radius."
    ),
    Cause.FULL: gettext_lazy(
        "Every shop near this door is full. Raise a cap, or plan it for another day."
    ),
    Cause.CLOSED_TODAY: gettext_lazy(
        "The shops near this door are closed on this day. Plan it for a day when one is open."
    ),
    Cause.NO_SHOP: gettext_lazy("The station has no live shop. Open one first."),
    Cause.TOO_LARGE: gettext_lazy(
        "It is too heavy or too long for the open shops near this door. Deliver it another way, or"
        " ask a shop whether it takes more."
    ),
    Cause.KIND_NOT_TAKEN: gettext_lazy(
        "It needs a signature or a code, and no open shop near this door takes such packages."
        " Deliver it another way, or ask a shop to take them."
    ),
}


def why_words(why: str, nearer: str, shop: str) -> str:
    """Why a nearer shop did not get a package, as a sentence."""
    words = {
        Why.FULL: _("%(nearer)s is nearer, but was full."),
        Why.GIVEN: _(
            "%(nearer)s is nearer, but its room went to packages that had a longer way to any"
            " other shop."
        ),
        Why.MINIMUM: _("%(nearer)s is nearer, but %(shop)s was promised a number of packages."),
        Why.FAMILIAR: _(
            "%(nearer)s is a few steps nearer, but %(shop)s delivered to this door in the last"
            " days."
        ),
        Why.CLOSED: _("%(nearer)s is nearer, but closed on that day."),
        Why.TOO_LARGE: _("%(nearer)s is nearer, but takes no package as heavy or long as this."),
        Why.KIND_NOT_TAKEN: _("%(nearer)s is nearer, but does not take what this package needs."),
    }
    return words[Why(why)] % {"nearer": nearer, "shop": shop}


def reason_words(assignment: Assignment, names: Mapping[str, str] | None = None) -> list[str]:
    """Why this shop, as sentences: how far it is, and what kept the package from each nearer one.

    `names` are shops' names by slug; without them they are looked up, one query.
    """
    explanation = assignment.explanation
    if explanation.get("moved_by_hand"):
        return by_hand_words(assignment)
    nearer = explanation.get("nearer", [])
    names = shop_names([one["shop"] for one in nearer]) if names is None else names
    shop = assignment.shop.name
    words = {"shop": shop, "distance": miles(assignment.distance_m)}
    if nearer:
        first = _("%(shop)s is %(distance)s away and had room.") % words
    else:
        first = _("%(shop)s is %(distance)s away, the nearest shop that can take it.") % words
    return [first] + [
        why_words(one["why"], names.get(one["shop"], one["shop"]), shop) for one in nearer
    ]


def by_hand_words(assignment: Assignment) -> list[str]:
    """That a person chose this shop, and what she wrote about it."""
    words = {"shop": assignment.shop.name, "distance": miles(assignment.distance_m)}
    found = [_("A dispatcher gave it to %(shop)s, %(distance)s away.") % words]
    if reason := assignment.explanation.get("reason"):
        found.append(_("The reason given: %(reason)s") % {"reason": reason})
    return found


def shop_names(slugs: Sequence[str]) -> dict[str, str]:
    """Names by slug; no query when none is asked."""
    if not slugs:
        return {}
    return dict(Shop.objects.filter(slug__in=slugs).values_list("slug", "name"))


@dataclass(frozen=True, slots=True)
class Placing:
    """What planning found for one package: sentences, whether it has a shop, and how many shops
    could have taken it (None when nobody counted)."""

    words: list[str]
    is_placed: bool
    reachable: int | None = None


def placing_of(package: Package) -> Placing | None:
    """Why a package has its shop or none; None before its day was planned. Up to three queries."""
    assignment = Assignment.objects.filter(package=package).select_related("shop").first()
    if assignment is not None:
        return Placing(reason_words(assignment), True, assignment.explanation.get("reachable"))
    found = UnplacedPackage.objects.filter(package=package).first()
    if found is None or package.state != State.ANNOUNCED or package.last_event_at > found.found_at:
        return None
    return Placing([str(CAUSE_WORDS[Cause(found.cause)])], False)
