"""A plan of 10,000 packages and 300 shops: see `assignment.py`."""

from benchmarks.assignment import measure_10k as measure

__all__ = ["measure"]
