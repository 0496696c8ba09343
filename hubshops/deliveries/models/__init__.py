"""What happened at the doors, with which phone, shown by what, and how the day was closed."""

from hubshops.deliveries.models.days import DayCheck, DayClose
from hubshops.deliveries.models.devices import Device
from hubshops.deliveries.models.disputes import Conflict, ConflictKind, StrayAct
from hubshops.deliveries.models.doors import (
    REASON_LABELS,
    Delivery,
    FaultClass,
    NextStep,
    Outcome,
    Reason,
)
from hubshops.deliveries.models.proofs import Level, Proof, ProofKind, ProofRule

__all__ = [
    "REASON_LABELS",
    "Conflict",
    "ConflictKind",
    "DayCheck",
    "DayClose",
    "Delivery",
    "Device",
    "FaultClass",
    "Level",
    "NextStep",
    "Outcome",
    "Proof",
    "ProofKind",
    "ProofRule",
    "Reason",
    "StrayAct",
]
