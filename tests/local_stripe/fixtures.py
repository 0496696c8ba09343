"""The local Stripe for a test: one process for all, as new for each."""

import pytest

from tests.local_stripe.client import SECRET_KEY, SIGNING, running


@pytest.fixture(scope="session")
def stripe_process():
    """One local Stripe for this process of the suite."""
    with running() as server:
        yield server


@pytest.fixture
def local_stripe(stripe_process, settings):
    """A local Stripe that knows nothing yet, and a portal that pays through it. In the end, every
    call and answer was what Stripe's description says."""
    stripe_process.reset()
    settings.STRIPE_SECRET_KEY = SECRET_KEY
    settings.STRIPE_WEBHOOK_SECRETS = [SIGNING]
    settings.STRIPE_API_BASE = stripe_process.base
    settings.STRIPE_ACCOUNTS = "v2"
    settings.STRIPE_IS_LIVE = False
    yield stripe_process
    assert stripe_process.broken() == []
