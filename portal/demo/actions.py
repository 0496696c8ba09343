"""Making the sample network by running the product's own actions over four weeks.

Every step may run again: the same feed is one batch, the same act is one act, a payday that was
drafted is not drafted twice. So a load that was cut off goes on where it stopped, and a network
loaded last week is played on to today.
"""

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from hubshops.applications.actions import (
    approve_application,
    ask_applicant,
    decline_application,
    screen_application,
    submit_application,
    withdraw_application,
)
from hubshops.applications.models import Application
from hubshops.deliveries.actions import record_acts
from hubshops.deliveries.rules import Act, ActKind
from hubshops.forecasts.actions import make_forecasts
from hubshops.manifests.actions import plan_and_publish
from hubshops.manifests.models import ManifestLine
from hubshops.packages.actions import ingest_feed
from hubshops.packages.models import Package
from hubshops.packages.rules import IN_CUSTODY, State
from hubshops.recipients.actions import switch_texts
from hubshops.shops.actions import invite_helper, let_us_ask, take_day_off
from hubshops.shops.models import Shop
from hubshops.stations.actions import open_station
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.actions import add_staff
from kernel.accounts.models import Role, User
from kernel.audit.models import Decision
from kernel.jobs.actions import perform_job
from kernel.jobs.models import Job
from kernel.refusals import Refusal
from payouts.accruals.actions import accrue_waiting
from payouts.payruns.actions import approve_run, confirm_file, draft_run, send_run
from payouts.payruns.models import PayRun, RunStatus
from payouts.providers.models import PaymentFile
from payouts.rates.actions import agree_rate, import_shops
from payouts.rates.models import RateKind
from payouts.statements.actions import issue_statements
from portal.demo import rules

DATA = Path(__file__).parent / "data"
PASSWORD = "demo-demo-demo"  # noqa: S105  printed by the demo, refused in production
OLGA, PAVEL = "olga@demo.test", "pavel@demo.test"
ROSA, SAM = "rosa@demo.test", "sam@demo.test"
PAY_ZONE = "America/New_York"
OLGA_ROLES = [Role.REVIEWER, Role.DISPATCHER, Role.SUPPORT, Role.FINANCE_DRAFTER]
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
Row = dict[str, str]
Report = Callable[[int, int], None]


class OnlyInTheDemo(Refusal):
    code = "only_in_the_demo"
    message = _("The sample network has known passwords, so it loads only with DEMO=1.")


def load_sample_network(*, at: dt.datetime, report: Report) -> dict[str, int]:
    """Build the sample network, or play the one that is there on to `at`.

    Refuses without `DEMO=1`. Costs some 30 s the first time, under 2 s when nothing is missing.
    """
    if not settings.DEMO:
        raise OnlyInTheDemo
    first_day = (at - dt.timedelta(days=rules.HISTORY_DAYS)).date()
    opened_at = at - dt.timedelta(days=rules.HISTORY_DAYS + 14)
    report(0, rules.HISTORY_DAYS)
    open_network(at=opened_at)
    hear_applications(at=at)
    days = missing_days(first_day=first_day, at=at)
    for number, day in enumerate(days, 1):
        play_day(day=day, at=at)
        hold_payday(day=day, at=at)
        report(number, len(days))
    give_rosa_a_day_off(at=at)
    let_us_ask_rosa(at=at)
    tell_recipients_by_text(at=at)
    do_waiting_jobs(at=at)
    return {
        "stations": Station.objects.count(),
        "shops": Shop.objects.count(),
        "packages": Package.objects.count(),
        "pay_runs": PayRun.objects.count(),
    }


def read_rows(name: str) -> list[Row]:
    """The rows of one of the sample's files."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


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


def let_in(email: str, name: str) -> User:
    """Give a demo person the demo's password, as if she had followed her invitation."""
    user = User.objects.get(email=email)
    if not user.has_usable_password():
        user.name = name
        user.set_password(PASSWORD)
        user.save()
        EmailAddress.objects.update_or_create(
            user=user, email=email, defaults={"verified": True, "primary": True}
        )
    return user


def hear_applications(*, at: dt.datetime) -> None:
    """Businesses apply, are screened, and staff decide about some of them."""
    for row in read_rows("applications"):
        if not Application.objects.filter(email=row["email"]).exists():
            hear_application(row=row, at=at - dt.timedelta(days=int(row["days_ago"])))


def hear_application(*, row: Row, at: dt.datetime) -> None:
    """One application on its way to `fate`: waiting, info_needed, approved, declined, withdrawn."""
    facts = {name: row[name] for name in APPLICATION_COLUMNS}
    application = submit_application(**facts, daily_cap=int(row["daily_cap"]), at=at)
    screen_application(application_id=application.pk, at=at + dt.timedelta(minutes=1))
    olga, later = User.objects.get(email=OLGA), at + dt.timedelta(hours=20)
    if row["fate"] == "approved":
        approve_sample(application=application, row=row, by=olga, at=later)
    elif row["fate"] == "info_needed":
        ask_applicant(application_id=application.pk, question=row["words"], by=olga, at=later)
    elif row["fate"] == "declined":
        decline_application(application_id=application.pk, reason=row["words"], by=olga, at=later)
    elif row["fate"] == "withdrawn":
        withdraw_application(reference=application.reference, at=later)


def approve_sample(*, application: Application, row: Row, by: User, at: dt.datetime) -> None:
    """Olga approves; the owner follows her invitation; Rosa asks Sam to help."""
    shop = approve_application(
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
    if row["email"] == ROSA:
        invite_helper(shop=shop, email=SAM, name="Sam Okafor", at=at, by=owner)
        let_in(SAM, "Sam Okafor")


def give_rosa_a_day_off(*, at: dt.datetime) -> None:
    """Rosa takes one day off in the coming week, once."""
    shop = Shop.objects.select_related("station").get(memberships__user__email=ROSA)
    if not shop.days_off.exists():
        day = clock.local_day(at, shop.zone) + dt.timedelta(days=4)
        take_day_off(shop=shop, day=day, at=at, by=User.objects.get(email=ROSA))


def let_us_ask_rosa(*, at: dt.datetime) -> None:
    """Rosa may be asked for more than her cap; what she says later stays."""
    shop = Shop.objects.get(memberships__user__email=ROSA)
    if not Decision.objects.filter(action="let_us_ask").exists():
        let_us_ask(shop=shop, may_ask=True, at=at, by=User.objects.get(email=ROSA))


def tell_recipients_by_text(*, at: dt.datetime) -> None:
    """Every station's recipients get texts (nothing leaves this machine); what staff switch later
    stays."""
    for station in Station.objects.filter(recipient_texts=None):
        switch_texts(
            station=station, is_on=True, language="en", at=at, by=User.objects.get(email=PAVEL)
        )


def missing_days(*, first_day: dt.date, at: dt.datetime) -> list[dt.date]:
    """The days still to be played: all of them at first, later from the last one played."""
    today = max(clock.local_day(at, station.zone) for station in Station.objects.all())
    latest = Package.objects.order_by("-service_day").values_list("service_day", flat=True).first()
    start = max(first_day, latest) if latest else first_day
    return [start + dt.timedelta(days=number) for number in range((today - start).days + 1)]


def play_day(*, day: dt.date, at: dt.datetime) -> None:
    """Every station sends its list, the day is planned, the doors are logged, the fees booked."""
    doors, names = read_rows("addresses"), read_rows("names")
    for row in read_rows("stations"):
        station = Station.objects.get(code=row["code"])
        if day > clock.local_day(at, station.zone):
            continue
        dawn = min(clock.day_start(day, station.zone) + dt.timedelta(hours=5), at)
        local = [door for door in doors if door["station"] == station.code]
        usual = int(row["packages_a_day"])
        rows = rules.feed_rows(code=station.code, day=day, usual=usual, doors=local, names=names)
        ingest_feed(
            station=station,
            service_day=day,
            content=as_csv(rows),
            file_name=f"{station.code}-{day}.csv",
            at=dawn,
        )
        plan_and_publish(station=station, service_day=day, at=dawn)
        for shop in Shop.objects.filter(station=station).order_by("slug"):
            play_shop_day(shop=shop, day=day, at=at)
        play_evening(station=station, day=day, at=at)
    accrue_waiting(at=min(at, clock.day_start(day + dt.timedelta(days=1), "UTC")))


def as_csv(rows: list[Row]) -> bytes:
    """Rows as the station would send them."""
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def play_shop_day(*, shop: Shop, day: dt.date, at: dt.datetime) -> None:
    """One shop's phones say what happened up to `at`: morning with the drop, then door by door."""
    drop = list(
        ManifestLine.objects.filter(
            manifest__shop=shop, manifest__service_day=day, withdrawn_in=None
        )
        .order_by("stop", "package__tracking_id")
        .values_list("package__tracking_id", flat=True)
    )
    held = Package.objects.filter(shop=shop, state__in=IN_CUSTODY, service_day__lt=day)
    kept = {
        package.tracking_id: -1 if package.state == State.RETURN_PENDING else package.attempts
        for package in held.order_by("tracking_id")
    }
    window = rules.day_window(day, shop.station.zone, at)
    acts = [
        Act(**vars(sample) | {"act": ActKind(sample.act)})
        for sample in rules.acts_of_day(drop=drop, kept=kept, window=window, day=day)
        if sample.happened_at <= at
    ]
    if acts:
        worker = shop.memberships.current().order_by("-role", "pk").first().user
        heard_at = max(one.happened_at for one in acts) + dt.timedelta(seconds=20)
        record_acts(shop=shop, by=worker, acts=acts, at=min(heard_at, at), is_replay=True)


def play_evening(*, station: Station, day: dt.date, at: dt.datetime) -> None:
    """After the station's cut-off, what is expected of the next days is written down."""
    evening = station.cut_off(day + dt.timedelta(days=1))
    if evening <= at:
        make_forecasts(station=station, made_on=day, at=evening)


def hold_payday(*, day: dt.date, at: dt.datetime) -> None:
    """Olga drafts on Monday for the week to Saturday; Pavel approves; the bank answers on Thursday.

    Three paydays at most: two paid, and the newest stays drafted, so that Pavel has something to
    approve.
    """
    newest = rules.last_monday(clock.local_day(at, PAY_ZONE))
    if day.isoweekday() != 1 or day < newest - dt.timedelta(weeks=2):
        return
    through = rules.last_saturday(day)
    noon = min(clock.day_start(day, PAY_ZONE) + dt.timedelta(hours=12), at)
    run = PayRun.objects.filter(through=through).first() or draft_sample(through=through, at=noon)
    if run and day < newest:
        pay_sample(run=run, at=noon)


def draft_sample(*, through: dt.date, at: dt.datetime) -> PayRun | None:
    """Olga's draft, or None when nothing was earned yet in the first days."""
    try:
        return draft_run(through=through, by=User.objects.get(email=OLGA), at=at)
    except Refusal:
        return None


def pay_sample(*, run: PayRun, at: dt.datetime) -> None:
    """Pavel approves, the file goes to the bank, Olga records its answer on Thursday. A run that
    was cut off goes on where it stopped."""
    if run.status == RunStatus.DRAFTED:
        approve_run(run_id=run.pk, by=User.objects.get(email=PAVEL), at=at + dt.timedelta(hours=1))
    send_run(run_id=run.pk, at=at + dt.timedelta(hours=2))
    thursday = at + dt.timedelta(days=3)
    for file in PaymentFile.objects.filter(bank_reference="").order_by("pk"):
        confirm_file(
            file_id=file.pk,
            bank_reference=f"BNK-{file.pk:06d}",
            by=User.objects.get(email=OLGA),
            at=thursday,
        )
    issue_statements(at=thursday)


def do_waiting_jobs(*, at: dt.datetime) -> None:
    """What the actions promised for later, done now: letters are sent, screenings finished."""
    autodiscover_modules("tasks")
    for job_id in Job.objects.due(at).order_by("pk").values_list("pk", flat=True):
        perform_job(job_id=job_id, clock=clock.now)
