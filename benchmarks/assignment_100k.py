"""A plan of 100,000 packages and 3,000 shops: see `assignment.py`."""

from benchmarks.assignment import measure_100k as measure

__all__ = ["measure"]
