"""What happens around every request."""

import pytest
from structlog.testing import capture_logs

from tests.factories import make_member, make_person, make_shop, make_staff

pytestmark = pytest.mark.django_db


def test_a_plain_request_id_is_kept(client):
    answer = client.get("/", headers={"x-request-id": "abc-DEF_12345"})
    assert answer.headers["X-Request-ID"] == "abc-DEF_12345"


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space here", 'a"b<script>', ""])
def test_any_other_request_id_is_replaced(client, given):
    kept = client.get("/", headers={"x-request-id": given}).headers["X-Request-ID"]
    assert kept != given
    assert len(kept) == 32


def test_a_request_is_one_line_without_personal_data(client):
    rosa = make_person("Rosa")
    client.force_login(rosa)
    with capture_logs() as lines:
        client.get("/shop/help/?phone=5550100123")
    (line,) = [line for line in lines if line["event"] == "request"]
    assert line["method"] == "GET"
    assert line["route"] == "/shop/help/"
    assert line["status"] == 200
    assert line["user"] == rosa.pk
    assert line["ms"] >= 0
    assert "5550100123" not in str(lines)
    assert rosa.email not in str(lines)


def test_an_unknown_address_is_not_written_down(client):
    with capture_logs() as lines:
        client.get("/rosa@shop.test/")
    assert "rosa@shop.test" not in str(lines)


def test_an_invented_method_is_not_written_down(client):
    with capture_logs() as lines:
        client.generic("ROSA", "/")
    assert lines[-1]["method"] == "other"


def test_private_pages_are_not_kept_but_public_ones_may_be(client):
    assert "Cache-Control" not in client.get("/").headers
    client.force_login(make_person("Rosa"))
    assert client.get("/shop/help/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    ["/ops/board/F%00/2026-11-20/", "/ops/stations/F%00/keys/", "/api/v1/statements/%00.csv"],
)
def test_there_is_no_page_at_an_address_with_a_nul(client, path):
    client.force_login(make_staff("Pavel", "admin", "dispatcher"))
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/", "testserver", 200),
        ("/shop/", "testserver", 302),
        ("/shop", "testserver", 301),
        ("/nowhere/", "testserver", 404),
        ("/", "evil.test", 400),
        ("/api/v1/nowhere", "testserver", 404),
        ("/static/img/mark.svg", "testserver", 200),
    ],
)
def test_every_answer_says_what_a_browser_may_load(client, path, host, status):
    answer = client.get(path, headers={"host": host})
    assert answer.status_code == status
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_a_page_may_use_no_camera_and_runs_no_webassembly(client):
    answer = client.get("/")
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert "wasm" not in answer.headers["Content-Security-Policy"]


def test_the_door_may_use_the_camera_and_the_place_and_nothing_else(client):
    client.force_login(make_member(make_shop(), "Sam", "helper"))
    answer = client.get("/shop/door/")
    allowed = [one for one in answer.headers["Permissions-Policy"].split(", ") if "=()" not in one]
    assert allowed == ["camera=(self)", "geolocation=(self)"]
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "worker-src 'self'" in policy
    assert "unsafe-inline" not in policy
