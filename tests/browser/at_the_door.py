"""A drop on today's manifest, and what tests do with a phone at the door."""

from playwright.sync_api import Page, expect

from hubshops.manifests.models import Manifest, ManifestLine
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from hubshops.shops.models import Shop
from kernel import clock
from payouts.rates.actions import agree_rate
from tests.factories import ZONE, make_packages

STREETS = ["412 Franklin Ave", "412 Franklin Ave", "7 Oak St", "130 Cedar St", "2017 Elm Dr"]


def make_drop(
    shop: Shop, streets: list[str] = STREETS, state: str = State.MANIFESTED
) -> list[Package]:
    """Packages for these streets on today's manifest, in this order."""
    now = clock.now()
    day = clock.local_day(now, ZONE)
    agree_rate(shop=shop, amount_cents=275, first_day=day, at=now)
    manifest = Manifest.objects.create(shop=shop, service_day=day, number="M-1", published_at=now)
    packages = []
    for stop, street in enumerate(streets, 1):
        [package] = make_packages(1, shop=shop, state=state, day=day, at=now, address1=street)
        ManifestLine.objects.create(manifest=manifest, package=package, stop=stop)
        packages.append(package)
    return packages


def states(packages: list[Package]) -> list[str]:
    """Their states as the portal has them now, in the order of their keys."""
    ids = [package.pk for package in packages]
    return list(Package.objects.filter(pk__in=ids).order_by("pk").values_list("state", flat=True))


def all_saved(page: Page) -> None:
    """Wait until nothing waits on the phone."""
    expect(badge(page)).to_have_text("All saved", timeout=30_000)


def badge(page: Page):
    """What the phone says of itself."""
    return page.locator("#door-badge")


def installed(page: Page) -> None:
    """Wait until the door opens without a network."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")


def say_label(page: Page, package: Package) -> None:
    """Type the end of a label, as gloves do when there is no camera."""
    page.get_by_label("Or type the number on the label").fill(package.tracking_id[-4:])
    page.keyboard.press("Enter")


def deliver(page: Page, words: str = "Delivered", where: str = "Front door") -> None:
    """Finish the stop that is shown, and wait for its tick."""
    page.get_by_text(where, exact=True).click()
    done(page, words)


def done(page: Page, words: str = "Delivered") -> None:
    """Tap what saves, and wait until its tick is shown."""
    before = page.evaluate("() => door.tick?.rows[0].id ?? ''")
    page.get_by_role("button", name=words, exact=True).click()
    page.wait_for_function(
        "(before) => door.tick?.isOld && door.tick.rows[0].id !== before", arg=before
    )


def tick(page: Page):
    """What was just saved."""
    return page.locator(".tick")
