"""Papers drawn ahead: once, again after a kill, and never a stale one."""

import datetime as dt
import os
import subprocess
import sys

import pypdfium2
import pytest
from django.db import connection

from hubshops.manifests import documents
from hubshops.manifests.actions import draw_paper, forget_papers, publish_day
from hubshops.manifests.documents import current_paper, manifest_pdf
from hubshops.manifests.models import StoredPaper
from hubshops.manifests.queries import manifest_of, paper_of
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from kernel import clock
from kernel.jobs.actions import perform_job
from kernel.jobs.models import Job
from tests.factories import DAY, MORNING, make_member, make_packages, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def manifest():
    shop = make_shop()
    make_member(shop, "Rosa")
    make_member(shop, "Sam", role="helper", language="es")
    make_packages(3, shop=shop, state=State.ASSIGNED)
    publish_day(station=shop.station, service_day=DAY, at=MORNING)
    return manifest_of(shop, DAY)


def draw(manifest, at=MORNING) -> int:
    return draw_paper(manifest_id=manifest.pk, version=manifest.version, at=at)


def test_publishing_promises_one_paper_a_version_and_the_worker_draws_it(manifest, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    job = Job.objects.get(name="manifests.draw")
    assert job.args == {"manifest_id": manifest.pk, "version": 1}
    assert perform_job(job_id=job.pk, clock=lambda: MORNING)
    assert set(StoredPaper.objects.values_list("language", flat=True)) == {"en", "es"}


def test_drawing_twice_draws_once(manifest):
    assert (draw(manifest), draw(manifest)) == (2, 0)
    assert StoredPaper.objects.count() == 2


def test_the_paper_drawn_ahead_is_handed_out(manifest):
    draw(manifest)
    StoredPaper.objects.filter(language="en").update(content=b"the kept one")
    assert current_paper(manifest) == b"the kept one"


def test_a_paper_whose_facts_changed_is_drawn_on_the_spot(manifest):
    draw(manifest)
    StoredPaper.objects.update(content=b"the kept one")
    Package.objects.update(instructions="Beware of the dog")
    text = pypdfium2.PdfDocument(current_paper(manifest))[0].get_textpage().get_text_range()
    assert "Beware of the dog" in text


def test_a_new_drawing_makes_kept_papers_stale(manifest, monkeypatch):
    draw(manifest)
    StoredPaper.objects.update(content=b"the kept one")
    monkeypatch.setattr(documents.paper, "DESIGN", 0)
    assert current_paper(manifest) == manifest_pdf(paper_of(manifest))


def test_an_old_version_is_not_drawn_any_more(manifest):
    make_packages(1, shop=manifest.shop, state=State.ASSIGNED)
    publish_day(station=manifest.shop.station, service_day=DAY, at=MORNING)
    assert draw(manifest) == 0


def test_papers_are_forgotten_after_the_day_they_must_be_destroyed_by(manifest):
    draw(manifest)
    last = MORNING + dt.timedelta(days=7)
    assert forget_papers(at=last) == 0
    assert forget_papers(at=last + dt.timedelta(days=1)) == 2
    assert draw(manifest, at=last + dt.timedelta(days=1)) == 0
    assert current_paper(manifest)


KILLED = """
import datetime as dt
import django
django.setup()
from django.conf import settings
from django.db import connection
settings.FAILPOINTS = True
connection.settings_dict["NAME"] = {name!r}
from hubshops.manifests.actions import draw_paper
draw_paper(manifest_id={key}, version=1, at=dt.datetime.fromisoformat({at!r}))
"""


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_drawing_leaves_nothing_and_the_next_one_draws(manifest):
    script = KILLED.format(
        name=connection.settings_dict["NAME"], key=manifest.pk, at=MORNING.isoformat()
    )
    environment = os.environ | {"FAILPOINT": "manifests.drawn"}
    killed = subprocess.run([sys.executable, "-c", script], env=environment, check=False)
    assert killed.returncode == -9
    assert not StoredPaper.objects.exists()
    assert draw(manifest) == 2
