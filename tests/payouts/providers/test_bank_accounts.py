"""Bank accounts are sealed; a file in the banks' format pays to them; what comes back is owed."""

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel.audit.models import Decision
from kernel.notifications.models import Mail
from kernel.sealed import CannotOpen, open_sealed, seal
from payouts.payruns.actions import ReadBack, confirm_returns, keep_returns, throw_returns_away
from payouts.payruns.actions.booking import MayNotHandle
from payouts.payruns.actions.returning import FileIsDecided
from payouts.payruns.actions.second_person import ConfirmedByAnother as ByAnother
from payouts.payruns.models import ReturnFile, Transfer, TransferReversal
from payouts.providers.actions import (
    bank_format,
    confirm_bank_details,
    decide_notice,
    set_bank_details,
)
from payouts.providers.actions.bank_accounts import (
    AccountIsNew,
    BankFormatIsOff,
    ConfirmedByAnother,
    NoBankAccount,
    NoticeIsDecided,
    WrongAccount,
    WrongRouting,
)
from payouts.providers.feeds.nacha import trace_number
from payouts.providers.models import (
    BankDetails,
    BankNotice,
    LineAccount,
    PaymentFile,
    PaymentLine,
    PayoutAccount,
)
from payouts.providers.queries import NoReturnFile
from payouts.statements.actions import check_books, issue_statements
from payouts.statements.models import Statement
from payouts.statements.queries import next_payout, replay_statement, year_of_shop
from tests.factories import DAY, make_member, make_shop, make_staff, show_again
from tests.payouts.helpers import LATER, earn, make_olga, make_pavel, pay, refused_by
from tests.payouts.providers.test_nacha import answer, entry_back, noticed, returned

pytestmark = pytest.mark.django_db
BANK = "091000019"
NUMBER = "123456789"


@pytest.fixture(autouse=True)
def our_bank(settings):
    settings.ACH_BANK_ROUTING = BANK
    settings.ACH_BANK_NAME = "First Bank"
    settings.ACH_COMPANY_ID = "1234567890"
    settings.ACH_COMPANY_NAME = "Hub Delivery"
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def staff():
    return make_olga(), make_pavel()


@pytest.fixture
def shop():
    return make_shop()


def enter(shop, by, **told) -> BankDetails:
    """Where a shop's money goes."""
    given = {"routing_number": "011000015", "account_number": NUMBER, "is_savings": False} | told
    return set_bank_details(shop=shop, by=by, at=LATER, **given)


def enter_by_two(shop, staff, **told) -> BankDetails:
    """Entered by one person and confirmed by another."""
    enter(shop, staff[0], **told)
    return confirm_bank_details(shop=shop, by=staff[1], at=LATER)


def send(shop, staff, packages: int = 3) -> PaymentLine:
    """One payment in a closed file."""
    earn(shop, packages)
    pay(*staff)
    return PaymentLine.objects.get()


def test_a_number_is_sealed_and_shown_as_its_last_four(shop, staff, client):
    details = enter(shop, staff[0], account_number="1234-567 89")
    assert NUMBER not in details.sealed_number
    assert open_sealed(details.sealed_number) == NUMBER
    assert PayoutAccount.objects.get().bank_last4 == "6789"
    assert not Decision.objects.filter(facts__icontains=NUMBER).exists()
    client.force_login(staff[0])
    page = client.get("/ops/bank-accounts/").content.decode()
    assert "…6789" in page
    assert NUMBER not in page


def test_what_was_sealed_with_another_key_cannot_be_opened(settings):
    settings.SEALING_KEYS = ["a" * 32]
    token = seal("secret")
    settings.SEALING_KEYS = ["b" * 32, "a" * 32]
    assert open_sealed(token) == "secret"
    settings.SEALING_KEYS = ["b" * 32]
    with pytest.raises(CannotOpen):
        open_sealed(token)


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"routing_number": "011000016"}, WrongRouting),
        ({"account_number": "12"}, WrongAccount),
        ({"account_number": "1" * 18}, WrongAccount),
    ],
)
def test_numbers_that_cannot_be_are_refused(shop, staff, told, refusal):
    with pytest.raises(refusal):
        enter(shop, staff[0], **told)
    assert not BankDetails.objects.exists()


def test_a_file_comes_in_the_banks_format_the_same_every_time(shop, staff):
    enter_by_two(shop, staff)
    line = send(shop, staff)
    file = PaymentFile.objects.get()
    first = bank_format(file=file, by=staff[0], at=LATER)
    records = first.decode().split("\r\n")
    assert len(records) == 11
    assert f"0000000525L{line.pk}" in records[2].replace(" ", "")
    assert records[1][69:75] == "261123"  # Friday evening: the Monday after
    enter(shop, staff[0], account_number="999999999")
    again = bank_format(file=file, by=staff[1], at=LATER + dt.timedelta(days=5))
    assert again == first
    with refused_by("append-only") as cursor:
        cursor.execute("UPDATE line_account SET last4 = '0000'")


def test_a_file_with_a_payee_without_an_account_is_not_written(shop, staff):
    send(shop, staff)
    with pytest.raises(NoBankAccount, match="Rosa's Bodega"):
        bank_format(file=PaymentFile.objects.get(), by=staff[0], at=LATER)
    assert not LineAccount.objects.exists()


def test_without_our_own_bank_there_is_no_such_file(shop, staff, settings):
    settings.ACH_BANK_ROUTING = ""
    send(shop, staff)
    with pytest.raises(BankFormatIsOff):
        bank_format(file=PaymentFile.objects.get(), by=staff[0], at=LATER)


def written(shop, staff) -> tuple[PaymentLine, str]:
    """A payment that went to the bank, and its trace number."""
    enter_by_two(shop, staff)
    line = send(shop, staff)
    bank_format(file=PaymentFile.objects.get(), by=staff[0], at=LATER)
    issue_statements(at=LATER)
    return line, trace_number(BANK, line.pk)


def read(content: bytes, staff) -> ReadBack:
    """Olga reads a file in, Pavel confirms it."""
    file, _is_new = keep_returns(content=content, by=staff[0], at=LATER)
    return confirm_returns(file_id=file.pk, by=staff[1], at=LATER)


@pytest.mark.parametrize(("code", "is_held"), [("R01", False), ("R03", True), ("R04", True)])
def test_a_payment_that_came_back_is_owed_again_and_paid_again(shop, staff, code, is_held):
    _line, trace = written(shop, staff)
    content = answer((entry_back(cents=525), returned(code, trace)))
    file, _is_new = keep_returns(content=content, by=staff[0], at=LATER)
    assert not TransferReversal.objects.exists()
    assert next_payout(shop, today=DAY).total_cents == 0
    found = confirm_returns(file_id=file.pk, by=staff[1], at=LATER)
    assert (found.returned, found.cents, found.strange) == (1, 525, ())
    assert TransferReversal.objects.get().status == "done"
    assert next_payout(shop, today=DAY).total_cents == 525
    assert bool(PayoutAccount.objects.get().hold_reason) is is_held
    assert keep_returns(content=content, by=staff[1], at=LATER) == (file, False)
    with pytest.raises(FileIsDecided):
        confirm_returns(file_id=file.pk, by=staff[1], at=LATER)
    again = read(content + b"\n", staff)  # other bytes, the same payment
    assert (again.returned, again.known) == (0, 1)
    assert TransferReversal.objects.count() == 1
    assert year_of_shop(shop, 2026).cents == 0
    assert check_books(at=LATER).is_clean
    if not is_held:
        pay(*staff, at=LATER + dt.timedelta(days=7), through=DAY + dt.timedelta(days=7))
        issue_statements(at=LATER + dt.timedelta(days=7))
        assert Transfer.objects.count() == 2
        assert all(replay_statement(one).is_clean for one in Statement.objects.all())


def test_what_is_about_no_payment_of_ours_is_told_and_books_nothing(shop, staff):
    _line, trace = written(shop, staff)
    pairs = [
        (entry_back(cents=525), returned("R01", "091000019999999")),
        (entry_back(cents=526), returned("R01", trace)),
        (entry_back(cents=525), returned("R01", "011000010000001")),
    ]
    found = read(answer(*pairs), staff)
    assert (found.returned, len(found.strange)) == (0, 3)
    assert not TransferReversal.objects.exists()


def test_a_file_that_is_cut_off_books_nothing(shop, staff):
    _line, trace = written(shop, staff)
    content = answer((entry_back(cents=525), returned("R01", trace)))
    with pytest.raises(NoReturnFile, match="cut off"):
        keep_returns(content=content[:480], by=staff[0], at=LATER)
    with pytest.raises(MayNotHandle):
        keep_returns(content=content, by=make_staff("Kim", "support"), at=LATER)
    assert not ReturnFile.objects.exists()


def test_one_person_alone_makes_no_paid_money_owed_again(shop, staff):
    _line, trace = written(shop, staff)
    content = answer((entry_back(cents=525), returned("R03", trace)))
    file, is_new = keep_returns(content=content, by=staff[0], at=LATER)
    assert is_new
    assert trace not in file.sealed_content
    with pytest.raises(ByAnother, match="another person"):
        confirm_returns(file_id=file.pk, by=staff[0], at=LATER)
    with pytest.raises(MayNotHandle):
        confirm_returns(file_id=file.pk, by=make_staff("Kim", "support"), at=LATER)
    assert not TransferReversal.objects.exists()
    assert PayoutAccount.objects.get().hold_reason == ""
    throw_returns_away(file_id=file.pk, by=staff[0], at=LATER)
    with pytest.raises(FileIsDecided):
        confirm_returns(file_id=file.pk, by=staff[1], at=LATER)
    again, is_new = keep_returns(content=content, by=staff[0], at=LATER)
    assert is_new
    assert again != file
    assert confirm_returns(file_id=again.pk, by=staff[1], at=LATER).cents == 525


@pytest.mark.parametrize(
    ("law", "statement"),
    [
        (
            "return_file_confirmed_by_another_person",
            "UPDATE return_file SET confirmed_at = now(), confirmed_by_id = asked_by_id",
        ),
        ("return_file_confirmed_or_thrown_away", "UPDATE return_file SET thrown_away_at = now()"),
        ("return_file_stays|stays as it was", "UPDATE return_file SET digest = 'x'"),
        ("never deleted", "DELETE FROM return_file"),
        (
            "return_file_once",
            "INSERT INTO return_file (digest, sealed_content, asked_at, asked_by_id)"
            " SELECT digest, sealed_content, asked_at, asked_by_id FROM return_file",
        ),
        (
            "return_booked_after_a_second_person|another person confirmed its file",
            "INSERT INTO transfer_reversal (transfer_id, amount_cents, key, key_version, status,"
            " reason, asked_at, attempts, provider_reference, error, return_file_id)"
            " SELECT t.id, 1, 'return:1', 1, 'ready', 'R01', now(), 0, '', '', f.id"
            " FROM transfer t, return_file f",
        ),
    ],
)
def test_the_laws_of_files_of_returns_hold_in_sql(shop, staff, law, statement):
    _line, trace = written(shop, staff)
    content = answer((entry_back(cents=525), returned("R03", trace)))
    keep_returns(content=content, by=staff[0], at=LATER)
    with refused_by(law) as cursor:
        cursor.execute(statement)


def test_a_notice_of_change_waits_for_a_person(shop, staff, client):
    _line, trace = written(shop, staff)
    content = answer((entry_back(cents=0), noticed("C03", "021000021   555666777", trace)))
    assert read(content, staff).notices == 1
    notice = BankNotice.objects.get()
    assert "555666777" not in notice.sealed_number
    assert BankDetails.objects.get().routing_number == "011000015"
    client.force_login(staff[0])
    page = client.get("/ops/bank-accounts/").content.decode()
    assert "C03: Routing number and account number are others" in page
    client.post(f"/ops/bank-accounts/notices/{notice.pk}/", {"do": "take"})
    details = BankDetails.objects.get()
    assert (details.routing_number, details.last4) == ("021000021", "6777")
    assert open_sealed(details.sealed_number) == "555666777"
    with pytest.raises(NoticeIsDecided):
        decide_notice(notice_id=notice.pk, take=False, by=staff[0], at=LATER)


def test_a_notice_may_be_left_aside(shop, staff):
    _line, trace = written(shop, staff)
    read(answer((entry_back(cents=0), noticed("C05", "32", trace))), staff)
    decide_notice(notice_id=BankNotice.objects.get().pk, take=False, by=staff[0], at=LATER)
    assert BankDetails.objects.get().is_savings is False
    with refused_by("bank_notice_decided_by_a_person") as cursor:
        cursor.execute("UPDATE bank_notice SET decided_by_id = NULL")


def test_staff_enter_take_and_read_on_pages(shop, staff, client):
    client.force_login(staff[0])
    typed = {"routing_number": "011000016", "account_number": NUMBER}
    url = f"/ops/bank-accounts/{shop.slug}/"
    assert client.post(url, typed).url.startswith("/account/reauthenticate/")
    show_again(client)
    assert "This is no routing number" in client.post(url, typed).content.decode()
    assert client.post(url, typed | {"routing_number": "011000015"}).status_code == 302
    confirm_bank_details(shop=shop, by=staff[1], at=LATER)
    line = send(shop, staff)
    number = PaymentFile.objects.get().number
    taken = client.get(f"/ops/payment-files/{number}.ach")
    assert taken.content.startswith(b"101 091000019")
    assert taken.headers["Content-Disposition"] == f'attachment; filename="{number}.ach"'
    content = answer((entry_back(cents=525), returned("R02", trace_number(BANK, line.pk))))
    file = SimpleUploadedFile("back.ach", content)
    page = client.post("/ops/bank-returns/", {"file": file}).url
    seen = client.get(page).content.decode()
    assert "R02: The account is closed" in seen
    assert "owed again, and payouts are held" in seen
    assert "Another person confirms" in seen
    assert "You asked for this" in client.post(page, {"do": "confirm"}).content.decode()
    assert not TransferReversal.objects.exists()
    client.force_login(staff[1])
    assert "waits for another person" in client.get("/ops/bank-returns/").content.decode()
    assert client.post(page, {"do": "confirm"}).url.startswith("/account/reauthenticate/")
    show_again(client)
    assert client.post(page, {"do": "confirm"}).url == page
    assert "$5.25 is owed to its shops again" in client.get(page).content.decode()
    assert "Somebody decided about this file" in client.post(page).content.decode()
    again = SimpleUploadedFile("back.ach", content)
    assert client.post("/ops/bank-returns/", {"file": again}).url == page
    assert "R02: The account is closed" in client.get("/ops/bank-returns/").content.decode()
    bad = SimpleUploadedFile("back.csv", b"a,b")
    assert client.post("/ops/bank-returns/", {"file": bad}).status_code == 422
    client.force_login(make_member(shop, "Rosa"))
    deposit = client.get(f"/shop/earnings/deposits/{Transfer.objects.get().pk}/").content.decode()
    assert "$5.25 of it came back" in deposit
    assert "The account is closed" in deposit


@pytest.mark.parametrize("address", ["/ops/bank-accounts/", "/ops/bank-returns/"])
def test_only_people_of_finance_see_accounts(client, shop, address):
    for person in [make_staff("Kim", "support"), make_member(shop, "Rosa")]:
        client.force_login(person)
        assert client.get(address).status_code in (403, 404)


def test_no_money_goes_to_an_account_that_one_person_alone_entered(shop, staff):
    rosa = make_member(shop, "Rosa")
    enter_by_two(shop, staff)
    send(shop, staff)
    enter(shop, staff[0], account_number="666666666")  # after the run was approved and sent
    file = PaymentFile.objects.get()
    with pytest.raises(NoBankAccount, match="another person confirm it"):
        bank_format(file=file, by=staff[0], at=LATER)
    with pytest.raises(ConfirmedByAnother):
        confirm_bank_details(shop=shop, by=staff[0], at=LATER)
    letters = Mail.objects.filter(to=rosa.email, subject__contains="bank account")
    assert "ends in 6666" in letters.latest("pk").body
    with refused_by("bank_details_confirmed_by_another_person") as cursor:
        cursor.execute("UPDATE bank_details SET confirmed_at = set_at, confirmed_by_id = set_by_id")
    confirm_bank_details(shop=shop, by=staff[1], at=LATER)
    with pytest.raises(AccountIsNew, match="Make the file after 2026-11-23 18:00 EST"):
        bank_format(file=file, by=staff[0], at=LATER)
    later = LATER + dt.timedelta(days=3)
    assert b"666666666" in bank_format(file=file, by=staff[0], at=later)


def test_a_second_person_confirms_on_the_page(shop, staff, client):
    enter(shop, staff[0])
    client.force_login(staff[0])
    assert "waits for another person" in client.get("/ops/bank-accounts/").content.decode()
    client.force_login(staff[1])
    url = f"/ops/bank-accounts/{shop.slug}/confirm/"
    assert url in client.get("/ops/bank-accounts/").content.decode()
    assert client.post(url).url.startswith("/account/reauthenticate/")
    show_again(client)
    client.post(url)
    assert BankDetails.objects.get().confirmed_by == staff[1]
