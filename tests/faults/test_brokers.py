"""Jobs over a real broker and a real worker: embedded always, Redis and RabbitMQ where their
addresses are given. Messages and processes may be lost; a promise never is."""

import os
import signal
import socket
import threading
import time
import uuid

import pytest
from celery import Celery
from celery import current_app as usual_app
from django.db import connection, transaction

from kernel import clock
from kernel.embedded.valkey import Valkey
from kernel.jobs import actions
from kernel.jobs.jobs import Jobs
from kernel.jobs.models import Job
from portal.celery import defaults
from tests.faults.processes import environment, eventually, started, var_folder

GIVEN = {"redis": os.environ.get("TEST_REDIS_URL"), "rabbitmq": os.environ.get("TEST_AMQP_URL")}
BROKERS = ["embedded", *(name for name, address in GIVEN.items() if address)]
pytestmark = [pytest.mark.fault, pytest.mark.broker]


@pytest.fixture
def var():
    with var_folder() as var:
        yield var


@pytest.fixture(params=BROKERS)
def broker(request, var):
    """A broker's address."""
    if request.param != "embedded":
        return GIVEN[request.param]
    server = Valkey(var)
    server.ensure()
    return f"redis+socket://{server.socket}"


def use(broker, settings):
    """Have this process send its messages to a queue of its own on that broker."""
    settings.CELERY_BROKER_URL = broker
    settings.CELERY_QUEUE = f"hub-test-{uuid.uuid4().hex[:8]}"
    settings.JOB_WAKE_UPS = True
    actions.broker["silent_until"] = 0.0
    app = Celery("sender")
    app.add_defaults(defaults)
    app.set_current()
    return app


@pytest.fixture
def sender(broker, settings, transactional_db):
    """This process, sending to that broker; the queue is removed in the end."""
    usual = usual_app._get_current_object()
    app = use(broker, settings)
    yield app
    actions.broker["silent_until"] = 0.0
    with app.connection_for_write() as line:
        line.default_channel.queue_delete(settings.CELERY_QUEUE)
    app.close()
    usual.set_current()


def worker(var, settings):
    """A real worker on that broker and this test's database."""
    facts = connection.get_connection_params()
    place = f"postgres://{facts['user']}@/{facts['dbname']}?host={facts['host']}"
    env = environment(
        var,
        DATABASE_URL=os.environ.get("TEST_DATABASE_URL", place),
        CELERY_BROKER_URL=settings.CELERY_BROKER_URL,
        CELERY_QUEUE=settings.CELERY_QUEUE,
        DJANGO_SETTINGS_MODULE="portal.settings.test",
    )
    words = ["-W", "ignore", "-m", "celery", "--quiet", "-A", "portal", "worker"]
    return started(*words, "--concurrency", "2", "--loglevel", "warning", var=var, env=env)


def promise(count):
    """So many jobs, promised in one transaction."""
    with transaction.atomic():
        for _ in range(count):
            actions.start_job(Jobs.FORGET, at=clock.now())


def done():
    """How many promises are kept."""
    return Job.objects.exclude(done_at=None).count()


def test_every_promise_is_kept_once(sender, var, settings):
    with worker(var, settings):
        promise(30)
        assert eventually(lambda: done() == 30)
    assert set(Job.objects.values_list("claims", flat=True)) == {1}


def test_a_killed_worker_loses_no_promise(sender, var, settings):
    promise(30)
    with worker(var, settings) as (process, _):
        assert eventually(lambda: done() > 0)
        os.killpg(process.pid, signal.SIGKILL)
    Job.objects.update(leased_until=None)  # as if the dead worker's leases had run out
    with worker(var, settings):
        actions.sweep_jobs(at=clock.now())
        assert eventually(lambda: done() == 30)


def test_a_transaction_that_failed_promised_nothing(sender, var, settings):
    with worker(var, settings):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            actions.start_job(Jobs.FORGET, at=clock.now())
            raise ZeroDivisionError
        promise(1)
        assert eventually(lambda: done() == 1)
    assert Job.objects.count() == 1


@pytest.mark.parametrize("broker", ["embedded"], indirect=True)
def test_promises_made_while_the_broker_is_dead_are_kept_after_it(sender, var, settings):
    server = Valkey(var)
    with worker(var, settings):
        os.kill(server.pid(), signal.SIGKILL)
        promise(5)
        assert done() == 0
        server.ensure()
        actions.broker["silent_until"] = 0.0
        actions.sweep_jobs(at=clock.now())
        assert eventually(lambda: done() == 5)


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_never_answers_holds_nobody_up(scheme, settings, transactional_db):
    usual = usual_app._get_current_object()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        ears = []
        listen = threading.Thread(target=lambda: ears.append(silent.accept()), daemon=True)
        listen.start()
        use(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/", settings)
        begin = time.monotonic()
        promise(20)
        took = time.monotonic() - begin
        usual.set_current()
        actions.broker["silent_until"] = 0.0
    assert Job.objects.count() == 20
    assert took < 8
