"""Olga drafts, Pavel approves and sends, the bank answers: in pages."""

import pytest
import time_machine

from hubshops.deliveries.models import Delivery
from kernel.jobs.models import Job
from payouts.payruns.actions import send_waiting
from payouts.payruns.models import PayRun
from payouts.providers.models import PaymentFile
from payouts.statements.actions import check_books, issue_statements
from tests.factories import DAY, make_delivery, make_shop, make_staff, make_station, show_again
from tests.payouts.helpers import LATER, earn, make_olga, make_pavel, pay

pytestmark = pytest.mark.django_db
LIST = "/ops/payruns/"


@pytest.fixture(autouse=True)
def evening():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def olga():
    return make_olga()


@pytest.fixture
def pavel():
    return make_pavel()


@pytest.fixture
def shop():
    shop = make_shop()
    earn(shop, 3)
    return shop


@pytest.fixture
def drafted(client, olga, shop):
    client.force_login(olga)
    answer = client.post(LIST, {"through": str(DAY)})
    run = PayRun.objects.get()
    assert answer.headers["Location"] == f"{LIST}{run.pk}/"
    return run


def words(response, status: int = 200) -> str:
    """A page's text in one line."""
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def test_a_payment_opens_to_its_packages_before_anybody_approves(client, drafted, pavel, shop):
    client.force_login(pavel)
    page = words(client.get(f"{LIST}{drafted.pk}/{shop.slug}/"))
    for delivery in Delivery.objects.select_related("package"):
        assert delivery.package.tracking_id in page
    assert f'href="{LIST}{drafted.pk}/{shop.slug}/"' in words(client.get(f"{LIST}{drafted.pk}/"))
    assert client.get(f"{LIST}{drafted.pk}/nobodys-shop/").status_code == 404


def test_an_empty_field_says_what_it_wants(client, drafted, pavel):
    client.force_login(pavel)
    show_again(client)
    answer = client.post(f"{LIST}{drafted.pk}/", {"step": "approve", "total": ""})
    assert "This field is required" not in answer.content.decode()


def test_the_whole_way_in_pages(client, drafted, pavel):
    page = f"{LIST}{drafted.pk}/"
    own = words(client.get(page))
    assert "Another person approves" in own
    assert 'value="approve"' not in own

    client.force_login(pavel)
    assert "The books are being checked" in words(client.get(page))
    check_books(at=LATER)
    seen = words(client.get(page))
    assert "$5.25" in seen
    assert "No shop is held back." in seen
    assert "This is the first run" in seen
    assert seen.count("button-primary") == 1
    first = client.post(page, {"step": "approve", "total": "5.25"})
    assert first.url.startswith("/account/reauthenticate/")  # who she is, once more
    assert PayRun.objects.get().status == "drafted"
    show_again(client)
    wrong = words(client.post(page, {"step": "approve", "total": "5.52"}), 409)
    assert "You typed $5.52, and the run’s total is $5.25" in wrong
    nothing = words(client.post(page, {"step": "approve", "total": "about 5"}), 422)
    assert "Type an amount like 1,234.50." in nothing
    assert PayRun.objects.get().status == "drafted"
    assert client.post(page, {"step": "approve", "total": "$5.25"}).status_code == 302
    assert client.post(page, {"step": "approve", "total": "5.25"}).status_code == 302

    assert "Send the run" in words(client.get(page))
    assert client.post(page, {"step": "send"}).status_code == 302
    assert client.post(page, {"step": "send"}).status_code == 302
    assert Job.objects.filter(name="payruns.send").count() == 1
    assert "0 of 1 payments are sent" in words(client.get(page))
    send_waiting(at=LATER)
    issue_statements(at=LATER)

    seen = words(client.get(page))
    file = PaymentFile.objects.get()
    assert f"/ops/payment-files/{file.number}.csv" in seen
    assert seen.count("button-primary") == 1
    assert "HD-2026-000001" in words(client.get(f"{page}statements/"))
    assert client.get("/ops/statements/HD-2026-000001.pdf").content.startswith(b"%PDF")
    empty = words(client.post(page, {"step": "confirm", "bank_reference": ""}), 422)
    assert "Type the bank’s reference." in empty
    assert client.post(page, {"step": "confirm", "bank_reference": "BNK-7"}).status_code == 302
    done = words(client.get(page))
    assert "This run is done" in done
    assert "BNK-7" in done
    assert "button-primary" not in done


def test_a_page_waits_for_the_check_of_the_books_and_looks_by_itself(client, drafted, pavel):
    page, now = f"{LIST}{drafted.pk}/", f"{LIST}now/{drafted.pk}/"
    client.force_login(pavel)
    seen = words(client.get(page))
    assert f'data-live="{now}"' in seen
    assert 'value="approve"' not in seen
    assert "Look again" in words(client.get(now))
    show_again(client)
    answer = client.post(page, {"step": "approve", "total": "5.25"})
    assert "The books are being checked; that takes a minute. Then approve." in words(answer, 409)
    assert PayRun.objects.get().status == "drafted"
    check_books(at=LATER)
    assert client.get(now).status_code == 205
    assert "data-live" not in words(client.get(page))
    assert client.get(f"{LIST}now/4711/").status_code == 404


def test_nobody_approves_their_own_draft_by_sending_the_form(client, drafted):
    show_again(client)
    answer = client.post(f"{LIST}{drafted.pk}/", {"step": "approve", "total": "5.25"})
    assert "You drafted this run" in words(answer, 409)
    assert PayRun.objects.get().status == "drafted"


def test_a_run_is_cancelled_with_a_reason(client, drafted):
    page = f"{LIST}{drafted.pk}/"
    assert "Say why the run is cancelled." in words(client.post(page, {"step": "cancel"}), 422)
    assert client.post(page, {"step": "cancel", "reason": "Wrong week"}).status_code == 302
    assert "This run was cancelled" in words(client.get(page))


def test_nothing_to_pay_is_a_sentence_by_the_form(client, olga):
    client.force_login(olga)
    assert "No pay run yet" in words(client.get(LIST))
    assert "Nothing is due up to" in words(client.post(LIST, {"through": str(DAY)}), 409)
    assert "Enter a valid date." in words(client.post(LIST, {"through": "soon"}), 422)
    assert not PayRun.objects.exists()


def test_changes_and_held_shops_are_shown_before_approval(client, olga, pavel, shop):
    rateless = make_shop("Rateless")
    pay(olga, pavel)
    make_delivery(shop=shop)
    make_delivery(shop=rateless)
    client.force_login(olga)
    client.post(LIST, {"through": str(DAY)})
    page = words(client.get(f"{LIST}{PayRun.objects.first().pk}/"))
    assert "Deliveries without a fee: agree a rate first" in page
    assert "−$3.50" in page


def test_an_unknown_step_or_run_changes_nothing(client, drafted):
    words(client.post(f"{LIST}{drafted.pk}/", {"step": "mend"}), 422)
    assert client.get(f"{LIST}4711/").status_code == 404
    assert client.get(f"{LIST}4711/statements/").status_code == 404
    assert PayRun.objects.get().status == "drafted"


def test_a_zone_is_chosen_where_the_network_has_several(client, olga, shop):
    client.force_login(olga)
    assert "All time zones" not in words(client.get(LIST))
    earn(make_shop("Zed's", station=make_station("WDC", zone="America/New_York")), 1)
    assert "All time zones" in words(client.get(LIST))
    wrong = {"through": str(DAY), "zone": "Europe/Paris"}
    assert "is not one of the available choices" in words(client.post(LIST, wrong), 422)
    client.post(LIST, wrong | {"zone": "America/New_York"})
    run = PayRun.objects.get()
    assert (run.zone, run.shops) == ("America/New_York", 1)
    assert "shops in the time zone America/New_York earned" in words(client.get(f"{LIST}{run.pk}/"))
    client.post(LIST, wrong | {"zone": ""})
    assert PayRun.objects.first().zone == ""


def test_people_who_only_approve_do_not_draft(client, pavel, shop):
    client.force_login(pavel)
    assert "Draft a run" not in words(client.get(LIST))
    assert client.post(LIST, {"through": str(DAY)}).status_code == 404
    assert not PayRun.objects.exists()


def test_the_payment_file_is_for_finance_and_complete_files_only(client, drafted, pavel):
    page = f"{LIST}{drafted.pk}/"
    client.force_login(pavel)
    show_again(client)
    check_books(at=LATER)
    client.post(page, {"step": "approve", "total": "5.25"})
    client.post(page, {"step": "send"})
    send_waiting(at=LATER)
    file = PaymentFile.objects.get()
    answer = client.get(f"/ops/payment-files/{file.number}.csv")
    assert answer.content.decode().splitlines() == [
        "reference,payee_reference,payee_name,amount,currency,memo",
        f"{file.number}-000001,rosas-bodega,Rosa's Bodega,5.25,USD,"
        f"Hub Delivery {drafted.pk} rosas-bodega",
    ]
    assert client.get("/ops/payment-files/PF-2020-00001.csv").status_code == 404
    client.force_login(make_staff("Kim", "dispatcher"))
    for address in (f"/ops/payment-files/{file.number}.csv", LIST, page, f"{page}statements/"):
        assert client.get(address).status_code == 404
    client.logout()
    for address in (f"/ops/payment-files/{file.number}.csv", LIST, page):
        assert client.get(address).status_code == 302


def test_a_formula_in_a_shops_name_is_only_text(olga, pavel):
    from payouts.providers.documents import payment_csv
    from payouts.providers.queries import lines_of

    earn(make_shop('=HYPERLINK("x")', slug="sly"))
    pay(olga, pavel)
    assert "'=HYPERLINK" in payment_csv(lines_of(PaymentFile.objects.get())).decode()


def test_a_page_of_a_run_costs_the_same_for_many_shops(
    client, olga, shop, django_assert_max_num_queries
):
    for number in range(8):
        earn(make_shop(f"Shop {number}"), 1)
    client.force_login(olga)
    client.post(LIST, {"through": str(DAY)})
    with django_assert_max_num_queries(40):
        client.get(f"{LIST}{PayRun.objects.get().pk}/")
