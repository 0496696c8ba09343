"""What the worker does for background checks."""

from django.conf import settings

from hubshops.reviews import actions, queries
from hubshops.reviews.gateways import provider_for
from hubshops.reviews.jobs import Jobs
from kernel import clock
from kernel.jobs.actions import handles


@handles(Jobs.ORDER)
def order(check_id: int, **_: object) -> None:
    """Order a report at a provider that takes orders by itself; otherwise staff do it by hand."""
    provider = provider_for(settings.CHECKS_PROVIDER)
    wanted = queries.order_of(check_id)
    reference = provider.place(wanted) if wanted else ""
    if reference:
        actions.order_check(
            check_id=check_id,
            order_reference=reference,
            provider=provider.name,
            by=None,
            at=clock.now(),
        )
