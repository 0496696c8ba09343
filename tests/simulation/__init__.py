"""Thirty days of a network in a few seconds, drawn from one seed: phones that die, repeat and lie,
a Stripe that fails, processes that are killed. Every evening each promise is checked."""
