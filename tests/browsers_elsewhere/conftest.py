"""WebKit and Firefox on a server that can be taken away from them."""

import contextlib
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.faults.processes import eventually, free_port, started
from tests.webdriver import Browser, firefox_browser, webkit_browser

BROWSERS = {"webkit": webkit_browser, "firefox": firefox_browser}


@pytest.fixture(autouse=True)
def _served_from_a_committed_database(transactional_db):
    """The server has connections of its own, so what a test writes is really committed."""


@pytest.fixture(params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in BROWSERS])
def tab(request) -> Iterator[Browser]:
    """Each browser in its turn."""
    with BROWSERS[request.param]() as one:
        yield one


class Portal:
    """The portal in a process of its own: there, or gone."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._running = contextlib.ExitStack()

    def start(self) -> None:
        """Serve; answers once it listens."""
        words = ("-m", "tests.browsers_elsewhere.server", connection.settings_dict["NAME"])
        _process, said = self._running.enter_context(
            started(*words, str(self.port), var=self.place / "var", env=dict(os.environ))
        )
        assert eventually(self._answers), said.read_text()

    def stop(self) -> None:
        """Gone, whatever it was doing; nothing listens at its port."""
        self._running.close()

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(f"{self.url}/healthz/live").status == 200
        return False


@pytest.fixture
def portal(tmp_path) -> Iterator[Portal]:
    one = Portal(tmp_path)
    one.start()
    yield one
    one.stop()
