"""The people of the sample network, and the words in which its files name the rest."""

import csv
from pathlib import Path

from allauth.account.models import EmailAddress

from hubshops.shops.models import Shop
from kernel.accounts.models import User

DATA = Path(__file__).parent.parent / "data"
PASSWORD = "demo-demo-demo"  # noqa: S105  printed by the demo, refused in production
OLGA, PAVEL = "olga@demo.test", "pavel@demo.test"
ROSA, SAM = "rosa@demo.test", "sam@demo.test"
ZED = "zed@demo.test"
ROSAS = "rosas-bodega"
PHONES = {ROSA: "iPhone · Safari", SAM: "Android · Chrome"}
Row = dict[str, str]


def read_rows(name: str) -> list[Row]:
    """The rows of one of the sample's files."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


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


def person(email: str) -> User:
    """One of the demo's people."""
    return User.objects.get(email=email)


def shop_of(email: str) -> Shop:
    """The shop of a demo's person, with its station."""
    return Shop.objects.select_related("station").get(memberships__user__email=email)
