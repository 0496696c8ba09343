"""Staff see what a file would do, then load that very file."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hubshops.packages.actions import ingest_feed
from hubshops.packages.models import FeedBatch, FeedUpload, Package
from hubshops.packages.rules import State
from kernel.audit.models import Decision
from kernel.jobs.models import Job
from payouts.rates.actions import agree_rate
from tests.factories import (
    MORNING,
    make_batch,
    make_member,
    make_package,
    make_person,
    make_shop,
    make_staff,
    make_station,
)

pytestmark = pytest.mark.django_db
HEADER = "tracking_id,recipient_name,address1,postal_code,latitude,longitude\n"
GOOD = HEADER + "A1,Ines Bell,12 Oak St,72701,36.08,-94.17\nA2,Bo Lind,14 Oak St,72701,,\n"
MIXED = GOOD + "A3,,16 Oak St,72701,36.08,-94.17\n"
DAY = "2026-11-23"


@pytest.fixture
def station():
    return make_station()


@pytest.fixture
def olga(client, station):
    user = make_staff("Olga")
    client.force_login(user)
    return user


def send(client, station, content=MIXED, day=DAY, name="feed.csv"):
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    data = {"station": station.pk, "service_day": day, "file": file}
    return client.post(reverse("intake:feeds"), data)


def read(client, answer) -> str:
    """The page a browser ends on."""
    return client.get(answer.url, follow=True).content.decode()


def at(name: str, upload=None) -> str:
    return reverse(f"intake:{name}", args=[(upload or FeedUpload.objects.get()).pk])


def load(client, **data):
    upload = FeedUpload.objects.get()
    return client.post(at("load"), {"look": upload.looks} | data, follow=True)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to("2026-11-22T15:00:00+00:00")


def test_a_file_is_shown_before_anything_is_loaded(client, station, olga):
    answer = send(client, station)

    upload = FeedUpload.objects.get()
    assert answer.url == at("feed")
    assert (upload.status, upload.received_by, upload.batch) == ("looked_at", olga, None)
    page = read(client, answer)
    assert "Nothing was loaded yet." in page
    assert "There is no recipient name." in page
    assert "Load 2 new, 0 changed" in page
    assert not Package.objects.exists()
    assert not FeedBatch.objects.exists()


def test_loading_takes_the_very_bytes_that_were_shown(client, station, olga):
    send(client, station)
    page = load(client).content.decode()

    batch = FeedBatch.objects.get()
    assert batch.pk == FeedUpload.objects.get().pk
    assert (batch.accepted, len(batch.rejected), batch.loaded_by) == (2, 1, olga)
    assert Package.objects.filter(batch=batch).count() == 2
    assert Decision.objects.get(action="load_feed").by == olga
    assert "There is no recipient name." in page
    assert "Plan this day" in page


def test_the_second_click_loads_nothing_twice(client, station, olga):
    send(client, station)
    load(client)

    answer = load(client)

    assert answer.status_code == 200
    assert FeedBatch.objects.count() == 1
    assert Package.objects.count() == 2


def test_what_was_not_seen_is_not_loaded(client, station, olga):
    send(client, station)

    page = load(client, look=7).content.decode()

    assert "Somebody looked at this file again." in page
    assert not Package.objects.exists()


def test_a_day_that_moved_meanwhile_is_shown_again(client, station, olga):
    send(client, station)
    other = HEADER + "A1,Ines Bell,12 Oak St,72701,36.08,-94.17\n"
    ingest_feed(
        station=station,
        service_day=FeedUpload.objects.get().service_day,
        content=other.encode(),
        at=MORNING,
    )

    page = load(client).content.decode()

    assert "The day moved while you looked" in page
    assert "Load 1 new, 0 changed" in page
    assert Package.objects.count() == 1
    load(client)
    assert Package.objects.count() == 2


def test_the_same_file_again_leads_to_what_was_loaded(client, station, olga):
    send(client, station)
    load(client)

    answer = send(client, station)

    page = read(client, answer)
    assert "You sent the very file that is loaded." in page
    assert "Loaded today 9:00 am" in page
    assert FeedBatch.objects.count() == 1


def test_a_file_put_aside_is_kept_and_can_be_sent_again(client, station, olga):
    send(client, station)

    answer = client.post(at("put_aside"), follow=True)

    assert "feed.csv was put aside" in answer.content.decode()
    assert FeedUpload.objects.get().status == "put_aside"
    assert "was put aside" in client.get(at("feed")).content.decode()
    assert "Load 2 new" in read(client, send(client, station))
    assert FeedUpload.objects.count() == 1


def test_a_broken_reader_keeps_the_file_and_says_so(client, station, olga, monkeypatch):
    def broken(content, **_):
        raise RecursionError("deep inside")

    monkeypatch.setattr("hubshops.packages.actions.feeds.read_feed", broken)

    page = read(client, send(client, station))

    assert "We could not read this file." in page
    upload = FeedUpload.objects.get()
    assert upload.status == "refused"
    assert bytes(upload.content) == MIXED.encode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (HEADER, "The file has a header and no rows."),
        ("\x00\x01\x02PNG", "This is not UTF-8 text."),
    ],
)
def test_a_file_that_is_no_feed_is_refused_with_its_reason(
    client, station, olga, content, sentence
):
    page = read(client, send(client, station, content))

    assert sentence in page
    assert FeedUpload.objects.get().status == "refused"
    assert not FeedBatch.objects.exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"content": ""}, "The file is empty."),
        ({"day": "2062-11-23"}, "more than a year away"),
        ({"day": "soon"}, "Write the day like 2026-11-20."),
    ],
)
def test_a_form_filled_in_wrong_is_refused_by_its_field(client, station, olga, data, sentence):
    answer = send(client, station, **data)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not FeedUpload.objects.exists()


def test_a_file_too_large_is_refused(client, station, olga, settings):
    settings.FEED_MAX_BYTES = 20
    answer = send(client, station)
    assert answer.status_code == 422
    assert "Split it" in answer.content.decode()


# --- Columns -------------------------------------------------------------------------------------

FOREIGN = "Tracking Number,recipient_name,Street,postal_code,colour\nA1,Ines,12 Oak St,72701,red\n"


def answer_columns(client, *answers):
    data = {f"column_{number}": answer for number, answer in enumerate(answers)}
    return client.post(at("columns"), data, follow=True)


def test_unknown_columns_are_asked_for_with_a_guess(client, station, olga):
    answer = client.get(send(client, station, FOREIGN).url)

    assert answer.url == at("columns")
    page = client.get(answer.url).content.decode()
    assert "Tracking Number" in page
    assert '<option value="tracking_id" selected>' in page
    assert '<option value="postal_code"' not in page


def test_what_was_said_is_remembered_for_the_station(client, station, olga):
    send(client, station, FOREIGN)

    page = answer_columns(client, "tracking_id", "address1", "-").content.decode()

    assert "Load 1 new, 0 changed" in page
    assert "How the columns are read" in page
    assert "<dd>Tracking id</dd>" in page
    known = dict(station.column_mappings.values_list("header", "column"))
    assert known == {"tracking_number": "tracking_id", "street": "address1", "colour": ""}
    load(client)
    FeedUpload.objects.all().delete()
    page = read(client, send(client, station, FOREIGN.replace("A1", "A2")))
    assert "How the columns are read" in page
    assert "Load 1 new, 0 changed" in page


def test_what_was_said_can_be_changed(client, station, olga):
    send(client, station, FOREIGN)
    answer_columns(client, "tracking_id", "address1", "-")

    answer_columns(client, "tracking_id", "address1", "instructions")
    load(client)

    assert Package.objects.get().instructions == "red"


def test_two_columns_are_never_the_same_one(client, station, olga):
    send(client, station, FOREIGN)

    answer = answer_columns(client, "tracking_id", "tracking_id", "-")

    assert answer.status_code == 422
    assert "is chosen for this already" in answer.content.decode()
    assert not station.column_mappings.exists()


def test_a_missing_column_stays_missing_and_can_be_said_anew(client, station, olga):
    send(client, station, FOREIGN)

    page = answer_columns(client, "-", "address1", "-").content.decode()

    assert "The header lacks these columns: tracking_id." in page
    assert "Change this" in page
    assert "Load 1 new" in answer_columns(client, "tracking_id", "address1", "-").content.decode()


# --- The whole list ------------------------------------------------------------------------------


def test_the_whole_list_shows_what_it_withdraws_before_it_does(client, station, olga):
    gone = make_package(station=station, day=DAY, tracking_id="GONE-1")
    send(client, station)
    assert "Load 2 new, 0 changed" in client.get(at("feed")).content.decode()

    page = client.post(at("look"), {"is_whole_list": "on"}, follow=True).content.decode()

    assert "1 package of the day is not in this file." in page
    assert "GONE-1" in page
    assert "Load 2 new, 0 changed; withdraw 1" in page
    gone.refresh_from_db()
    assert gone.state == State.ANNOUNCED
    load(client)
    gone.refresh_from_db()
    assert gone.state == State.CANCELLED


# --- Money ---------------------------------------------------------------------------------------


def test_the_dry_run_says_what_the_packages_earn(client, station, olga):
    agree_rate(station=station, amount_cents=250, first_day=MORNING.date(), at=MORNING)
    page = read(client, send(client, station))
    assert "New packages: $5.00 at the station's fee of $2.50." in page


def test_own_fees_make_the_sum_about_right(client, station, olga):
    agree_rate(station=station, amount_cents=250, first_day=MORNING.date(), at=MORNING)
    shop = make_shop(station=station)
    agree_rate(shop=shop, amount_cents=300, first_day=dt.date(2026, 11, 21), at=MORNING)
    page = read(client, send(client, station))
    assert "New packages: about $5.00 at the station's fee of $2.50." in page
    assert "1 shop has a fee of its own" in page


def test_without_a_fee_nothing_is_promised(client, station, olga):
    assert "no fee for this day yet" in read(client, send(client, station))


# --- Undo ----------------------------------------------------------------------------------------


def test_a_load_is_undone_until_somebody_used_it(client, station, olga):
    send(client, station)
    load(client)

    page = client.post(at("undo"), follow=True).content.decode()

    assert "2 packages are off the list again" in page
    assert "This load was undone" in page
    assert set(Package.objects.values_list("state", flat=True)) == {State.CANCELLED}
    undo = FeedBatch.objects.get(undoes__isnull=False)
    assert (undo.version, undo.withdrawn) == (2, 2)
    assert Decision.objects.get(action="undo_load").by == olga
    again = client.post(at("undo"), follow=True).content.decode()
    assert "can&#x27;t be undone" in again
    assert FeedBatch.objects.count() == 2


def test_what_was_undone_can_be_loaded_after_all(client, station, olga):
    send(client, station)
    load(client)
    client.post(at("undo"))

    page = read(client, send(client, station))

    assert "Load 2 new, 0 changed" in page
    load(client)
    assert set(Package.objects.values_list("state", flat=True)) == {State.ANNOUNCED}


# --- Large files ---------------------------------------------------------------------------------


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr("hubshops.packages.actions.uploads.LARGE_BYTES", 10)


def test_a_large_file_is_read_and_loaded_by_jobs(client, station, olga, large):
    from hubshops.packages import tasks

    page = read(client, send(client, station))
    upload = FeedUpload.objects.get()
    assert (upload.status, upload.report) == ("received", None)
    assert "The file is being read" in page
    job = Job.objects.get()
    assert (job.name, job.args["upload_id"]) == ("packages.look", upload.pk)
    assert client.get(at("progress")).status_code == 200
    tasks.look(**job.args)
    assert client.get(at("progress")).status_code == 205
    assert "Load 2 new" in client.get(at("feed")).content.decode()

    page = load(client).content.decode()
    assert "The file is being loaded" in page
    assert not Package.objects.exists()
    tasks.load(**Job.objects.get(name="packages.load").args)
    assert Package.objects.count() == 2
    assert "Plan this day" in client.get(at("feed")).content.decode()


def test_the_page_tells_how_far_the_work_is(client, station, olga, large):
    from kernel.progress import teller

    send(client, station)
    teller(f"feed:{FeedUpload.objects.get().pk}")(1200, 4000)
    page = client.get(at("progress")).content.decode()
    assert "1,200 of 4,000 rows" in page
    assert '<progress value="1200" max="4000"' in page


# --- Lists ---------------------------------------------------------------------------------------


def test_work_that_does_not_end_says_so(client, station, olga, large, time_machine):
    send(client, station)
    time_machine.move_to("2026-11-22T15:11:00+00:00")
    assert "This takes longer than it should" in client.get(at("feed")).content.decode()


def test_refused_files_stay_in_sight(client, station, olga):
    send(client, station, HEADER, name="odd.csv")
    page = client.get(reverse("intake:feeds")).content.decode()
    assert "odd.csv" in page
    assert "Refused" in page


def test_refused_rows_can_be_taken_away_to_mend(client, station, olga):
    send(client, station, GOOD + "A4,=1+1,,72701,,\n")
    before = client.get(at("refused")).content.decode()
    load(client)

    answer = client.get(at("refused"))

    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content.decode() == before
    assert "There is no street" in before
    assert "'=1+1" in before


def test_names_are_shown_as_text_not_as_markup(client, station, olga):
    content = GOOD + "<script>alert(1)</script>é,X,Y,72701,,\n"
    page = read(client, send(client, station, content))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_history_lists_what_was_loaded(client, station, olga, django_assert_max_num_queries):
    for _number in range(30):
        make_batch(station)
    newest = make_batch(make_station("NSH"), MORNING.date())
    with django_assert_max_num_queries(9):
        page = client.get(reverse("intake:feeds")).content.decode()
    assert at("feed", newest) in page
    page = client.get(reverse("intake:feeds"), {"station": "FAY"}).content.decode()
    assert at("feed", newest) not in page
    page = client.get(reverse("intake:feeds"), {"day": "2026-01-01"}).content.decode()
    assert "No feed fits" in page


NAMES = ["feeds", "feed", "progress", "columns", "look", "load", "put_aside", "undo", "refused"]


@pytest.mark.parametrize("name", NAMES)
def test_strangers_find_no_such_page(client, station, name):
    url = reverse(f"intake:{name}", args=[] if name == "feeds" else [1])
    assert client.get(url).status_code == 302  # to sign in
    client.force_login(make_member(make_shop(station=station), "Rosa"))
    assert client.get(url).status_code == 404
    client.force_login(make_staff("Pavel", "finance_approver"))
    assert client.get(url).status_code == 404
    client.force_login(make_person("Zed"))
    assert client.post(url).status_code == 404


@pytest.mark.parametrize("name", NAMES[1:])
def test_a_feed_that_never_was_is_no_crash(client, station, olga, name):
    url = reverse(f"intake:{name}", args=[987_654_321])
    assert client.get(url, follow=True).status_code in (404, 405)
    assert client.post(url, follow=True).status_code in (404, 405, 200)
