"""The Stripe of the simulator."""

from tests.simulation.stripe import stripe, stripe_inside  # noqa: F401
