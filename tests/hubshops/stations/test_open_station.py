"""Stations are opened once, with facts that can be."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from hubshops.stations.actions import StationDiffers, StationFactIsWrong, open_station
from hubshops.stations.models import Station
from hubshops.stations.queries import UnknownStation, get_station
from tests.factories import MORNING, make_station

pytestmark = pytest.mark.django_db
FACTS = {
    "code": "FAY",
    "name": "Fayetteville North",
    "city": "Fayetteville",
    "state": "AR",
    "latitude": 36.0822,
    "longitude": -94.1719,
    "zone": "America/Chicago",
}


def open_it(**changes):
    return open_station(**FACTS | {"at": MORNING} | changes)


def test_a_station_is_opened_once():
    station, is_created = open_it(code="fay ")
    assert (station.code, is_created) == ("FAY", True)
    assert open_it() == (station, False)


def test_a_code_that_is_open_with_other_facts_is_refused():
    open_it()
    with pytest.raises(StationDiffers) as no:
        open_it(name="Elsewhere", zone="America/New_York")
    assert no.value.sentence == (
        "FAY is already open with another name, zone; nothing was changed."
    )
    assert Station.objects.get().name == "Fayetteville North"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "F"}, "A station's code is 2 to 12 capital letters"),
        ({"code": "FAY/1"}, "A station's code"),
        ({"code": "F" * 13}, "A station's code"),
        ({"name": "  "}, "Give the station a name of at most 80 characters."),
        ({"name": "N" * 81}, "Give the station a name"),
        ({"city": ""}, "Give the station's city in at most 80 characters."),
        ({"state": "Arkansas"}, "Give the state as two letters, like AR."),
        ({"latitude": 90.1}, "Latitude lies between -90 and 90"),
        ({"longitude": float("nan")}, "Latitude lies between"),
        ({"latitude": float("inf")}, "Latitude lies between"),
        ({"zone": "Mars/Olympus"}, "“Mars/Olympus” is not a time zone"),
        ({"zone": "../../etc/passwd"}, "is not a time zone"),
        ({"zone": ""}, "is not a time zone"),
    ],
)
def test_a_fact_that_cannot_be_is_refused(changes, sentence):
    with pytest.raises(StationFactIsWrong) as no:
        open_it(**changes)
    assert sentence in no.value.sentence
    assert not Station.objects.exists()


def test_a_station_is_found_by_its_code_in_any_case():
    station = make_station()
    assert get_station(" fay ") == station
    with pytest.raises(UnknownStation) as no:
        get_station("NOPE")
    assert no.value.sentence == "There is no station with the code NOPE."


def run(*words, **options):
    return call_command("open_station", *words, "--json", **options)


PLACE = ["--city", "Fayetteville", "--state", "AR", "--lat", "36.08", "--lng", "-94.17"]


def test_the_command_answers_what_it_did(capsys):
    for created in (True, False):
        run("FAY", "--name", "North", *PLACE, "--zone", "America/Chicago")
        assert json.loads(capsys.readouterr().out) == {"station": "FAY", "created": created}


def test_the_command_refuses_in_one_line():
    with pytest.raises(CommandError) as no:
        run("FAY", "--name", "North", *PLACE, "--zone", "Chicago")
    assert (no.value.returncode, "\n" in str(no.value)) == (1, False)


def test_law_station_is_on_the_globe():
    with pytest.raises(IntegrityError, match="station_is_on_the_globe"), transaction.atomic():
        make_station(latitude=91)


def test_law_a_code_is_one_station():
    make_station()
    with pytest.raises(IntegrityError, match="station_code"), transaction.atomic():
        make_station()
