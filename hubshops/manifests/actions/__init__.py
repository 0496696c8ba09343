"""Everything that is written about manifests."""

from hubshops.manifests.actions.publishing import plan_and_publish, publish_day

__all__ = ["plan_and_publish", "publish_day"]
