"""A local Stripe: a real HTTP server that keeps accounts, transfers, payouts and events, obeys
the published rules of idempotency, signs its webhooks, and fails in every way that it is told to.

    python -m tests.local_stripe --port 4242 [--state FILE] [--webhook URL --secret whsec_…]
"""
