"""Celery, the wake-up: rows in PostgreSQL are the truth, so a lost message only delays work.

Each figure below was chosen by killing workers and brokers; docs/decisions/0004-celery.md has them.
"""

import os
from typing import Any

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")

HARD_LIMIT_SECONDS = 120
SOFT_LIMIT_SECONDS = 60
ANSWER_SECONDS = 2
TICK_SECONDS = 10
REDIS_OPTIONS = {
    # Longer than any task may live, or a slow task would be handed out again while it still runs.
    "visibility_timeout": HARD_LIMIT_SECONDS + 60,
    # Without these two a killed worker's messages come back some 100 s after that.
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    # A broker that accepts and never answers must not hold a web request.
    "socket_timeout": ANSWER_SECONDS,
    "socket_connect_timeout": ANSWER_SECONDS,
    "socket_keepalive": True,
}
RABBITMQ_OPTIONS = {
    "confirm_publish": True,
    "read_timeout": ANSWER_SECONDS,
    "write_timeout": ANSWER_SECONDS,
}


def defaults() -> dict[str, Any]:
    """Celery's settings, read when they are first needed."""
    is_rabbitmq = settings.CELERY_BROKER_URL.startswith("amqp")
    return {
        "broker_url": settings.CELERY_BROKER_URL,
        "broker_transport_options": RABBITMQ_OPTIONS if is_rabbitmq else REDIS_OPTIONS,
        "broker_connection_timeout": ANSWER_SECONDS,
        "broker_connection_retry": True,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "task_default_queue": settings.CELERY_QUEUE,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_store_errors_even_if_ignored": False,
        # A message leaves the broker when its task has ended, also when its process was killed.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "task_time_limit": HARD_LIMIT_SECONDS,
        "task_soft_time_limit": SOFT_LIMIT_SECONDS,
        # One more try, then the caller goes on: a sweep offers the row again.
        "task_publish_retry": True,
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0, "interval_step": 0},
        "worker_max_tasks_per_child": 500,
        # Whether a worker lives is told by its heartbeat row; nobody steers it through the broker.
        "worker_enable_remote_control": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "enable_utc": True,
        "timezone": "UTC",
        # Beat only ticks: a row per job and moment decides, so two beats are harmless.
        "beat_schedule": {
            "tick": {
                "task": "jobs.tick",
                "schedule": TICK_SECONDS,
                "options": {"expires": 3 * TICK_SECONDS},
            }
        },
    }


app = Celery("portal")
app.add_defaults(defaults)
app.autodiscover_tasks()
