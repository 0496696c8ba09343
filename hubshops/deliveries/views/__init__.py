"""The door: pages that work everywhere, and the application that works without a signal."""

from hubshops.deliveries.views.application import app_manifest, shell, worker
from hubshops.deliveries.views.pages import (
    attempt,
    correct,
    deliver,
    door,
    package,
    proof,
    record,
    stop,
)

__all__ = [
    "app_manifest",
    "attempt",
    "correct",
    "deliver",
    "door",
    "package",
    "proof",
    "record",
    "shell",
    "stop",
    "worker",
]
