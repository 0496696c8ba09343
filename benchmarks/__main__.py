"""`python -m benchmarks [--only name,name]`: the table, and `benchmarks/latest.json`.

Each figure runs in a process of its own (so that its peak of memory is its own) on a scratch
database, beside its limit and its peers in the same run.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks import harness

LATEST = Path(__file__).parent / "latest.json"


def main() -> None:
    """Run the figures that were asked for, print the table, keep the numbers."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--only", default="", help="figures by name, separated by commas")
    parser.add_argument("--one", default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(harness.measure(asked.one).as_json())
        return
    names = [name for name in asked.only.split(",") if name] or sorted(harness.FIGURES)
    unknown = sorted(set(names) - set(harness.FIGURES))
    if unknown:
        known = ", ".join(sorted(harness.FIGURES))
        sys.exit(f"There is no figure {', '.join(unknown)}. There are: {known}.")
    figures = [figure for figure in (run_apart(name) for name in names) if figure]
    answer = {"machine": harness.machine(), "figures": figures}
    LATEST.write_text(json.dumps(answer, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(harness.table(answer))
    if len(figures) < len(names):
        sys.exit(1)


def run_apart(name: str) -> dict | None:
    """One figure, measured by a child process; None when it failed (its error was printed)."""
    print(f"measuring {name} …", file=sys.stderr)
    child = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--one", name],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env=os.environ | {"LOG_LEVEL": "ERROR", "DJANGO_SETTINGS_MODULE": "portal.settings.test"},
    )
    if child.returncode:
        print(f"{name} failed", file=sys.stderr)
        return None
    return json.loads(child.stdout.splitlines()[-1])


main()
