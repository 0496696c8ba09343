"""Django's admin: superusers only, behind our sign-in, mostly for reading."""

import pytest
from django.contrib import admin
from django.test import RequestFactory

from hubshops.deliveries.models import Reason
from hubshops.packages.models import PackageEvent
from hubshops.packages.rules import State
from kernel.repairs import HouseAdminSite
from tests.factories import make_delivery, make_package, make_person, make_shop, make_staff

pytestmark = pytest.mark.django_db
OURS = ("portal", "payouts", "hubshops", "kernel")


@pytest.fixture
def root(client):
    person = make_person("Root", is_superuser=True, is_staff=True)
    client.force_login(person)
    return person


def registered():
    return [
        (model, model_admin)
        for model, model_admin in admin.site._registry.items()
        if model.__module__.split(".")[0] in OURS
    ]


def test_anonymous_people_meet_our_own_sign_in(client):
    for url in ("/admin/", "/admin/accounts/user/"):
        answer = client.get(url, follow=True)
        assert answer.redirect_chain[-1] == (f"/account/login/?next={url}", 302)


@pytest.mark.parametrize("who", ["stranger", "admin role", "is_staff flag"])
def test_everybody_but_superusers_finds_no_page(client, who):
    if who == "stranger":
        person = make_person("Zed")
    elif who == "admin role":
        person = make_staff("Pavel", "admin")
    else:
        person = make_person("Flag", is_staff=True)
    client.force_login(person)
    for url in ("/admin/", "/admin/login/", "/admin/accounts/user/", "/admin/jsi18n/"):
        assert client.get(url).status_code == 404


@pytest.mark.usefixtures("root")
def test_a_superuser_finds_every_table():
    assert isinstance(admin.site._wrapped, HouseAdminSite)
    assert len(registered()) >= 25


@pytest.mark.parametrize(
    ("model", "model_admin"), registered(), ids=lambda value: getattr(value, "__name__", "")
)
def test_every_table_opens_and_nothing_can_be_deleted(client, root, model, model_admin):
    request = RequestFactory().get("/")
    request.user = root
    assert not model_admin.has_delete_permission(request)
    meta = model._meta
    answer = client.get(f"/admin/{meta.app_label}/{meta.model_name}/?q=x")
    assert answer.status_code in (200, 302)
    body = client.get(f"/admin/{meta.app_label}/{meta.model_name}/").content.decode()
    assert "<style" not in body
    assert "style=" not in body


@pytest.mark.usefixtures("root")
def test_events_are_read_only(client):
    event = make_package(shop=make_shop(), state=State.AT_SHOP).events.first()
    url = f"/admin/packages/packageevent/{event.pk}/change/"
    assert client.get(url).status_code == 200
    client.post(url, {"kind": "delivered"})
    assert PackageEvent.objects.get(pk=event.pk).kind == event.kind
    assert client.post(f"/admin/packages/packageevent/{event.pk}/delete/").status_code == 403


@pytest.mark.usefixtures("root")
def test_every_row_opens(client):
    delivery = make_delivery()
    for path in (
        f"deliveries/delivery/{delivery.pk}",
        f"packages/package/{delivery.package_id}",
        f"shops/shop/{delivery.shop_id}",
        f"stations/station/{delivery.shop.station_id}",
        "deliveries/reason/NOT_HOME",
    ):
        answer = client.get(f"/admin/{path}/change/")
        assert answer.status_code == 200, path
        assert "style=" not in answer.content.decode()


@pytest.mark.usefixtures("root")
def test_the_words_of_a_reason_change_without_a_release(client):
    reason = Reason.objects.get(code="NOT_HOME")
    form = {
        "label": "Nobody opened",
        "fault_class": reason.fault_class,
        "evidence": reason.evidence,
        "next_step": reason.next_step,
        "position": reason.position,
        "is_at_the_door": "on",
    }
    assert client.post("/admin/deliveries/reason/NOT_HOME/change/", form).status_code == 302
    reason.refresh_from_db()
    assert reason.label == "Nobody opened"
    assert client.get("/admin/deliveries/reason/add/").status_code == 403
