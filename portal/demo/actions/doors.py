"""One shop's day: what its people count in, sign, carry to doors, and close."""

import datetime as dt
import uuid
from collections.abc import Sequence

from hubshops.deliveries.actions import close_day, keep_proof, record_acts
from hubshops.deliveries.models import ProofKind
from hubshops.deliveries.queries import counts_of, last_close, recipient_code
from hubshops.deliveries.rules import NO_PHONE, Act, ActKind, Phone
from hubshops.drops.queries import counted_so_far
from hubshops.drops.rules import Counts
from hubshops.manifests.models import ManifestLine
from hubshops.packages.models import Package, Requirement
from hubshops.packages.rules import IN_CUSTODY, NOT_TAKEN, State
from hubshops.shops.models import MemberRole, Shop
from kernel.accounts.models import User
from portal.demo import documents, rules
from portal.demo.actions.people import PHONES, ROSAS, SAM
from portal.demo.actions.shop_days import ShopDay
from portal.demo.actions.vans import sign_drop
from portal.demo.rules import SampleAct, Trouble

ON_THE_WAY = {State.MANIFESTED, State.AT_SHOP, State.OUT_FOR_DELIVERY}
BEFORE_THE_VAN = {State.MANIFESTED, *NOT_TAKEN}
AT_THE_VAN = {"return", "receive"}
IN_A_WHILE = dt.timedelta(seconds=20)


def play_shop_day(one: ShopDay) -> None:
    """The van in the morning with both signatures, then door by door, then the day is closed."""
    listed, held = on_the_list(one), held_from_before(one)
    if not listed and not held:
        return
    one.packages.update({package.tracking_id: package for package in [*listed, *held]})
    owner, carrier = people_of(one.shop)
    about = one.about or what_lacks(one, listed)
    acts = acts_of(one, listed, held, about)
    if owner == carrier:
        tell(one, owner, acts)
        acts_at_doors = acts
    else:
        tell(one, owner, [act for act in acts if act.act in AT_THE_VAN])
        acts_at_doors = [act for act in acts if act.act not in AT_THE_VAN]
    if one.trouble == Trouble.MOVED:
        count_in_a_stray(one, owner)
    sign_drop(one, by=owner, counts=counts_at_the_van(one, listed, acts), about=about)
    if owner != carrier:
        tell(one, carrier, acts_at_doors)
    show(one, owner, carrier, acts_at_doors)
    close(one, owner)


def on_the_list(one: ShopDay) -> list[Package]:
    """The packages of the day's manifest, in the order of the tour."""
    lines = ManifestLine.objects.filter(
        manifest__shop=one.shop, manifest__service_day=one.day, withdrawn_in=None
    )
    ordered = lines.order_by("stop", "package__tracking_id").select_related("package")
    return [line.package for line in ordered]


def held_from_before(one: ShopDay) -> list[Package]:
    """What the shop kept from earlier days. What is to be given back waited before this van."""
    held = Package.objects.filter(shop=one.shop, state__in=IN_CUSTODY, service_day__lt=one.day)
    return [
        package
        for package in held.order_by("tracking_id")
        if package.state != State.RETURN_PENDING or package.last_event_at < one.window[0]
    ]


def people_of(shop: Shop) -> tuple[User, User]:
    """Who is at the shop when the van comes, and who goes to the doors."""
    team = list(shop.memberships.current().select_related("user").order_by("pk"))
    owner = next(one.user for one in team if one.role == MemberRole.OWNER)
    return owner, next((one.user for one in team if one.role != MemberRole.OWNER), owner)


def what_lacks(one: ShopDay, listed: Sequence[Package]) -> str:
    """The package that does not come, or comes damaged, on a day of such trouble."""
    is_signed = one.handover is not None and one.handover.taken_at is not None
    if one.trouble not in (Trouble.SHORT, Trouble.DAMAGED) or is_signed:
        return ""
    coming = [package for package in listed if package.state == State.MANIFESTED]
    return coming[-1].tracking_id if coming else ""


def acts_of(
    one: ShopDay, listed: Sequence[Package], held: Sequence[Package], about: str
) -> list[SampleAct]:
    """What happened up to now. Who tries the demo may have done some of it: that is left alone.

    Today Rosa's drop is not over: a few packages are to be counted in, what goes back is still
    there, and what needs a code comes last.
    """
    ours = [package for package in listed if package.tracking_id != about]
    is_open = one.is_live and one.shop.slug == ROSAS
    if is_open:
        with_code = [package for package in ours if package.requires == Requirement.CODE]
        others = [package for package in ours if package.requires != Requirement.CODE]
        ours = others[: -rules.LEFT_TO_COUNT] + with_code
    kept = {
        package.tracking_id: -1 if package.state == State.RETURN_PENDING else package.attempts
        for package in held
        if not (is_open and package.state == State.RETURN_PENDING)
    }
    acts = rules.acts_of_day(
        drop=[package.tracking_id for package in ours], kept=kept, window=one.window, day=one.day
    )
    open_ids = {package.tracking_id for package in listed if package.state in ON_THE_WAY}
    return [
        act
        for act in acts
        if act.happened_at <= one.at and (act.tracking_id in kept or act.tracking_id in open_ids)
    ]


def counts_at_the_van(one: ShopDay, listed: Sequence[Package], acts: Sequence[SampleAct]) -> Counts:
    """What was counted in and given back: by these acts alone, or, when some of the day was told
    before, by the books."""
    if all(package.state in BEFORE_THE_VAN for package in listed):
        kinds = [act.act for act in acts]
        return Counts(kinds.count("receive"), kinds.count("return"))
    return counted_so_far(one.shop, one.day)


def tell(one: ShopDay, by: User, samples: Sequence[SampleAct]) -> None:
    """A person's phone, or the page she wrote into, tells what she did."""
    if not samples:
        return
    last = max(sample.happened_at for sample in samples)
    heard_at = min(last + IN_A_WHILE, one.at)
    record_acts(
        shop=one.shop,
        by=by,
        acts=[act_of(one, sample, number) for number, sample in enumerate(samples)],
        at=heard_at,
        phone=phone_of(one, by, heard_at),
        is_replay=True,
    )


def act_of(one: ShopDay, sample: SampleAct, number: int) -> Act:
    """What a page says; a phone knows its place, its count of acts, and the code it was told."""
    said = vars(sample) | {"act": ActKind(sample.act)}
    package = one.packages.get(sample.tracking_id)
    if not one.has_phones or package is None:
        return Act(**said)
    if sample.act in ("deliver", "attempt"):
        said |= rules.place_near(sample.id, package.latitude, package.longitude)
    if sample.act == "deliver" and package.requires == Requirement.CODE:
        said["code"] = recipient_code(package)
    return Act(**said, sequence=one.day.toordinal() * 1000 + number)


def phone_of(one: ShopDay, by: User, at: dt.datetime) -> Phone:
    """The phone in a person's hand. Sam's has no signal in the stairwell where he is now."""
    if not one.has_phones:
        return NO_PHONE
    holds = 2 if by.email == SAM and one.is_live else 0
    return Phone(
        key=rules.id_of("phone", by.email),
        name=PHONES.get(by.email, ""),
        protocol=3,
        sent_at=at,
        unsent=holds,
        unsent_photos=0,
        oldest_unsent_at=at - dt.timedelta(minutes=25) if holds else None,
    )


def count_in_a_stray(one: ShopDay, by: User) -> None:
    """The van brought a package that another shop has on its list since this morning. The phone
    has the old list and counts it in."""
    counted_at = one.window[0] + dt.timedelta(minutes=5)
    tell(one, by, [rules.act(one.day, "receive", one.about, counted_at)])


def show(one: ShopDay, owner: User, carrier: User, acts: Sequence[SampleAct]) -> None:
    """Pictures of some doors in the last days, a signature where one is needed; and on one day two
    phones that disagree about a door without any."""
    if not (one.is_shown and one.has_phones):
        return
    delivered = [act for act in acts if act.act == "deliver" and act.tracking_id in one.packages]
    bare = [act for act in delivered if not keep_pictures(one, carrier, act)]
    if one.trouble == Trouble.CONFLICT and bare:
        last = bare[-1]
        tried_at = last.happened_at + dt.timedelta(minutes=12)
        words = {"reason": "NOT_HOME"}
        tell(one, owner, [rules.act(one.day, "attempt", last.tracking_id, tried_at, **words)])


def keep_pictures(one: ShopDay, by: User, act: SampleAct) -> bool:
    """Keep what was taken at one door; whether anything shows this delivery."""
    package = one.packages[act.tracking_id]
    if package.requires == Requirement.SIGNATURE:
        content = documents.signature(str(act.id))
        keep(one, by, act, ProofKind.SIGNATURE, content, said=package.recipient_name[:80])
        return True
    if not rules.has_photo(act.id):
        return package.requires == Requirement.CODE
    number = package.address1.split()[0][:6]
    keep(one, by, act, ProofKind.PHOTO, documents.door_photo(number, str(act.id)))
    return True


def keep(
    one: ShopDay, by: User, act: SampleAct, kind: ProofKind, content: bytes, *, said: str = ""
) -> None:
    """Send one picture, as a phone does."""
    keep_proof(
        shop=one.shop,
        by=by,
        act_id=act.id,
        kind=kind,
        content=content,
        at=min(act.happened_at + IN_A_WHILE, one.at),
        taken_at=act.happened_at,
        said=said,
        is_good=True if kind == ProofKind.PHOTO else None,
    )


def close(one: ShopDay, by: User) -> None:
    """The owner closes a day that is over; on a phone, with its counts beside ours. Shops without
    phones began with it lately."""
    closed_at = one.window[1] + dt.timedelta(minutes=20)
    does = one.has_phones or one.is_shown
    if closed_at > one.at or not does or last_close(one.shop, one.day):
        return
    on_phone: dict[str, object] = {}
    if one.has_phones:
        counts = counts_of(one.shop, one.day)
        on_phone = {"device_id": rules.id_of("phone", by.email), "phone_counts": counts}
    close_id: uuid.UUID = rules.id_of("close", one.shop.slug, one.day)
    close_day(
        shop=one.shop,
        by=by,
        close_id=close_id,
        day=one.day,
        closed_at=closed_at,
        at=closed_at,
        **on_phone,
    )
