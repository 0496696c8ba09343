"""Owners invite and remove people; the last owner stays."""

import pytest
from django.urls import reverse

from hubshops.shops.actions import LastOwnerStays, NotOnTheTeam, end_membership
from hubshops.shops.models import MemberRole, Membership
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_member, make_shop, show_again

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(client, shop):
    user = make_member(shop, "Rosa")
    client.force_login(user)
    show_again(client)  # people are about to be let in and out
    return user


def test_an_owner_invites_a_helper(client, shop, rosa):
    answer = client.post(
        reverse("shops:team"),
        {"name": "Sam", "email": "Sam@Shop.test", "role": "helper"},
        follow=True,
    )

    membership = shop.memberships.get(user__email="sam@shop.test")
    assert (membership.role, membership.user.name) == (MemberRole.HELPER, "Sam")
    assert not membership.user.has_usable_password()
    mail = Mail.objects.get(to="sam@shop.test")
    assert "You can deliver packages for Rosa's Bodega now." in mail.body
    page = answer.content.decode()
    assert "A letter is on its way to sam@shop.test." in page
    assert "Invited, has not signed in yet" in page


def test_who_is_on_the_team_is_not_invited_twice(client, shop, rosa):
    make_member(shop, "Sam", role="helper")
    answer = client.post(
        reverse("shops:team"), {"name": "Sam", "email": "sam@shop.test", "role": "helper"}
    )
    assert answer.status_code == 422
    assert "sam@shop.test works for this shop already." in answer.content.decode()
    assert shop.memberships.count() == 2


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"name": "", "email": "a@b.test", "role": "helper"}, "Write the person&#x27;s name."),
        ({"name": "A", "email": "a@b", "role": "helper"}, "Write an e-mail address"),
        ({"name": "A", "email": "a@b.test", "role": "king"}, "valid choice"),
        ({"name": "A", "email": "a@" + "b." * 130 + "test", "role": "helper"}, "at most 254"),
    ],
)
def test_a_bad_invitation_is_worded(client, shop, rosa, data, sentence):
    answer = client.post(reverse("shops:team"), data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert shop.memberships.count() == 1


def test_a_helper_is_removed_after_a_question(client, shop, rosa):
    sam = make_member(shop, "Sam", role="helper")
    membership = Membership.objects.get(user=sam)
    url = reverse("shops:leave", args=[membership.pk])
    assert "Remove Sam?" in client.get(url).content.decode()
    assert Membership.objects.get(pk=membership.pk).ended_at is None

    answer = client.post(url, follow=True)

    assert "Sam no longer works for the shop." in answer.content.decode()
    assert Membership.objects.get(pk=membership.pk).ended_at is not None
    client.force_login(sam)
    assert client.get(reverse("manifests:day", args=["2026-11-20"])).status_code == 404


def test_the_last_owner_stays(client, shop, rosa):
    membership = Membership.objects.get(user=rosa)
    answer = client.post(reverse("shops:leave", args=[membership.pk]), follow=True)
    assert "A shop needs an owner." in answer.content.decode()
    with pytest.raises(LastOwnerStays):
        end_membership(shop=shop, membership_id=membership.pk, at=MORNING)
    assert Membership.objects.get(pk=membership.pk).ended_at is None


def test_of_two_owners_one_may_leave(shop, rosa):
    make_member(shop, "Ana")
    membership = Membership.objects.get(user=rosa)
    end_membership(shop=shop, membership_id=membership.pk, at=MORNING)
    with pytest.raises(NotOnTheTeam):
        end_membership(shop=shop, membership_id=membership.pk, at=MORNING)


def test_another_shops_people_are_out_of_reach(client, shop, rosa):
    other = make_shop("Zed's Deli", station=shop.station)
    zed = Membership.objects.get(user=make_member(other, "Zed"))
    assert client.post(reverse("shops:leave", args=[zed.pk])).status_code == 404
    assert Membership.objects.get(pk=zed.pk).ended_at is None


def test_a_helper_does_not_see_the_team_page(client, shop, rosa):
    client.force_login(make_member(shop, "Sam", role="helper"))
    assert client.get(reverse("shops:team")).status_code == 404
    client.logout()
    assert client.get(reverse("shops:team")).status_code == 302
