"""Staff see what a file would do, then load that very file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hubshops.packages.models import FeedBatch, FeedUpload, Package
from kernel.audit.models import Decision
from tests.factories import make_member, make_person, make_shop, make_staff, make_station

pytestmark = pytest.mark.django_db
HEADER = "tracking_id,recipient_name,address1,postal_code,latitude,longitude\n"
GOOD = HEADER + "A1,Ines Bell,12 Oak St,72701,36.08,-94.17\nA2,Bo Lind,14 Oak St,72701,,\n"
MIXED = GOOD + "A3,,16 Oak St,72701,36.08,-94.17\n"


@pytest.fixture
def station():
    return make_station()


@pytest.fixture
def olga(client, station):
    user = make_staff("Olga")
    client.force_login(user)
    return user


def send(client, station, content=MIXED, day="2026-11-23", name="feed.csv"):
    file = SimpleUploadedFile(name, content.encode())
    data = {"station": station.pk, "service_day": day, "file": file}
    return client.post(reverse("packages:feeds"), data)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to("2026-11-22T15:00:00+00:00")


def test_a_file_is_shown_before_anything_is_loaded(client, station, olga):
    answer = send(client, station)

    upload = FeedUpload.objects.get()
    assert answer.url == reverse("packages:upload", args=[upload.pk])
    page = client.get(answer.url).content.decode()
    assert "Nothing was loaded yet." in page
    assert "There is no recipient name. Write who gets the package." in page
    assert "Load 2 packages" in page
    assert not Package.objects.exists()
    assert not FeedBatch.objects.exists()


def test_loading_takes_the_very_bytes_that_were_shown(client, station, olga):
    upload_url = send(client, station).url
    upload = FeedUpload.objects.get()

    answer = client.post(reverse("packages:load", args=[upload.pk]))

    batch = FeedBatch.objects.get()
    assert answer.url == reverse("packages:batch", args=[batch.pk])
    assert (batch.accepted, len(batch.rejected), batch.loaded_by) == (2, 1, olga)
    assert Package.objects.filter(batch=batch).count() == 2
    assert not FeedUpload.objects.exists()
    assert Decision.objects.get(action="load_feed").by == olga
    page = client.get(answer.url).content.decode()
    assert "There is no recipient name. Write who gets the package." in page
    assert client.get(upload_url).url == reverse("packages:feeds")


def test_the_second_click_loads_nothing_twice(client, station, olga):
    send(client, station)
    upload = FeedUpload.objects.get()
    client.post(reverse("packages:load", args=[upload.pk]))

    answer = client.post(reverse("packages:load", args=[upload.pk]), follow=True)

    assert "loaded or put aside already" in answer.content.decode()
    assert FeedBatch.objects.count() == 1


def test_the_same_file_again_says_when_it_was_loaded(client, station, olga):
    send(client, station)
    client.post(reverse("packages:load", args=[FeedUpload.objects.get().pk]))

    page = client.get(send(client, station).url).content.decode()

    assert "Already loaded" in page
    assert "today 9:00 am" in page
    assert "There is nothing to load in it." in page


def test_a_file_put_aside_is_forgotten(client, station, olga):
    send(client, station)
    upload = FeedUpload.objects.get()

    answer = client.post(reverse("packages:discard", args=[upload.pk]), follow=True)

    assert "feed.csv was put aside" in answer.content.decode()
    assert not FeedUpload.objects.exists()


def test_a_file_older_than_a_day_is_forgotten(client, station, olga, time_machine):
    send(client, station)
    time_machine.move_to("2026-11-23T16:00:00+00:00")

    send(client, station, GOOD)

    assert FeedUpload.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "The file is empty."),
        (HEADER, "The file has a header and no rows."),
        ("a,b\n1,2\n", "The first line is not a header."),
        ("\x00\x01\x02PNG", "This is not UTF-8 text."),
        (
            "tracking_id,recipient_name\nA,B\n",
            "The header lacks these columns: address1, postal_code.",
        ),
    ],
)
def test_a_file_that_is_no_feed_is_refused_on_the_page(client, station, olga, content, sentence):
    answer = send(client, station, content)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not FeedUpload.objects.exists()


def test_a_year_mistyped_is_refused(client, station, olga):
    answer = send(client, station, day="2062-11-23")
    assert "more than a year away" in answer.content.decode()


def test_a_file_too_large_is_refused(client, station, olga, settings):
    settings.FEED_MAX_BYTES = 20
    answer = send(client, station)
    assert answer.status_code == 422
    assert "Split it" in answer.content.decode()


def test_refused_rows_can_be_taken_away_as_a_table(client, station, olga):
    send(client, station, GOOD + "A4,=1+1,,72701,,\n")
    client.post(reverse("packages:load", args=[FeedUpload.objects.get().pk]))

    answer = client.get(reverse("packages:complaints", args=[FeedBatch.objects.get().pk]))

    assert answer["Content-Disposition"].startswith("attachment")
    head, row = answer.content.decode().splitlines()
    assert head.startswith("line,field,found,reason,tracking_id,recipient_name,address1,")
    assert row == "4,address1,,There is no street. Write street and number.,A4,'=1+1,,,,,72701" + (
        "," * 12
    )


def test_names_are_shown_as_text_not_as_markup(client, station, olga):
    page = client.get(
        send(client, station, GOOD + "<script>alert(1)</script>é,X,Y,72701,,\n").url
    ).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_history_lists_what_was_loaded(client, station, olga, django_assert_max_num_queries):
    for number in range(30):
        FeedBatch.objects.create(
            station=station,
            service_day="2026-11-23",
            version=number + 1,
            fingerprint=str(number),
            file_name=f"f{number}.csv",
            loaded_at="2026-11-22T12:00:00Z",
        )
    with django_assert_max_num_queries(9):
        page = client.get(reverse("packages:feeds")).content.decode()
    assert "f29.csv" in page
    assert "f0.csv" not in page


@pytest.mark.parametrize("name", ["feeds", "upload", "load", "discard", "batch", "complaints"])
def test_strangers_find_no_such_page(client, station, name):
    url = reverse(f"packages:{name}", args=[] if name == "feeds" else [1])
    assert client.get(url).status_code == 302  # to sign in
    client.force_login(make_member(make_shop(station=station), "Rosa"))
    assert client.get(url).status_code == 404
    client.force_login(make_staff("Pavel", "finance_approver"))
    assert client.get(url).status_code == 404
    client.force_login(make_person("Zed"))
    assert client.post(url).status_code == 404
