"""What a load balancer is told."""

import pytest
from django.core.cache.backends.redis import RedisCache
from django.db.migrations.recorder import MigrationRecorder

from portal import health


@pytest.mark.django_db
def test_alive_touches_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz/live")
    assert (answer.status_code, answer.content) == (200, b"alive\n")


@pytest.mark.django_db
def test_ready_when_every_part_answers(client):
    answer = client.get("/healthz/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "parts": {"database": "up", "migrations": "up", "broker": "up", "cache": "up"},
    }
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_a_migration_that_waits_is_named(client):
    label, name = sorted(health.known_migrations())[0]
    MigrationRecorder.Migration.objects.filter(app=label, name=name).delete()
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert answer.json()["parts"]["migrations"] == "down"
    assert answer.json()["parts"]["database"] == "up"


@pytest.mark.django_db
def test_a_cache_that_is_gone_is_named(client, monkeypatch):
    gone = RedisCache("unix:///nowhere/valkey.sock", {})
    monkeypatch.setattr(health, "cache", gone)
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert answer.json()["parts"]["cache"] == "down"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["redis://127.0.0.1:9/0", "amqp://127.0.0.1:9//"])
def test_a_broker_that_is_gone_is_named(client, monkeypatch, address):
    usual = health.app.connection_for_write
    monkeypatch.setattr(
        health.app, "connection_for_write", lambda **options: usual(address, **options)
    )
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert answer.json()["parts"]["broker"] == "down"


@pytest.mark.django_db
def test_anybody_may_ask_but_only_ask(client):
    for address in ("/healthz/live", "/healthz/ready"):
        assert client.post(address).status_code == 405
