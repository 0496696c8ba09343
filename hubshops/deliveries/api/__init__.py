"""The door, for phones: the list to carry along, and what happened on the way."""

from hubshops.deliveries.api import closing, manifest, proofs, sync
from hubshops.deliveries.api.wire import router

__all__ = ["closing", "manifest", "proofs", "router", "sync"]
