"""A drop on today's manifest, and what tests do with a phone at the door."""

import io

from PIL import Image
from playwright.sync_api import Page, expect

from hubshops.manifests.models import Manifest, ManifestLine
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import State
from hubshops.shops.models import Shop
from kernel import clock
from payouts.rates.actions import agree_rate
from tests.factories import ZONE, make_packages

SYNC, PROOFS = "**/api/v1/door/sync", "**/door/proofs/**"
MANIFEST = "**/api/v1/door/manifest"
NO_BACKGROUND_SYNC = (
    "Object.defineProperty(ServiceWorkerRegistration.prototype, 'sync', {get: () => undefined});"
)
DOOR_TARGET = 64
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


def all_saved(page: Page, *, things: int = 0) -> None:
    """Wait until nothing waits on the phone; longer when many things do."""
    expect(badge(page)).to_have_text("All saved", timeout=30_000 + 2_000 * things)


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


def open_door(page: Page, live_server, screen: str = "") -> None:
    """Open the door as from the home screen."""
    page.goto(f"{live_server.url}/shop/door/{screen}")
    expect(page.locator("#door-screen h1")).to_be_attached()


def picture(side: int = 900, noise: bool = True) -> dict:
    """A photo as a phone's camera would hand it over."""
    image = (
        Image.effect_noise((side, side), 90).convert("RGB")
        if noise
        else Image.new("RGB", (side, side), "gray")
    )
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=95)
    return {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def events(kind: str) -> int:
    return PackageEvent.objects.filter(kind=kind).count()
