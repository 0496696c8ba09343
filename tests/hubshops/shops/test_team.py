"""Owners invite and remove people; the last owner stays."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from hubshops.shops.access import key_of
from hubshops.shops.actions import (
    LastOwnerStays,
    NotOnTheTeam,
    OnlyOwners,
    TeamLinkIsOver,
    TooManyLinks,
    end_membership,
    invite_helper,
    join_by_link,
    make_team_link,
    revoke_team_link,
)
from hubshops.shops.models import MemberRole, Membership, TeamLink
from kernel import clock
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_member, make_person, make_shop, show_again

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


def test_leaving_is_not_offered_to_the_only_owner(client, shop, rosa):
    membership = Membership.objects.get(user=rosa)
    url = reverse("shops:leave", args=[membership.pk])
    assert url not in client.get(reverse("shops:team")).content.decode()
    body = client.get(url).content.decode()
    assert "A shop needs an owner." in body
    assert "Leave the team</" not in body
    make_member(shop, "Ana")
    assert url in client.get(reverse("shops:team")).content.decode()


def test_leaving_oneself_has_its_own_words(client, shop, rosa):
    make_member(shop, "Ana")
    membership = Membership.objects.get(user=rosa)
    body = client.get(reverse("shops:leave", args=[membership.pk])).content.decode()
    assert "You can no longer open this shop" in body
    assert "Leave the team" in body
    assert "This person" not in body
    assert "Remove this person" not in body


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


def a_link(shop, by, role="helper", at=None):
    return make_team_link(shop=shop, role=role, at=at or clock.now(), by=by)


def test_a_link_is_shown_as_a_code_and_lets_one_person_in(client, shop, rosa):
    answer = client.post(reverse("shops:make_link"), {"role": "helper"}, follow=True)
    page = answer.content.decode()
    address = re.search(r"/join/[^<\s\"]+/", page)[0]
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page
    stranger = Client()
    assert "Join Rosa&#x27;s Bodega" in stranger.get(address).content.decode()

    answer = stranger.post(address, {"name": "Sam", "email": "Sam@Shop.test"}, follow=True)

    assert "We sent you a letter." in answer.content.decode()
    membership = shop.memberships.get(user__email="sam@shop.test")
    assert membership.role == MemberRole.HELPER
    assert "You can deliver packages" in Mail.objects.get(to="sam@shop.test").body
    again = stranger.post(address, {"name": "Zed", "email": "zed@shop.test"})
    assert again.status_code == 404
    assert "Ask the shop for a new one." in again.content.decode()
    assert shop.memberships.count() == 2


def test_who_is_signed_in_joins_as_who_she_is(client, shop, rosa):
    address = reverse("shops:join", args=[key_of(a_link(shop, rosa, "manager"))])
    sam = make_person("Sam")
    client.force_login(sam)
    client.post(address)
    assert shop.memberships.get(user=sam).role == MemberRole.MANAGER
    assert not Mail.objects.exists()


def test_a_link_can_be_copied(client, shop, rosa):
    link = a_link(shop, rosa)
    body = client.get(reverse("shops:link", args=[link.pk])).content.decode()
    assert f'data-copy="{shown_address(body)}"' in body
    assert "js/copy.js" in body


def shown_address(body: str) -> str:
    return re.search(r'<p class="code" translate="no">([^<]+)</p>', body)[1]


def test_who_works_there_already_does_not_use_a_link_up(client, shop, rosa):
    link = a_link(shop, rosa)
    answer = client.post(reverse("shops:join", args=[key_of(link)]), {"x": "1"}, follow=True)
    assert "rosa@shop.test works for this shop already." in answer.content.decode()
    link.refresh_from_db()
    assert link.used_at is None


def test_a_link_that_ran_out_was_taken_back_or_was_never_made_is_over(client, shop, rosa):
    old = a_link(shop, rosa, at=clock.now() - dt.timedelta(days=4))
    gone = a_link(shop, rosa)
    assert revoke_team_link(shop=shop, link_id=gone.pk, at=clock.now(), by=rosa)
    for key in (key_of(old), key_of(gone), f"{gone.pk}:forged"):
        answer = client.post(reverse("shops:join", args=[key]), {"name": "Z", "email": "z@z.test"})
        assert answer.status_code == 404
    with pytest.raises(TeamLinkIsOver):
        join_by_link(link_id=old.pk, at=clock.now(), email="z@z.test", name="Z")
    assert shop.memberships.count() == 1


def test_no_link_makes_an_owner(client, shop, rosa):
    client.post(reverse("shops:make_link"), {"role": "owner"})
    assert not TeamLink.objects.exists()
    with pytest.raises(IntegrityError, match="team_link_makes_no_owner"):
        a_link(shop, rosa, "owner")


def test_a_link_is_used_by_somebody(shop, rosa):
    link = a_link(shop, rosa)
    with (
        pytest.raises(IntegrityError, match="team_link_used_by_somebody"),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE team_link SET used_at = now() WHERE id = %s", [link.pk])


def test_a_role_is_one_we_know(shop, rosa):
    with (
        pytest.raises(IntegrityError, match="membership_role_is_known"),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE membership SET role = 'king'")


def test_the_eleventh_open_link_is_refused(shop, rosa):
    for _ in range(10):
        a_link(shop, rosa)
    with pytest.raises(TooManyLinks):
        a_link(shop, rosa)
    assert TeamLink.objects.count() == 10


def test_a_removed_person_is_signed_out_at_once_and_told(settings, shop, rosa):
    settings.SESSIONS_ARE_SEEN = True
    sam = make_member(shop, "Sam", role="helper")
    phone = Client(headers={"user-agent": "Sam's phone"})
    phone.force_login(sam)
    assert phone.get("/shop/").status_code == 200
    end_membership(shop=shop, membership_id=sam.memberships.get().pk, at=clock.now(), by=rosa)
    assert phone.get("/shop/").status_code == 302
    letter = Mail.objects.get(to="sam@shop.test")
    assert letter.subject == "You no longer work with Rosa's Bodega"
    assert "It is not lost." in letter.body


def test_who_works_elsewhere_too_stays_signed_in(client, shop, rosa):
    sam = make_member(shop, "Sam", role="helper")
    make_member(make_shop("Zed's Deli", station=shop.station), "Sam", role="helper")
    client.force_login(sam)
    client.get("/shop/")
    here = sam.memberships.get(shop=shop)
    end_membership(shop=shop, membership_id=here.pk, at=clock.now(), by=rosa)
    assert "Deli" in client.get("/shop/").content.decode()


def test_a_part_is_changed_and_told(client, shop, rosa):
    sam = make_member(shop, "Sam", role="helper")
    url = reverse("shops:part", args=[sam.memberships.get().pk])
    assert "Sees no money" in client.get(url).content.decode()
    assert (
        "this holds from now on"
        in client.post(url, {"role": "manager"}, follow=True).content.decode()
    )
    assert sam.memberships.get().role == MemberRole.MANAGER
    assert "Manager: runs the day and the team" in Mail.objects.get(to=sam.email).body


def test_the_last_owner_is_not_demoted(client, shop, rosa):
    membership = rosa.memberships.get()
    answer = client.post(
        reverse("shops:part", args=[membership.pk]), {"role": "helper"}, follow=True
    )
    assert "A shop needs an owner." in answer.content.decode()
    assert rosa.memberships.get().role == MemberRole.OWNER


def test_a_manager_runs_the_team_and_touches_no_owner(client, shop, rosa):
    mia = make_member(shop, "Mia", role="manager")
    sam = make_member(shop, "Sam", role="helper")
    client.force_login(mia)
    show_again(client)
    page = client.get(reverse("shops:team")).content.decode()
    owners = rosa.memberships.get().pk
    assert reverse("shops:leave", args=[owners]) not in page
    assert "see money, sign" not in page
    for url, data in (
        (reverse("shops:leave", args=[owners]), {}),
        (reverse("shops:part", args=[owners]), {"role": "helper"}),
        (reverse("shops:part", args=[mia.memberships.get().pk]), {"role": "owner"}),
    ):
        answer = client.post(url, data, follow=True)
        assert "Only an owner can make somebody an owner" in answer.content.decode()
    with pytest.raises(OnlyOwners):
        invite_helper(shop=shop, email="z@z.test", name="Z", role="owner", at=MORNING, by=mia)
    assert {one.role for one in Membership.objects.current()} == {"owner", "manager", "helper"}
    client.post(reverse("shops:leave", args=[sam.memberships.get().pk]))
    assert sam.memberships.get().ended_at
