"""The local Stripe as tests hold it: a process of its own, and its wishes as methods."""

import contextlib
import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SECRET_KEY = "sk_test_local"
SIGNING = "whsec_localtests"


class Remote:
    """A running local Stripe; `stripe.top_up(cents=100)` is a POST to /_control/top_up."""

    def __init__(self, base: str, process: "subprocess.Popen[str]") -> None:
        self.base, self.process = base, process

    def __getattr__(self, wish: str) -> Any:
        def ask(**body: Any) -> Any:
            data = json.dumps(body).encode()
            request = urllib.request.Request(f"{self.base}/_control/{wish}", data=data)
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as no:
                raise ValueError(f"{wish}: {no.read().decode()}") from None

        return ask

    def posts(self, path: str = "/v1/transfers") -> list[dict[str, Any]]:
        """The POSTs to one path, in order."""
        return [row for row in self.log() if row["method"] == "POST" and row["path"] == path]

    def transfers(self) -> list[dict[str, Any]]:
        """Every transfer it holds."""
        return list(self.state()["transfers"].values())


@contextlib.contextmanager
def running(*words: str, port: int = 0) -> Iterator[Remote]:
    """A local Stripe in its own process until the end."""
    command = [sys.executable, "-m", "tests.local_stripe", "--port", str(port), *words]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        base = process.stdout.readline().strip()
        assert base.startswith("http://127.0.0.1:"), "the local Stripe did not start"
        yield Remote(base, process)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
