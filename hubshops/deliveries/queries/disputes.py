"""What phones told that does not fit together, for those who open cases from it."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from hubshops.deliveries.models import Conflict, ConflictKind, Delivery, Proof, StrayAct
from hubshops.deliveries.rules import ENTERED_BY_MISTAKE
from hubshops.packages.models import PackageEvent

PROOF_MAY_COME_FOR = dt.timedelta(minutes=30)


def undecided_conflicts(*, at: dt.datetime) -> QuerySet[Conflict]:
    """Conflicts that nothing decides, oldest first, each with its package and shop.

    Noticed half an hour before `at` or earlier, so that photos had time to come. One is decided
    when a photo, a signature or a right code shows the delivery (of two, either), or when what
    contradicts was taken back; one whose package has no standing delivery any more is not. The
    same rows come again each time: who follows them up keeps which it has seen. One query.
    """
    shown = Exists(proofs_of("stands")) | (
        Q(kind=ConflictKind.DELIVERED_AGAIN) & Exists(proofs_of("contradicts"))
    )
    stands = Delivery.objects.standing().filter(package_id=OuterRef("package_id"))
    taken_back = PackageEvent.objects.filter(
        package_id=OuterRef("package_id"),
        amends_id=OuterRef("contradicts_id"),
        reason=ENTERED_BY_MISTAKE,
    )
    return (
        Conflict.objects.filter(noticed_at__lte=at - PROOF_MAY_COME_FOR)
        .exclude(shown & Exists(stands))
        .exclude(Exists(taken_back))
        .select_related("package", "shop")
        .order_by("pk")
    )


def proofs_of(side: str) -> QuerySet[Proof]:
    """What shows that one side's delivery happened: its own proofs, and the photo that packages of
    a door share."""
    acts = Q(act_id=OuterRef(f"{side}__act_id")) | Q(act_id=OuterRef(f"{side}__proof_id"))
    wrong_code = Q(kind="code", is_good=False)
    return Proof.objects.filter(acts, shop_id=OuterRef("shop_id")).exclude(wrong_code)


def stray_acts() -> QuerySet[StrayAct]:
    """Acts on packages that were not the shop's then, oldest first, each with its package and shop.
    The same rows come again each time: who follows them up keeps which it has seen. One query."""
    return StrayAct.objects.select_related("package", "shop").order_by("pk")
