"""Refused rows are handed back as a file that can be mended and loaded."""

import datetime as dt

import pytest

from hubshops.packages.actions import ingest_feed
from hubshops.packages.models import FeedBatch, Package
from portal.intake.documents import corrected_rows_csv
from tests.factories import DAY, MORNING, make_station

pytestmark = pytest.mark.django_db
FEED = """\
tracking_id,recipient_name,address1,postal_code,latitude,longitude
A1,Ines Bell,12 Oak St,72701,36.08,-94.17
A1,Ines Bell,12 Oak St,72701,36.08,-94.17
B1,=cmd,,72701,36.08,-94.17
B2,Bo,14 Oak St,2134,,
"B3,oops
"""


def test_refused_rows_come_back_as_a_file_that_can_be_mended_and_loaded():
    facts = {"station": make_station(), "service_day": DAY}
    report = ingest_feed(content=FEED.encode(), at=MORNING, **facts)

    text = corrected_rows_csv(FeedBatch.objects.get(pk=report.batch).rejected)

    lines = text.splitlines()
    assert lines[0].startswith("tracking_id,recipient_name,")
    assert lines[0].endswith(",withdrawn,reason")
    assert [line.split(",")[0] for line in lines[1:]] == ["A1", "B1", "B2", ""]
    assert "'=cmd" in lines[2]
    assert ",-94.17," in lines[2]
    assert lines[4].endswith('Close it or take it out. ""B3,oops"')
    mended = text.replace("'=cmd,,", "'=cmd,9 Elm St,").replace("2134", "02134")
    later = MORNING + dt.timedelta(hours=1)
    again = ingest_feed(content=mended.encode(), at=later, **facts)
    assert (again.accepted, again.unchanged) == (2, 1)
    assert again.unknown_columns == ("reason",)
    assert Package.objects.get(tracking_id="B1").recipient_name == "=cmd"
