"""Owners invite shops; each side sees only what it may."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection

from hubshops.applications.models import Application
from hubshops.referrals.actions import link_for, note_live, note_referrals
from hubshops.referrals.models import Milestone, Referral, ReferralLink
from hubshops.referrals.queries import due_rewards, inviter_of
from hubshops.referrals.rules import Party, Reached, Void, reached, void_because
from hubshops.shops.models import ShopStatus
from tests.factories import MORNING, make_member, make_shop
from tests.hubshops.agreements.helpers import sign
from tests.hubshops.applications.test_actions import FACTS, apply

DAYS_90 = dt.timedelta(days=90)


def party(**fields):
    usual = {
        "emails": frozenset({"a@a.test"}),
        "phone": "479-555-0100",
        "street": "1 Elm St",
        "postal_code": "72701",
        "name": "Rosa's",
    }
    return Party(**usual | fields)


OTHER = {
    "emails": frozenset({"b@b.test"}),
    "phone": "479-555-0199",
    "street": "2 Oak St",
    "name": "Ana's",
}


@pytest.mark.parametrize(
    ("fields", "is_known", "void"),
    [
        ({}, False, None),
        ({}, True, Void.KNOWN),
        ({"emails": frozenset({"a@a.test"})}, False, Void.SAME_EMAIL),
        ({"phone": "+1 (479) 555 0100"}, False, Void.SAME_PHONE),
        ({"street": "1 ELM ST.", "postal_code": "72701-1234"}, False, Void.SAME_STREET),
        ({"street": "1 Elm St", "name": "ROSA'S"}, False, Void.OWN_SHOP),
        ({"street": "1 Elm St", "postal_code": "10001"}, False, None),
    ],
)
def test_what_does_not_count(fields, is_known, void):
    assert void_because(inviter=party(), invited=party(**OTHER | fields), is_known=is_known) == void


def test_the_second_milestone_asks_for_ninety_days_and_a_live_shop():
    after = MORNING + DAYS_90
    assert reached(live_at=None, is_live=True, at=after) == ()
    assert reached(live_at=MORNING, is_live=True, at=after - dt.timedelta(seconds=1)) == (
        Reached.LIVE,
    )
    assert reached(live_at=MORNING, is_live=False, at=after) == (Reached.LIVE,)
    assert len(reached(live_at=MORNING, is_live=True, at=after)) == 2


@pytest.mark.django_db
class TestALink:
    """From a link to what it earns."""

    @pytest.fixture
    def shop(self):
        return make_shop(phone="479-555-0111", address1="9 Far St", email="us@rosas.test")

    @pytest.fixture
    def rosa(self, shop):
        return make_member(shop, "Rosa", email="rosa@rosas.test")

    @pytest.fixture
    def link(self, shop, rosa):
        return link_for(shop=shop, user=rosa, at=MORNING)

    def come(self, link, **facts):
        apply(**{"name": "Ana's Bakery", "referral_code": link.code} | facts)
        note_referrals(at=MORNING)
        return Referral.objects.latest("pk")

    def test_who_opens_it_reads_who_invites_and_is_remembered(self, client, link):
        page = client.get(f"/r/{link.code}/").content.decode()
        assert "Rosa&#x27;s Bodega invites you" in page
        assert client.session["referral"] == link.code
        assert client.get("/r/nobodys/").status_code == 404

    def test_an_owner_has_one_link(self, link, shop, rosa):
        assert link_for(shop=shop, user=rosa, at=MORNING) == link
        assert ReferralLink.objects.count() == 1

    def test_an_application_by_a_link_is_noted_once(self, link):
        referral = self.come(link)
        assert (referral.link, referral.void) == (link, "")
        assert note_referrals(at=MORNING) == 0

    def test_who_applied_before_does_not_count(self, link):
        apply(at=MORNING - dt.timedelta(days=2))
        Application.objects.update(status="withdrawn")
        assert self.come(link).void == Void.KNOWN

    def test_an_unknown_code_is_nobodys(self):
        apply(referral_code="unknown")
        assert note_referrals(at=MORNING) == 0

    def test_live_is_noted_when_first_seen_and_then_pays(self, link):
        referral = self.come(link)
        assert due_rewards(MORNING) == []
        invited = make_shop("Ana's", status=ShopStatus.PREPARING)
        Application.objects.update(shop=invited, status="approved")
        assert note_live(at=MORNING) == 0
        sign(invited, make_member(invited, "Ana"), at=MORNING)
        invited.status = ShopStatus.LIVE
        invited.save()
        assert (note_live(at=MORNING), note_live(at=MORNING)) == (1, 0)
        assert [(one.kind, one.amount_cents) for one in due_rewards(MORNING)] == [
            (Reached.LIVE, 5000)
        ]
        assert len(due_rewards(MORNING + DAYS_90)) == 2
        assert inviter_of(invited) == "Rosa's Bodega"
        assert referral.rewards.count() == 0

    def test_looking_makes_no_link_and_asking_makes_one(self, client, rosa):
        client.force_login(rosa)
        assert "Make my link" in client.get("/shop/invite/").content.decode()
        assert not ReferralLink.objects.exists()
        for _ in range(2):
            assert client.post("/shop/invite/").url == "/shop/invite/"
        page = client.get("/shop/invite/").content.decode()
        assert f"/r/{ReferralLink.objects.get().code}/" in page
        assert "Make my link" not in page

    def test_who_was_invited_reads_by_whom_on_her_status_page(self, client, link):
        referral = self.come(link)
        url = f"/apply/{referral.application.reference}/"
        body = client.get(url).content.decode()
        assert "Invited by" in body
        assert "Rosa&#x27;s Bodega" in body

    def test_an_invitation_that_does_not_count_is_not_shown(self, client, link):
        referral = self.come(link, phone="479-555-0111")
        assert referral.void
        body = client.get(f"/apply/{referral.application.reference}/").content.decode()
        assert "Invited by" not in body
        assert "Rosa&#x27;s Bodega" not in body

    def test_an_amount_is_the_one_of_the_day_by_the_inviters_calendar(self, link):
        """In the evening it is tomorrow in Greenwich already."""
        referral = self.come(link)
        tomorrow = MORNING.date() + dt.timedelta(days=1)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE referral_milestone DISABLE TRIGGER USER")
            cursor.execute("DELETE FROM referral_milestone")
        Milestone.objects.create(kind="live", amount_cents=5000, valid=(None, tomorrow))
        Milestone.objects.create(kind="live", amount_cents=9900, valid=(tomorrow, None))
        invited = make_shop("Ana's", status=ShopStatus.PREPARING)
        evening = MORNING.replace(hour=21)
        Application.objects.update(shop=invited, status="approved", submitted_at=evening)
        Referral.objects.filter(pk=referral.pk).update(live_at=MORNING)
        assert [one.amount_cents for one in due_rewards(MORNING)] == [5000]

    def test_who_invited_sees_a_first_name_and_a_state_and_no_more(self, client, link, rosa):
        self.come(link)
        client.force_login(rosa)
        page = client.get("/shop/invite/").content.decode()
        assert "On the way" in page
        assert FACTS["contact_name"].split()[0] in page
        assert "$50.00" in page
        for hidden in ("address1", "email", "phone"):
            assert FACTS[hidden] not in page, hidden
        assert "Bakery" not in page
        assert FACTS["contact_name"] not in page

    def test_amounts_of_one_day_do_not_overlap(self):
        with (
            pytest.raises(IntegrityError, match="referral_milestone_no_overlap"),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "INSERT INTO referral_milestone (kind, amount_cents, valid)"
                " VALUES ('live', 1, daterange('2026-01-01', NULL))"
            )

    def test_two_amounts_are_known_from_the_beginning(self):
        assert Milestone.objects.count() == 2

    def test_an_application_came_by_one_link(self, link):
        self.come(link)
        with (
            pytest.raises(IntegrityError, match="application_id"),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "INSERT INTO referral (link_id, application_id, noted_at, void)"
                " SELECT link_id, application_id, noted_at, '' FROM referral"
            )
