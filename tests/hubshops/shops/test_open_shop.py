"""Shops open with an owner and a slug of their own; name and street tell them apart."""

import pytest
from django.db import IntegrityError, transaction

from hubshops.shops.actions import open_shop, save_shop
from hubshops.shops.models import MemberRole, Membership, Shop
from hubshops.shops.queries import UnknownShop, get_shop
from hubshops.shops.rules import slug_of, street_key, tidy_weekdays, usual_travel
from kernel.audit.models import Decision
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_member, make_person, make_shop, make_station

FACTS = {
    "name": "Rosa's Bodega",
    "trade": "bodega",
    "contact_name": "Rosa",
    "email": "Rosa@Shop.test",
    "phone": "479-555-0100",
    "address1": "100 W Center St",
    "city": "Fayetteville",
    "state": "AR",
    "postal_code": "72701",
    "latitude": 36.06,
    "longitude": -94.16,
    "radius_m": 5000,
    "daily_cap": 40,
    "weekdays": "123456",
}


def facts(**changes):
    return FACTS | {"station": make_station(), "at": MORNING} | changes


@pytest.mark.django_db
class TestOpening:
    def test_a_shop_opens_live_with_its_owner_invited(self):
        shop = open_shop(**facts())
        assert (shop.slug, shop.status, shop.email) == ("rosas-bodega", "live", "rosa@shop.test")
        membership = Membership.objects.get()
        assert (membership.shop, membership.role) == (shop, MemberRole.OWNER)
        assert (membership.user.email, membership.user.name) == ("rosa@shop.test", "Rosa")
        mail = Mail.objects.get()
        assert mail.subject == "Your invitation to the pages of Rosa's Bodega"
        assert "Rosa's Bodega is a partner shop now." in mail.body
        assert Decision.objects.filter(action="open_shop").count() == 1

    def test_a_shop_that_did_not_say_how_it_gets_around_does_as_is_usual(self):
        assert open_shop(**facts()).travel_mode == "bike"

    def test_a_second_shop_of_the_same_name_gets_a_slug_of_its_own(self):
        station = make_station()
        slugs = [open_shop(**FACTS | {"station": station, "at": MORNING}).slug for _ in range(3)]
        assert slugs == ["rosas-bodega", "rosas-bodega-2", "rosas-bodega-3"]

    def test_one_person_may_own_two_shops(self):
        station = make_station()
        for name in ("One", "Two"):
            open_shop(**FACTS | {"station": station, "at": MORNING, "name": name})
        assert Membership.objects.values("user").distinct().count() == 1

    def test_a_known_person_keeps_her_password(self):
        rosa = make_person("Rosa")
        open_shop(**facts())
        assert Membership.objects.get().user == rosa
        rosa.refresh_from_db()
        assert rosa.has_usable_password()


@pytest.mark.django_db
class TestSaving:
    def test_the_same_facts_again_change_nothing(self):
        given = facts()
        shop, outcome = save_shop(**given)
        assert outcome == "opened"
        assert save_shop(**given) == (shop, "unchanged")
        assert Mail.objects.count() == 1

    def test_name_and_street_in_another_spelling_are_the_same_shop(self):
        given = facts()
        shop, _ = save_shop(**given)
        changes = {"name": "ROSA'S BODEGA", "address1": "100 W. Center St", "daily_cap": 50}
        again, outcome = save_shop(**given | changes)
        assert (again.pk, outcome) == (shop.pk, "updated")
        assert Shop.objects.get().daily_cap == 50

    def test_another_street_is_another_shop(self):
        given = facts()
        save_shop(**given)
        _shop, outcome = save_shop(**given | {"address1": "7 Elm St"})
        assert outcome == "opened"

    def test_another_station_is_another_shop(self):
        given = facts()
        save_shop(**given)
        _shop, outcome = save_shop(**given | {"station": make_station("NSH")})
        assert outcome == "opened"

    def test_a_changed_contact_gives_nobody_a_key(self):
        given = facts()
        save_shop(**given)
        _shop, outcome = save_shop(**given | {"email": "zed@shop.test", "contact_name": "Zed"})
        assert outcome == "updated"
        assert [one.user.email for one in Membership.objects.all()] == ["rosa@shop.test"]


@pytest.mark.django_db
def test_a_shop_is_found_by_its_slug():
    shop = make_shop()
    assert get_shop("rosas-bodega") == shop
    with pytest.raises(UnknownShop) as no:
        get_shop("nobody")
    assert no.value.sentence == "There is no shop with the short name nobody."


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Rosa's Bodega", "rosas-bodega"),
        ("  Café  Ñandú!! ", "cafe-nandu"),
        ("王记", "shop"),
        ("---", "shop"),
        ("A" * 80, "a" * 50),
    ],
)
def test_slugs_are_plain(name, slug):
    assert slug_of(name) == slug


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1234567", "1234567"),
        ("7,1 2", "127"),
        ("11", "1"),
        ("", None),
        ("8", None),
        ("Mo", None),
        ("1-5", None),
    ],
)
def test_weekdays_are_digits_in_order(text, days):
    assert tidy_weekdays(text) == days


def test_a_street_is_compared_without_case_and_dots():
    assert street_key("100  W. Center St") == street_key("100 w center st")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("law", "changes"),
    [
        ("shop_promises_are_positive", {"daily_cap": 0}),
        ("shop_promises_are_positive", {"radius_m": 0}),
        ("shop_weekdays_are_days", {"weekdays": ""}),
        ("shop_weekdays_are_days", {"weekdays": "21"}),
        ("shop_is_on_the_globe", {"latitude": 91}),
    ],
)
def test_laws_of_a_shop(law, changes):
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        make_shop(**changes)


@pytest.mark.django_db
def test_law_membership_current_once():
    shop = make_shop()
    rosa = make_member(shop)
    with pytest.raises(IntegrityError, match="membership_current_once"), transaction.atomic():
        Membership.objects.create(shop=shop, user=rosa, role="helper", started_at=MORNING)
    Membership.objects.update(ended_at=MORNING)
    Membership.objects.create(shop=shop, user=rosa, role="helper", started_at=MORNING)


@pytest.mark.parametrize(
    ("radius_m", "usual"),
    [(1, "walk"), (2_500, "walk"), (2_501, "bike"), (6_500, "bike"), (6_501, "car")],
)
def test_a_wider_radius_takes_a_faster_way(radius_m, usual):
    assert usual_travel(radius_m) == usual
