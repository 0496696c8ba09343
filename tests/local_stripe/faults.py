"""How the local Stripe fails when it is told to: a plan of which request fails, and how."""

import re
import threading
from typing import Any

DEEDS = {
    "429",
    "409",
    "500_after",
    "503",
    "drop_before",
    "drop_after",
    "hang_after",
    "slow",
}


class FaultPlan:
    """Rules `{"path", "method", "nth" or "first" and "last", "do", "seconds"}`; a rule counts the
    requests that it fits, and strikes when its turn has come."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.rules: list[dict[str, Any]] = []

    def set(self, rules: list[dict[str, Any]]) -> None:
        """A new plan instead of the old one."""
        unknown = {rule["do"] for rule in rules} - DEEDS
        if unknown:
            raise ValueError(f"no such fault: {unknown}")
        with self.lock:
            self.rules = [{"method": "POST", "seconds": 1, "seen": 0} | rule for rule in rules]

    def deed(self, method: str, path: str) -> dict[str, Any] | None:
        """What this request suffers, if anything; the first rule that strikes wins."""
        with self.lock:
            struck = None
            for rule in self.rules:
                if rule["method"] != method or not re.fullmatch(rule["path"], path):
                    continue
                rule["seen"] += 1
                first, last = rule.get("first", 1), rule.get("last", 10**9)
                if "nth" in rule:
                    first = last = rule["nth"]
                if struck is None and first <= rule["seen"] <= last:
                    struck = rule
            return struck
