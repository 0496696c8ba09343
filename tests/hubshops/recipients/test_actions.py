"""What recipients hear: once, the right thing, at a decent hour, or nothing."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from structlog.testing import capture_logs

from hubshops.deliveries.actions import record_acts
from hubshops.deliveries.models import Outcome
from hubshops.deliveries.queries import recipient_code
from hubshops.deliveries.rules import Act, ActKind
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from hubshops.recipients.actions import NotANumber, stop_texts, switch_texts, tell_recipients
from hubshops.recipients.actions.wording import LEFT
from hubshops.recipients.models import RecipientMessage, Silence, TextStop
from kernel.audit.models import Decision
from kernel.jobs.models import Job
from kernel.notifications.actions import deliver_text
from kernel.notifications.models import Text
from tests.factories import MORNING, make_member, make_package, make_packages, make_shop

pytestmark = pytest.mark.django_db
PHONE, NUMBER = "(479) 555-0123", "+14795550123"
LOADED = MORNING + dt.timedelta(hours=1)  # 10 am
LEFT_AT = MORNING + dt.timedelta(hours=5, minutes=40)  # 2:40 pm


def minutes(number):
    return dt.timedelta(minutes=number)


@pytest.fixture(autouse=True)
def _texts_are_on(settings):
    settings.TEXTS_URL = "console://"
    settings.SUPPORT_PHONE = "(555) 010-0100"


@pytest.fixture
def shop():
    shop = make_shop()
    switch(shop)
    return shop


@pytest.fixture
def rosa(shop):
    return make_member(shop, "Rosa")


@pytest.fixture
def package(shop):
    return make_package(shop=shop, state=State.AT_SHOP, phone=PHONE)


def switch(shop, is_on=True, language="en"):
    switch_texts(station=shop.station, is_on=is_on, language=language, at=MORNING, by=None)


def act(package, by, kind, at, *, heard=None, **words):
    """One act of a phone, heard at once unless said otherwise."""
    one = Act(uuid.uuid4(), ActKind(kind), package.tracking_id, at, **words)
    [receipt] = record_acts(shop=package.shop, by=by, acts=[one], at=heard or at)
    assert receipt.result == "recorded", receipt


def said():
    """The words of every text so far, in order."""
    return list(Text.objects.order_by("pk").values_list("body", flat=True))


def test_that_a_package_comes_today_is_said_with_the_shops_name_and_phone(package, rosa):
    act(package, rosa, "load", LOADED)
    assert tell_recipients(at=LOADED + minutes(1)) == 1
    assert said() == [
        "Rosa's Bodega brings your package today. Nothing to do. Questions: 479-555-0100."
        " No more texts: (555) 010-0100."
    ]
    text = Text.objects.get()
    assert (text.to, text.language) == (NUMBER, "en")
    assert text.send_before == LOADED + minutes(121)


def test_a_package_that_needs_a_code_brings_it_to_its_recipient(shop, rosa):
    package = make_package(shop=shop, state=State.AT_SHOP, phone=PHONE, requires="code")
    act(package, rosa, "load", LOADED)
    tell_recipients(at=LOADED)
    code = recipient_code(package)
    assert said()[0].startswith(
        "Rosa's Bodega brings your package today. Give this code to the person at your door:"
        f" {code}. Questions"
    )
    assert len(said()[0]) <= 160, "it fits into one text"
    act(package, rosa, "deliver", LEFT_AT, outcome="handed_to_resident")
    tell_recipients(at=LEFT_AT + minutes(10))
    assert code not in said()[1]


def test_a_delivery_is_told_with_place_and_time_once_nothing_can_be_undone(package, rosa):
    act(package, rosa, "deliver", LEFT_AT, outcome="front_door")
    assert tell_recipients(at=LEFT_AT + minutes(9)) == 0
    assert tell_recipients(at=LEFT_AT + minutes(10)) == 1
    assert said()[0].startswith("Rosa's Bodega left your package at the front door at 2:40 pm.")


@pytest.mark.parametrize("outcome", Outcome.values)
def test_every_place_has_its_sentence(package, rosa, outcome):
    act(package, rosa, "deliver", LEFT_AT, outcome=outcome)
    tell_recipients(at=LEFT_AT + minutes(10))
    assert said()[0].startswith(
        str(LEFT[Outcome(outcome)]) % {"shop": "Rosa's Bodega", "time": "2:40 pm"}
    )


def test_a_try_in_vain_says_what_happens_next(package, rosa):
    act(package, rosa, "attempt", LEFT_AT, reason="NOT_HOME")
    tell_recipients(at=LEFT_AT + minutes(10))
    assert "They will try again. Nothing to do." in said()[0]
    act(package, rosa, "attempt", LEFT_AT + dt.timedelta(days=1), reason="NOT_HOME")
    tell_recipients(at=LEFT_AT + dt.timedelta(days=1, minutes=10))
    assert "It goes back to the station." in said()[1]


def test_the_sweep_is_harmless_twice(package, rosa):
    act(package, rosa, "load", LOADED)
    act(package, rosa, "deliver", LEFT_AT, outcome="front_door")
    for _again in range(3):
        tell_recipients(at=LEFT_AT + minutes(15))
    assert Text.objects.count() == RecipientMessage.objects.count() == Job.objects.count() == 1


def test_what_was_undone_within_ten_minutes_is_never_told(package, rosa):
    act(package, rosa, "load", LOADED)
    tell_recipients(at=LOADED)
    act(package, rosa, "deliver", LEFT_AT, outcome="front_door")
    act(package, rosa, "amend", LEFT_AT + minutes(8), reason="KEYING_ERROR")
    assert tell_recipients(at=LEFT_AT + minutes(30)) == 0
    assert [one.kind for one in RecipientMessage.objects.all()] == ["out"]


def test_a_corrected_act_tells_the_right_thing(package, rosa):
    act(package, rosa, "deliver", LEFT_AT, outcome="front_door")
    act(package, rosa, "amend", LEFT_AT + minutes(8), reason="NOT_HOME")
    assert tell_recipients(at=LEFT_AT + minutes(17)) == 0
    assert tell_recipients(at=LEFT_AT + minutes(18)) == 1
    assert "could not deliver" in said()[0]


def test_one_message_a_package_kind_and_day_however_often_it_is_corrected(package, rosa):
    act(package, rosa, "deliver", LEFT_AT, outcome="front_door")
    tell_recipients(at=LEFT_AT + minutes(10))
    act(package, rosa, "amend", LEFT_AT + minutes(20), outcome="neighbour")
    assert tell_recipients(at=LEFT_AT + minutes(40)) == 0
    act(package, rosa, "amend", LEFT_AT + minutes(50), reason="NOT_HOME")
    assert tell_recipients(at=LEFT_AT + minutes(70)) == 1
    act(package, rosa, "amend", LEFT_AT + minutes(80), outcome="front_door")
    assert tell_recipients(at=LEFT_AT + minutes(100)) == 0


def test_a_late_sync_is_silent(package, rosa):
    act(package, rosa, "load", LOADED, heard=LOADED + dt.timedelta(hours=12, seconds=1))
    assert tell_recipients(at=LOADED + dt.timedelta(hours=10)) == 1  # at 8 pm it was still worth it
    later = LEFT_AT + dt.timedelta(hours=17, minutes=30)  # 8:10 am of the next day
    act(package, rosa, "deliver", LEFT_AT, outcome="front_door", heard=later)
    assert tell_recipients(at=later + minutes(10)) == 0


def test_a_correction_of_days_ago_is_silent(package, rosa):
    act(package, rosa, "attempt", LEFT_AT, reason="NOT_HOME")
    later = LEFT_AT + dt.timedelta(days=2)
    act(package, rosa, "amend", later, reason="NO_ACCESS")
    assert tell_recipients(at=later + minutes(15)) == 0


def test_quiet_hours_wait_until_eight_and_say_yesterday(package, rosa):
    late = MORNING.replace(hour=21, minute=30)
    act(package, rosa, "deliver", late, outcome="neighbour")
    assert tell_recipients(at=late + minutes(15)) == 0
    eight = MORNING.replace(day=21, hour=8)
    assert tell_recipients(at=eight - minutes(1)) == 0
    assert tell_recipients(at=eight) == 1
    assert "with a neighbor at 9:30 pm yesterday." in said()[0]


def test_without_a_phone_nothing_is_kept_and_a_strange_number_gets_no_text(shop, rosa):
    without = make_package(shop=shop, state=State.AT_SHOP)
    strange = make_package(shop=shop, state=State.AT_SHOP, phone="+44 20 7946 0958")
    for package in (without, strange):
        act(package, rosa, "load", LOADED)
    assert tell_recipients(at=LOADED) == 0
    [message] = RecipientMessage.objects.all()
    assert (message.package, message.silence) == (strange, Silence.NO_NUMBER)


def test_who_asked_for_no_texts_gets_none_and_what_waits_is_held_back(package, rosa):
    act(package, rosa, "load", LOADED)
    tell_recipients(at=LOADED)
    for _again in range(2):
        stop_texts(phone="+1 479 555 0123", at=LOADED, by=rosa)
    waiting = Text.objects.get()
    assert waiting.gave_up_reason == "stopped"
    assert not deliver_text(text_id=waiting.pk, at=LOADED)
    act(package, rosa, "deliver", LEFT_AT, outcome="front_door")
    assert tell_recipients(at=LEFT_AT + minutes(10)) == 0
    assert RecipientMessage.objects.get(kind="left").silence == Silence.STOPPED
    assert "0123" not in TextStop.objects.get().fingerprint
    assert Decision.objects.filter(action="stop_texts").count() == 1


def test_a_number_that_is_none_can_not_be_stopped(db):
    with pytest.raises(NotANumber):
        stop_texts(phone="12", at=LOADED, by=None)
    assert not TextStop.objects.exists()


def test_a_station_that_switched_nothing_on_says_nothing(package, rosa):
    switch(package.shop, is_on=False)
    act(package, rosa, "load", LOADED)
    assert tell_recipients(at=LOADED) == 0
    assert not RecipientMessage.objects.exists()


def test_without_a_service_nothing_is_promised(package, rosa, settings):
    settings.TEXTS_URL = ""
    act(package, rosa, "load", LOADED)
    assert tell_recipients(at=LOADED) == 0
    assert not Text.objects.exists()
    assert not RecipientMessage.objects.exists()


def test_a_text_speaks_the_stations_language(package, rosa):
    switch(package.shop, language="es")
    act(package, rosa, "deliver", LEFT_AT, outcome="front_door")
    with translation.override("en"):
        tell_recipients(at=LEFT_AT + minutes(10))
    text = Text.objects.get()
    with translation.override("es"):
        words = str(LEFT[Outcome.FRONT_DOOR]).partition("%(time)s")[0]
    assert text.language == "es"
    assert text.body.startswith(words % {"shop": "Rosa's Bodega"})


def test_nothing_of_the_recipient_is_in_a_text_a_log_or_a_job(shop, rosa):
    package = make_package(
        shop=shop,
        state=State.AT_SHOP,
        phone=PHONE,
        recipient_name="Ines Bell",
        address1="130 Cedar St",
        address2="Apt 4",
        city="Springdale",
        instructions="Gate code 4411",
    )
    act(package, rosa, "load", LOADED)
    with capture_logs() as lines:
        tell_recipients(at=LOADED)
        act(package, rosa, "deliver", LEFT_AT, outcome="front_door")
        tell_recipients(at=LEFT_AT + minutes(10))
        for text in Text.objects.all():
            deliver_text(text_id=text.pk, at=text.created_at)
    private = ["Ines", "Bell", "Cedar", "130", "Apt", "Springdale", "4411", package.tracking_id]
    jobs = [f"{job.name} {job.key} {job.args}" for job in Job.objects.all()]
    for word in private:
        assert not any(word in words for words in said()), word
    for word in [*private, "5550123", "555-0123", "package"]:
        assert word not in f"{jobs}{lines}", word
    assert "http" not in " ".join(said())


def test_a_morning_costs_the_same_for_one_package_and_fifty(shop, rosa, django_assert_num_queries):
    def load(packages):
        acts = [
            Act(uuid.uuid4(), ActKind.LOAD, one.tracking_id, LOADED)
            for one in Package.objects.filter(pk__in=[one.pk for one in packages])
        ]
        record_acts(shop=shop, by=rosa, acts=acts, at=LOADED)

    for count in (1, 50):
        load(make_packages(count, shop=shop, state=State.AT_SHOP, phone=PHONE))
        with django_assert_num_queries(12):
            assert tell_recipients(at=LOADED) == count


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ("kind = 'late'", "kind_is_known"),
        ("silence = 'stopped'", "text_or_silence"),
        ("text_id = NULL", "text_or_silence"),
        ("text_id = NULL, silence = 'why'", "text_or_silence"),
    ],
)
def test_the_laws_of_messages(package, rosa, change, law):
    act(package, rosa, "load", LOADED)
    tell_recipients(at=LOADED)
    with (
        pytest.raises(IntegrityError, match=law),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE recipient_message SET {change}")


def test_a_package_kind_and_day_has_one_message_by_law(package, rosa):
    act(package, rosa, "load", LOADED)
    tell_recipients(at=LOADED)
    with (
        pytest.raises(IntegrityError, match="recipient_message_once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO recipient_message (package_id, shop_id, kind, day, written_at, silence)"
            " SELECT package_id, shop_id, kind, day, written_at, 'stopped' FROM recipient_message"
        )
