"""Texts are promised with what caused them, sent by a job, and forgotten after a week."""

import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from structlog.testing import capture_logs

from kernel import clock
from kernel.jobs.actions import perform_job
from kernel.jobs.models import Job
from kernel.notifications import actions
from kernel.notifications.gateways import NotTaken, gateway_for
from kernel.notifications.models import Text
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
NUMBER, WORDS = "+14795550123", "Rosa brings your package today."
CONSOLE = "console://"


@pytest.fixture(autouse=True)
def _it_is_morning():
    with time_machine.travel(MORNING, tick=False):
        yield


def promise(number: str = NUMBER, **fields) -> Text:
    usual = {"language": "en", "send_before": MORNING + dt.timedelta(hours=2)}
    text = Text(to=number, body=WORDS, **usual | fields)
    actions.send_texts(texts=[text], at=MORNING)
    return text


class Service(BaseHTTPRequestHandler):
    """A texting service that answers as it is told and remembers what it heard."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, dict(self.headers), json.loads(body)))
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def service(settings):
    server = HTTPServer(("127.0.0.1", 0), Service)
    server.heard, server.answers = [], []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.TEXTS_URL = f"http://to%2Fken@127.0.0.1:{server.server_port}/v1/send?from=hub"
    yield server
    server.shutdown()
    server.server_close()


def test_a_text_is_one_post_with_token_and_key(service):
    text = promise()
    assert perform_job(job_id=Job.objects.get().pk, clock=lambda: MORNING)
    [(path, headers, sent)] = service.heard
    assert path == "/v1/send?from=hub"
    assert headers["Authorization"] == "Bearer to/ken"
    assert headers["Idempotency-Key"] == sent["key"] == actions.text_key(text)
    assert sent == {"key": sent["key"], "to": NUMBER, "text": WORDS, "language": "en"}
    text.refresh_from_db()
    assert text.sent_at == MORNING


def test_a_text_is_sent_once_however_often_its_job_runs(service):
    text = promise()
    assert actions.deliver_text(text_id=text.pk, at=MORNING)
    assert not actions.deliver_text(text_id=text.pk, at=MORNING)
    assert len(service.heard) == 1


def test_a_service_that_is_busy_is_asked_again_under_the_same_key(service):
    service.answers = [503, 429]
    text, job = promise(), Job.objects.get()
    for _try in range(2):
        assert not perform_job(job_id=job.pk, clock=lambda: job.run_after)
        job.refresh_from_db()
    assert perform_job(job_id=job.pk, clock=lambda: job.run_after)
    assert len({sent["key"] for _path, _headers, sent in service.heard}) == 1
    text.refresh_from_db()
    assert text.sent_at


def test_the_third_failure_gives_a_text_up_with_its_reason(service):
    service.answers = [500, 500, 502]
    text, job = promise(), Job.objects.get()
    for _try in range(3):
        perform_job(job_id=job.pk, clock=lambda: job.run_after)
        job.refresh_from_db()
    text.refresh_from_db()
    assert (text.gave_up_reason, text.sent_at) == ("answered 502", None)
    assert job.gave_up_at is None


@pytest.mark.parametrize("status", [302, 400, 403])
def test_a_no_of_the_service_is_final_and_nobody_is_asked_elsewhere(service, status):
    service.answers = [status]
    text = promise()
    assert perform_job(job_id=Job.objects.get().pk, clock=lambda: MORNING)
    text.refresh_from_db()
    assert text.gave_up_reason == f"answered {status}"
    assert len(service.heard) == 1


def test_a_service_that_is_away_says_so_without_a_number(settings):
    settings.TEXTS_URL = "http://token@127.0.0.1:9/"
    promise()
    with capture_logs() as lines:
        perform_job(job_id=Job.objects.get().pk, clock=lambda: MORNING)
    job = Job.objects.get()
    assert "ConnectionRefusedError" in job.last_error
    assert NUMBER[-7:] not in f"{job.args} {job.key} {job.last_error} {lines}"
    assert WORDS not in f"{job.args} {job.last_error} {lines}"


def test_the_console_writes_neither_number_nor_words(settings):
    settings.TEXTS_URL = CONSOLE
    text = promise()
    with capture_logs() as lines:
        assert perform_job(job_id=Job.objects.get().pk, clock=lambda: MORNING)
    [line] = [one for one in lines if one["event"] == "text_sent_to_console"]
    assert line["text"] == actions.text_key(text)
    assert NUMBER[-7:] not in str(lines)
    assert "package" not in str(lines)


def test_texts_that_were_turned_off_meanwhile_are_given_up(settings):
    settings.TEXTS_URL = ""
    text = promise()
    assert not actions.are_texts_on()
    assert not actions.deliver_text(text_id=text.pk, at=MORNING)
    text.refresh_from_db()
    assert text.gave_up_reason == "texts are off"


def test_a_text_that_comes_too_late_is_not_sent(service):
    text = promise()
    actions.deliver_text(text_id=text.pk, at=text.send_before)
    text.refresh_from_db()
    assert (text.gave_up_reason, service.heard) == ("too late", [])


def test_what_waits_for_a_number_can_be_held_back(service):
    text, other = promise(), promise("+14795550124")
    assert actions.hold_back_texts(to=NUMBER, reason="asked for no texts", at=MORNING) == 1
    for one in (text, other):
        actions.deliver_text(text_id=one.pk, at=MORNING)
    assert [sent["to"] for _path, _headers, sent in service.heard] == [other.to]


def test_number_and_words_are_forgotten_after_a_week(settings):
    settings.TEXTS_URL = CONSOLE
    sent, waiting = promise(), promise()
    actions.deliver_text(text_id=sent.pk, at=MORNING)
    assert actions.forget_texts(at=MORNING + dt.timedelta(days=7, seconds=-1)) == 0
    later = MORNING + dt.timedelta(days=7)
    assert actions.forget_texts(at=later) == 2
    assert actions.forget_texts(at=later) == 0
    for text in (sent, waiting):
        text.refresh_from_db()
        assert (text.to, text.body, text.forgotten_at) == ("", "", later)
    assert (sent.sent_at, waiting.gave_up_reason) == (MORNING, "too late")


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ("sent_at = created_at, gave_up_at = created_at, gave_up_reason = 'x'", "or_given_up"),
        ("gave_up_at = created_at", "given_up_says_why"),
        ("gave_up_reason = 'why'", "given_up_says_why"),
        ("forgotten_at = created_at", "forgotten_is_empty"),
        ("body = ''", "forgotten_is_empty"),
    ],
)
def test_the_laws_of_texts(change, law):
    promise()
    with (
        pytest.raises(IntegrityError, match=law),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE text_message SET {change}")


def test_many_texts_cost_as_many_statements_as_one(django_assert_num_queries):
    def write(count):
        until = MORNING + dt.timedelta(hours=2)
        texts = [
            Text(to=NUMBER, body=WORDS, language="en", send_before=until) for _ in range(count)
        ]
        actions.send_texts(texts=texts, at=clock.now())

    with django_assert_num_queries(5):
        write(1)
    with django_assert_num_queries(5):
        write(50)


def test_a_gateway_says_whether_asking_again_helps():
    with pytest.raises(NotTaken) as no:
        gateway_for("http://token@127.0.0.1:9/").send(key="k", to=NUMBER, body=WORDS, language="en")
    assert not no.value.is_final
    assert gateway_for("") is None
