"""Staff's day in pages."""

import datetime as dt
import uuid

import pytest
from django.core.cache import cache

from hubshops.deliveries.models import Device
from hubshops.packages.rules import State
from kernel.accounts.models import StaffRole
from kernel.audit.models import Decision
from kernel.jobs.models import Heartbeat, Job
from kernel.notifications.models import Mail
from portal.ops import queries
from tests.factories import (
    DAY,
    MORNING,
    make_member,
    make_package,
    make_packages,
    make_person,
    make_shop,
    make_staff,
    make_station,
    show_again,
)

pytestmark = pytest.mark.django_db
NOON = MORNING + dt.timedelta(hours=3)


@pytest.fixture(autouse=True)
def _noon(time_machine):
    cache.clear()
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def olga(client):
    staff = make_staff("Olga", "dispatcher", "reviewer")
    client.force_login(staff)
    return staff


def page(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


@pytest.mark.usefixtures("olga")
def test_an_empty_house_says_what_to_do_first(client):
    assert "No station yet" in page(client, "/ops/")


@pytest.mark.usefixtures("olga")
def test_the_board_counts_each_state_and_links_to_its_list(client):
    shop = make_shop()
    make_packages(3, shop=shop, state=State.DELIVERED)
    make_packages(2, shop=shop, state=State.ATTEMPTED)
    make_packages(4)
    body = page(client, "/ops/")
    assert "/ops/packages/?station=FAY&amp;day=2026-11-20&amp;state=delivered" in body
    listed = page(client, "/ops/packages/?station=FAY&day=2026-11-20&state=attempted")
    assert "2 packages" in listed
    assert "4 packages" in page(client, "/ops/packages/?state=unplaced")
    assert "9 packages" in page(client, "/ops/packages/?station=FAY")


@pytest.mark.usefixtures("olga")
def test_shops_that_need_a_call_come_first(client):
    fine, late = make_shop("Fine Flowers"), make_shop("Late Laundry")
    make_packages(2, shop=fine, state=State.DELIVERED, at=NOON)
    make_packages(2, shop=late, state=State.MANIFESTED)
    body = page(client, "/ops/")
    assert body.index("Late Laundry") < body.index("Fine Flowers")
    assert "nothing counted in yet" in body


@pytest.mark.usefixtures("olga")
def test_packages_of_earlier_days_are_not_forgotten(client):
    shop = make_shop()
    make_packages(2, shop=shop, state=State.AT_SHOP, day=DAY - dt.timedelta(days=1))
    body = page(client, "/ops/")
    assert "2 packages of earlier days are still with shops" in body
    assert "2 packages" in page(client, "/ops/packages/?station=FAY&state=held")


@pytest.mark.usefixtures("olga")
def test_the_board_says_whether_the_machinery_runs(client):
    make_station()
    assert "No worker has shown a sign of life" in page(client, "/ops/")
    Heartbeat.objects.create(who="worker@one", beat_at=NOON - dt.timedelta(seconds=30))
    body = page(client, "/ops/")
    assert "No worker" not in body
    assert "The books balance to the cent" in body


@pytest.mark.usefixtures("olga")
def test_the_board_reads_itself_again_only_when_asked(client):
    assert "Refresh" not in client.get("/ops/").headers
    assert client.get("/ops/?live=1").headers["Refresh"] == "15"


@pytest.mark.usefixtures("olga")
def test_an_open_board_asks_for_its_parts_and_hears_only_what_is_new(client):
    shop = make_shop()
    make_packages(3, shop=shop, state=State.DELIVERED)
    assert 'data-live="/ops/now/"' in page(client, "/ops/")
    assert "data-live=" not in page(client, "/ops/?live=1")
    first = client.get("/ops/now/")
    assert "delivered" in first.content.decode()
    assert "<html" not in first.content.decode()
    mark = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/ops/now/", headers=mark).status_code == 304
    make_package(shop=shop, state=State.DELIVERED)
    assert client.get("/ops/now/", headers=mark).status_code == 200


@pytest.mark.usefixtures("olga")
def test_a_wall_shows_no_name_no_phone_and_no_money(client):
    shop = make_shop("Late Laundry", phone="479-555-0199")
    make_packages(2, shop=shop, state=State.MANIFESTED)
    named = client.get("/ops/now/").content.decode()
    assert "Late Laundry" in named
    for url in ("/ops/?codes=1", "/ops/now/?codes=1"):
        body = page(client, url)
        assert f"#{shop.pk}" in body
        assert "nothing counted in yet" in body
        for private in ("Late Laundry", "late-laundry", "0199", "$", "pay run"):
            assert private not in (body.partition("<main")[2] or body), (url, private)
    assert "/ops/now/?codes=1" in page(client, "/ops/?codes=1")


@pytest.mark.usefixtures("olga")
def test_a_phone_that_holds_something_makes_its_shop_a_risk(client):
    quiet, holding = make_shop("Fine Flowers"), make_shop("Holding Hardware")
    for shop in (quiet, holding):
        make_packages(2, shop=shop, state=State.DELIVERED, at=NOON)
    sam = make_member(holding, "Sam")
    Device.objects.create(
        shop=holding,
        key=uuid.uuid4(),
        user=sam,
        protocol=3,
        first_seen_at=MORNING,
        last_seen_at=NOON,
        unsent_photos=2,
    )
    body = page(client, "/ops/")
    assert body.index("Holding Hardware") < body.index("Fine Flowers")
    assert body.count("a phone holds what it has not sent") == 1


def test_a_role_sees_links_only_to_its_own_pages(client):
    make_packages(1, shop=make_shop(), state=State.DELIVERED)
    client.force_login(make_staff("Fay", "finance_drafter"))
    body = page(client, "/ops/")
    assert "/ops/packages/" not in body
    assert "/ops/applications/" not in body
    assert "/ops/people/" not in body
    page(client, "/ops/packages/", status=404)
    page(client, "/ops/find/", status=404)
    page(client, "/ops/people/", status=404)


@pytest.mark.usefixtures("olga")
@pytest.mark.parametrize("url", ["/ops/", "/ops/now/", "/ops/packages/", "/ops/jobs/"])
def test_a_page_costs_the_same_for_one_row_and_for_fifty(
    client, url, django_assert_max_num_queries
):
    shop = make_shop()
    make_packages(1, shop=shop, state=State.DELIVERED)
    page(client, url)
    few = counted(client, url)
    for number in range(8):
        make_packages(6, shop=make_shop(f"Shop {number}"), state=State.ATTEMPTED)
        Job.objects.create(name="x", created_at=MORNING, run_after=MORNING)
    assert counted(client, url) == few


def counted(client, url):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        page(client, url)
    return len(captured)


@pytest.mark.usefixtures("olga")
def test_a_shops_day_shows_its_packages_and_people(client):
    shop = make_shop()
    make_member(shop, "Rosa")
    package = make_package(shop=shop, state=State.ATTEMPTED)
    body = page(client, f"/ops/shops/{shop.slug}/2026-11-20/")
    assert package.tracking_id in body
    assert "Rosa" in body
    assert "0 of 1 done" in body
    assert "No packages on this day" in page(client, f"/ops/shops/{shop.slug}/2026-11-21/")
    page(client, "/ops/shops/nobody/2026-11-20/", status=404)
    page(client, f"/ops/shops/{shop.slug}/2026-02-30/", status=404)


@pytest.mark.usefixtures("olga")
def test_a_shops_day_costs_the_same_for_one_package_and_for_fifty(client):
    shop = make_shop()
    make_packages(1, shop=shop, state=State.DELIVERED)
    url = f"/ops/shops/{shop.slug}/2026-11-20/"
    few = counted(client, url)
    make_packages(50, shop=shop, state=State.DELIVERED)
    assert counted(client, url) == few


@pytest.mark.usefixtures("olga")
def test_a_package_tells_its_whole_history(client):
    package = make_package(shop=make_shop(), state=State.DELIVERED)
    body = page(client, f"/ops/packages/{package.pk}/")
    for words in ("Announced by the station", "Counted in at the shop", "Delivered: Front door"):
        assert words in body
    assert package.recipient_name in body
    assert "the fee is booked within a minute" in body
    page(client, "/ops/packages/999999/", status=404)


@pytest.mark.usefixtures("olga")
def test_lists_mask_who_a_package_is_for(client):
    make_package(recipient_name="Ines Bell", phone="479-555-0177")
    body = page(client, "/ops/packages/")
    assert "Ines B." in body
    assert "Ines Bell" not in body
    assert "555-0177" not in body


def search(client, text):
    return client.post("/ops/find/", {"text": text}, follow=True)


@pytest.mark.usefixtures("olga")
def test_an_exact_tracking_id_opens_its_package(client):
    package = make_package(tracking_id="TBA77")
    answer = search(client, " tba77 ")
    assert answer.redirect_chain == [(f"/ops/packages/{package.pk}/", 302)]


@pytest.mark.usefixtures("olga")
@pytest.mark.parametrize(
    "text", ["TBA770", "tba770", "ines bell", "BELL", "0177", "(479) 555-0177", "4795550177"]
)
def test_a_package_is_found_by_what_people_know(client, text):
    make_package(tracking_id="TBA77001", recipient_name="Ines Bell", phone="479-555-0177")
    make_package(tracking_id="TBX11111", recipient_name="Max Ott", phone="479-555-0111")
    body = search(client, text).content.decode()
    assert "TBA77001" in body
    assert "TBX11111" not in body


@pytest.mark.usefixtures("olga")
def test_a_shop_is_found_by_name_or_phone(client):
    make_shop("Rosa's Bodega", phone="(479) 555-0110")
    for text in ("bodega", "0110", "479-555-0110", "center st"):
        assert "/ops/shops/rosas-bodega/2026-11-20/" in search(client, text).content.decode()


@pytest.mark.usefixtures("olga")
def test_what_was_typed_never_stands_in_an_address(client):
    make_package(recipient_name="Ines Bell")
    answer = search(client, "Ines Bell")
    assert answer.redirect_chain == [("/ops/find/", 302)]
    assert "Nothing found" in search(client, "Nobody Atall").content.decode()


@pytest.mark.usefixtures("olga")
@pytest.mark.parametrize(("text", "words"), [("", "Type what you are"), ("ab", "at least three")])
def test_too_short_a_search_says_so(client, text, words):
    answer = search(client, text)
    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.usefixtures("olga")
def test_like_signs_in_a_search_are_only_letters(client):
    make_package(tracking_id="TBA77001")
    assert "TBA77001" not in search(client, "TB%77").content.decode()


def test_names_are_looked_up_among_recent_packages_only():
    make_station()
    make_package(recipient_name="Ines Bell", day=DAY - dt.timedelta(days=20))
    assert queries.find("Ines Bell", NOON).packages == []


def given_up_job():
    return Job.objects.create(
        name="notifications.send",
        created_at=MORNING,
        run_after=MORNING,
        claims=3,
        gave_up_at=MORNING,
        last_error="ConnectionRefusedError: no mail server",
    )


def test_a_given_up_job_is_tried_again_and_that_is_written_down(client, olga):
    job = given_up_job()
    assert "no mail server" in page(client, "/ops/jobs/")
    answer = client.post(f"/ops/jobs/{job.pk}/again/", follow=True)
    assert "The job is tried again." in answer.content.decode()
    job.refresh_from_db()
    assert (job.gave_up_at, job.claims) == (None, 0)
    assert Decision.objects.get(action="retry_job").by == olga
    again = client.post(f"/ops/jobs/{job.pk}/again/", follow=True)
    assert "was not given up" in again.content.decode()
    assert Decision.objects.filter(action="retry_job").count() == 1


def test_an_admin_gives_and_takes_roles(client):
    pavel = make_staff("Pavel", "admin")
    client.force_login(pavel)
    show_again(client)
    form = {"email": "olga@hub.test", "name": "Olga", "role": "reviewer"}
    assert client.post("/ops/people/", form).status_code == 302
    held = StaffRole.objects.get(role="reviewer")
    assert Mail.objects.get().to == "olga@hub.test"
    assert "Olga" in page(client, "/ops/people/")
    client.post(f"/ops/people/{held.user_id}/withdraw/", {"role": "reviewer"})
    assert not StaffRole.objects.filter(role="reviewer").exists()
    assert {one.action for one in Decision.objects.filter(by=pavel)} == {
        "grant_role",
        "withdraw_role",
    }


def test_the_last_admin_stays(client):
    pavel = make_staff("Pavel", "admin")
    client.force_login(pavel)
    show_again(client)
    answer = client.post(f"/ops/people/{pavel.pk}/withdraw/", {"role": "admin"}, follow=True)
    assert "Somebody must run the portal" in answer.content.decode()
    assert StaffRole.objects.filter(user=pavel).exists()


@pytest.mark.parametrize("email", ["olga", "olga@" + "h." * 130 + "test"])
def test_a_bad_address_gets_no_role(client, email):
    client.force_login(make_staff("Pavel", "admin"))
    show_again(client)
    answer = client.post("/ops/people/", {"email": email, "role": "reviewer"})
    assert answer.status_code == 422
    assert StaffRole.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "where"),
    [("staff", "/ops/"), ("owner", "/shop/"), ("nobody", None)],
)
def test_everybody_lands_where_she_works(client, who, where):
    if who == "staff":
        person = make_staff("Olga")
    elif who == "owner":
        person = make_member(make_shop(), "Rosa")
    else:
        person = make_person("Ana")
    client.force_login(person)
    answer = client.get("/account/home/")
    if where:
        assert (answer.status_code, answer.url) == (302, where)
    else:
        assert "no shop is yours now" in answer.content.decode()
