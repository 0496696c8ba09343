"""The sample network's accounts at the Stripe that plays along (`settings.SIDE_PROGRAMS`)."""

import contextlib
import datetime as dt
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from hubshops.shops.models import Shop, ShopStatus
from payouts.providers.actions import connect_shop, refresh_account
from payouts.providers.models import PayoutAccount

BANKS_END_IN = 1000
WAITS_FOR = [
    ["identity.business_details.documents.proof_of_registration", "user", "company.verification"]
]


def connect_shops(*, at: dt.datetime) -> int:
    """Give every shop without one an account there, as if its owner had been through Stripe's
    pages; one shop has a paper missing, so that the next run holds it. How many were connected."""
    if "stripe" not in settings.SIDE_PROGRAMS:
        return 0
    shops = list(Shop.objects.filter(status=ShopStatus.LIVE).order_by("pk"))
    known = PayoutAccount.objects.filter(shop__in=shops).exclude(provider_reference="").count()
    if known == len(shops):
        return 0
    with playing_along():
        for number, shop in enumerate(shops):
            account = connect_shop(shop=shop, by=None, at=at).provider_reference
            tell("onboard", account=account, number=f"000{BANKS_END_IN + number:06d}")
            refresh_account(reference=account, at=at)
        tell("capability", account=account, status="restricted", wanted=WAITS_FOR)
        refresh_account(reference=account, at=at)
    return len(shops) - known


@contextlib.contextmanager
def playing_along() -> Iterator[None]:
    """The local Stripe while the network loads; it keeps what happens in its file, and runs beside
    the portal afterwards. Nobody hears its webhooks yet."""
    words = settings.SIDE_PROGRAMS["stripe"]
    silent = words[: words.index("--webhook")]
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", *silent], cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield
    finally:
        process.terminate()
        process.wait()


def tell(wish: str, **body: Any) -> Any:
    """Ask something of the local Stripe that only it can do."""
    address = f"{settings.STRIPE_API_BASE}/_control/{wish}"
    request = urllib.request.Request(address, data=json.dumps(body).encode())  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.load(answer)
