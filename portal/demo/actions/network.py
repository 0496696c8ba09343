"""Who is in the sample network: staff, stations, shops, and what was agreed with them."""

import datetime as dt

from hubshops.applications.actions import (
    ask_applicant,
    decline_application,
    screen_application,
    submit_application,
    withdraw_application,
)
from hubshops.applications.models import Application
from hubshops.deliveries.actions import set_proof_rules
from hubshops.recipients.actions import switch_texts
from hubshops.reviews.actions import (
    approve,
    give_consent,
    order_check,
    record_result,
    start_checks,
    waitlist,
)
from hubshops.shops.actions import invite_helper, let_us_ask, take_day_off
from hubshops.stations.actions import open_station
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.actions import add_staff
from kernel.accounts.models import Role, User
from kernel.audit.models import Decision
from payouts.rates.actions import agree_rate, draft_change, import_shops, publish_change
from payouts.rates.models import RateChange, RateKind
from payouts.rates.queries import card_of, lines_in_force
from payouts.rates.rules import Line
from portal.demo.actions.getting_ready import get_ready, sign_everywhere
from portal.demo.actions.people import (
    DATA,
    OLGA,
    PAVEL,
    ROSA,
    SAM,
    ZED,
    Row,
    let_in,
    person,
    read_rows,
    shop_of,
)

OLGA_ROLES = [Role.REVIEWER, Role.DISPATCHER, Role.SUPPORT, Role.FINANCE_DRAFTER]
EIGHT, NINE = dt.time(8), dt.time(9)
PAVEL_ROLES = [Role.FINANCE_APPROVER, Role.REVIEWER, Role.SUPPORT, Role.ADMIN]
APPLICATION_COLUMNS = [
    "name",
    "trade",
    "contact_name",
    "email",
    "phone",
    "address1",
    "city",
    "state",
    "postal_code",
    "weekdays",
    "travel",
]


def open_network(*, at: dt.datetime) -> None:
    """Staff, stations with their standard fees, and the shops that came with the first list."""
    for email, name, roles in [
        (OLGA, "Olga Reyes", OLGA_ROLES),
        (PAVEL, "Pavel Novak", PAVEL_ROLES),
    ]:
        for role in roles:
            add_staff(email=email, role=role, at=at)
        let_in(email, name)
    User.objects.filter(email=PAVEL).update(is_staff=True, is_superuser=True)  # and sees Repairs
    for row in read_rows("stations"):
        fields = {name: row[name] for name in ("code", "name", "city", "state", "zone")}
        place = {"latitude": float(row["latitude"]), "longitude": float(row["longitude"])}
        station, created = open_station(**fields, **place, at=at)
        if created:
            Station.objects.filter(pk=station.pk).update(drops_from=EIGHT, drops_until=NINE)
            cents = int(row["fee_cents"])
            agree_rate(station=station, amount_cents=cents, first_day=at.date(), at=at)
            agree_rate(
                station=station,
                kind=RateKind.OVER_CAP,
                amount_cents=75,
                first_day=at.date() + dt.timedelta(days=2),
                at=at,
            )
            content = (DATA / f"shops_{station.code.lower()}.csv").read_bytes()
            import_shops(station=station, content=content, at=at)
    sign_everywhere(at=at)


def hear_applications(*, at: dt.datetime) -> None:
    """Businesses apply, are screened, and staff decide about some of them."""
    for row in read_rows("applications"):
        if not Application.objects.filter(email=row["email"]).exists():
            hear_application(row=row, at=at - dt.timedelta(days=int(row["days_ago"])))


def hear_application(*, row: Row, at: dt.datetime) -> None:
    """One application on its way to `fate`: waiting, or the state that it is in."""
    facts = {name: row[name] for name in APPLICATION_COLUMNS}
    application = submit_application(**facts, daily_cap=int(row["daily_cap"]), at=at)
    screen_application(application_id=application.pk, at=at + dt.timedelta(minutes=1))
    olga, later = person(OLGA), at + dt.timedelta(hours=20)
    if row["fate"] == "approved":
        approve_sample(application=application, row=row, by=olga, at=later)
    elif row["fate"] == "info_needed":
        ask_applicant(application_id=application.pk, question=row["words"], by=olga, at=later)
    elif row["fate"] == "declined":
        decline_application(application_id=application.pk, reason=row["words"], by=olga, at=later)
    elif row["fate"] == "checks_running":
        start_checks(application_id=application.pk, by=olga, at=later)
    elif row["fate"] == "waitlisted":
        waitlist(application_id=application.pk, by=olga, at=later)
    elif row["fate"] == "withdrawn":
        withdraw_application(reference=application.reference, at=later)


def check_sample(*, application: Application, by: User, at: dt.datetime) -> None:
    """Who applied agrees to a background check, and it is clear."""
    start_checks(application_id=application.pk, by=by, at=at)
    check = application.people.get().check_of
    give_consent(
        token=check.token,
        name=application.contact_name,
        address="203.0.113.7",
        device="Sample phone",
        language="en",
        at=at + dt.timedelta(hours=3),
    )
    ordered_at, came_at = at + dt.timedelta(hours=5), at + dt.timedelta(hours=22)
    facts = {"check_id": check.pk, "by": by}
    order_check(**facts, order_reference="S-1001", provider="manual", at=ordered_at)
    record_result(**facts, is_clear=True, report="", at=came_at)


def approve_sample(*, application: Application, row: Row, by: User, at: dt.datetime) -> None:
    """Olga approves; the owner follows her invitation; Rosa asks Sam to help."""
    check_sample(application=application, by=by, at=at)
    at += dt.timedelta(hours=23)
    shop = approve(
        application_id=application.pk,
        station=Station.objects.get(code=row["station"]),
        radius_m=int(row["radius_m"]),
        daily_cap=int(row["daily_cap"]),
        weekdays=row["weekdays"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        by=by,
        at=at,
    ).shop
    owner = let_in(row["email"], row["contact_name"])
    get_ready(shop=shop, owner=owner, by=by, at=at)
    if row["email"] == ROSA:
        invite_helper(shop=shop, email=SAM, name="Sam Okafor", at=at, by=owner)
        let_in(SAM, "Sam Okafor")


def give_rosa_a_day_off(*, at: dt.datetime) -> None:
    """Rosa takes one day off in the coming week, once."""
    shop = shop_of(ROSA)
    if not shop.days_off.exists():
        day = clock.local_day(at, shop.zone) + dt.timedelta(days=4)
        take_day_off(shop=shop, day=day, at=at, by=person(ROSA))


def let_us_ask_rosa(*, at: dt.datetime) -> None:
    """Rosa may be asked for more than her cap; what she says later stays."""
    shop = shop_of(ROSA)
    if not Decision.objects.filter(action="let_us_ask").exists():
        let_us_ask(shop=shop, may_ask=True, at=at, by=person(ROSA))


def tell_recipients_by_text(*, at: dt.datetime) -> None:
    """Every station's recipients get texts (nothing leaves this machine); what staff switch later
    stays."""
    for station in Station.objects.filter(recipient_texts=None):
        switch_texts(station=station, is_on=True, language="en", at=at, by=person(PAVEL))


def ask_for_proofs(*, at: dt.datetime) -> None:
    """Every station offers photos, and Zed has to take one at each door; once, so that what staff
    say later stays."""
    if Decision.objects.filter(action="set_proof_rules").exists():
        return
    pavel, zeds = person(PAVEL), shop_of(ZED)
    for station in Station.objects.order_by("code"):
        set_proof_rules(station=station, shop=None, levels={"photo": "on"}, at=at, by=pavel)
    levels = {"photo": "required"}
    set_proof_rules(station=zeds.station, shop=zeds, levels=levels, at=at, by=pavel)


def plan_a_new_card(*, at: dt.datetime) -> None:
    """Olga published a new card for Rosa's station yesterday: a little less for every package, more
    for large ones and for many in a week. It waits for Rosa's answer, and for Pavel; once."""
    if RateChange.objects.exists():
        return
    station, olga = shop_of(ROSA).station, person(OLGA)
    today = clock.local_day(at, station.zone)
    held = lines_in_force(card_of(station=station), today)
    usual = next(one.amount_cents for one in held if one.kind == RateKind.DELIVERY)
    change = draft_change(
        station=station,
        lines=[
            Line(RateKind.DELIVERY, usual - 5),
            Line(RateKind.DELIVERY, usual + 60, size="large"),
            Line(RateKind.TIER, 15, beyond=100),
            *(one for one in held if one.kind == RateKind.OVER_CAP),
        ],
        effective_on=today + dt.timedelta(days=17),
        reason="Large packages take longer at the door, small ones less than we thought.",
        by=olga,
        at=at - dt.timedelta(days=1),
    )
    publish_change(change_id=change.pk, by=olga, at=at - dt.timedelta(days=1))
