"""A station that set an hour finds its day planned; the others wait for a hand."""

import datetime as dt
import threading

import pytest
from django.db import connection

from hubshops.manifests.actions import plan_today, promise_plans
from hubshops.manifests.models import Manifest, ManifestVersion
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from hubshops.stations.models import Station
from kernel.jobs.actions import perform_job
from kernel.jobs.models import Job
from tests.factories import DAY, MORNING, make_packages, make_shop, make_station

FIVE = MORNING.replace(hour=5)


@pytest.fixture
def station(db):
    station = make_station(plans_at=dt.time(5))
    make_shop(station=station)
    make_packages(3, station=station)
    return station


def planned() -> bool:
    return Manifest.objects.filter(service_day=DAY).exists()


def test_the_day_is_planned_at_the_stations_hour_by_its_own_clock(station):
    assert promise_plans(at=FIVE - dt.timedelta(minutes=1)) == 0
    assert promise_plans(at=FIVE) == 1
    job = Job.objects.get(name="manifests.plan")
    assert job.args == {"station_id": station.pk, "day": str(DAY)}
    assert perform_job(job_id=job.pk, clock=lambda: FIVE)


def test_a_plan_publishes_once_however_often_it_runs(station):
    for at in (FIVE, FIVE + dt.timedelta(minutes=5)):
        promise_plans(at=at)
    assert Job.objects.filter(name="manifests.plan").count() == 1
    assert plan_today(station_id=station.pk, service_day=DAY, at=FIVE)
    assert plan_today(station_id=station.pk, service_day=DAY, at=MORNING)
    assert ManifestVersion.objects.count() == 1
    assert set(Package.objects.values_list("state", flat=True)) == {State.MANIFESTED}


def test_a_station_without_an_hour_or_without_packages_waits(station):
    make_station("NWA", plans_at=dt.time(5))
    Station.objects.filter(pk=station.pk).update(plans_at=None)
    assert promise_plans(at=MORNING) == 0
    assert not Job.objects.exists()


def test_packages_for_tomorrow_are_not_planned_today(station):
    Package.objects.update(service_day=DAY + dt.timedelta(days=1))
    assert promise_plans(at=MORNING) == 0


def test_a_feed_that_comes_after_the_hour_is_planned_when_it_is_there(station):
    Package.objects.update(state=State.CANCELLED)
    assert promise_plans(at=FIVE) == 0
    make_packages(1, station=station)
    assert promise_plans(at=MORNING) == 1


def test_a_job_that_comes_after_midnight_plans_nothing(station):
    assert not plan_today(station_id=station.pk, service_day=DAY, at=MORNING + dt.timedelta(days=1))
    assert not planned()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_publish_one_list(station):
    errors = []

    def work() -> None:
        try:
            promise_plans(at=FIVE)
            plan_today(station_id=station.pk, service_day=DAY, at=FIVE)
        except Exception as problem:
            errors.append(problem)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert errors == []
    assert Job.objects.filter(name="manifests.plan").count() == 1
    assert ManifestVersion.objects.count() == 1
