"""One process that runs the others: starts them, passes on what they say, starts them again when
they die, and leaves none behind, however it ends itself."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from kernel.embedded import ending, tether

MOST_DEATHS = 5
DEATHS_WINDOW_SECONDS = 60
READY_SECONDS = 60
COLOURS = {"web": 36, "worker": 35, "beat": 33}


class KeepsDyingError(Exception):
    """A child ended again and again; the message says which."""


@dataclass
class Child:
    """A program that should always run, and the memory of how it fared."""

    name: str
    words: list[str]
    process: subprocess.Popen[str] | None = None
    deaths: list[float] = field(default_factory=list)
    start_at: float = 0.0

    def is_due(self, now: float) -> bool:
        """Whether it is down and its pause is over."""
        return self.process is None and now >= self.start_at

    def note_death(self, now: float) -> None:
        """Remember a death; the next start waits twice as long as the one before."""
        self.process = None
        self.deaths = [at for at in self.deaths if at > now - DEATHS_WINDOW_SECONDS] + [now]
        if len(self.deaths) >= MOST_DEATHS:
            raise KeepsDyingError(f"{self.name} ended {MOST_DEATHS} times within a minute")
        self.start_at = now + 0.5 * 2 ** (len(self.deaths) - 1)


class Supervisor:
    """Runs `children` until a signal comes or one of them keeps dying."""

    def __init__(
        self, children: list[Child], *, folder: Path, var: Path, services: list[str]
    ) -> None:
        self.children = children
        self.folder = folder
        self.var = var
        self.services = services
        self.is_ending = threading.Event()
        self.is_preparing = True
        self.voice = threading.Lock()
        self.witness: subprocess.Popen[str] | None = None

    def run(
        self, *, prepare: Callable[[], None], ready_url: str, when_ready: Callable[[], None]
    ) -> None:
        """Start the services, prepare, start the children, call `when_ready` once the web answers
        200, and stay until the end.

        Raises what `prepare` raises, EmbeddedServiceError when a service cannot start, and
        KeepsDyingError when a child cannot be kept up; everything is ended in any case.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.on_signal)
        try:
            self.call_witness()
            for name in self.services:
                ending.SERVICES[name](self.var).ensure()
            prepare()
            self.is_preparing = False
            ready = threading.Thread(
                target=self.wait_for, args=(ready_url, when_ready), daemon=True
            )
            ready.start()
            while not self.is_ending.is_set():
                self.look_after()
                self.is_ending.wait(0.2)
        except KeyboardInterrupt:
            self.say("serve", "interrupted before everything had started")
        finally:
            self.end()

    def on_signal(self, number: int, frame: object) -> None:
        """The first signal ends politely; a second one during that kills at once."""
        if self.is_preparing and not self.is_ending.is_set():
            self.is_ending.set()
            raise KeyboardInterrupt
        if self.is_ending.is_set():
            for child in self.children:
                if child.process:
                    ending.send(os.killpg, child.process.pid, signal.SIGKILL)
        self.is_ending.set()

    def look_after(self) -> None:
        """Start what is due, bury what died, keep the services up."""
        now = time.monotonic()
        for child in self.children:
            if child.process and child.process.poll() is not None:
                self.say(child.name, f"ended with status {child.process.returncode}")
                ending.send(os.killpg, child.process.pid, signal.SIGKILL)
                child.note_death(now)
            if child.is_due(now):
                self.start(child)
        for name in self.services:
            service = ending.SERVICES[name](self.var)
            if not service.is_running():
                self.say("serve", f"{name} is down; starting it")
                service.ensure()

    def start(self, child: Child) -> None:
        """Start a child in a process group of its own, tethered to this process."""
        child.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-IS", tether.__file__, str(os.getpid()), *child.words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=self.folder,
            start_new_session=True,
        )
        self.tell_witness(str(child.process.pid))
        assert child.process.stdout is not None
        listen = threading.Thread(
            target=self.pass_on, args=(child.name, child.process.stdout), daemon=True
        )
        listen.start()

    def pass_on(self, name: str, lines: IO[str]) -> None:
        """Repeat what a child says, each line under its name."""
        for line in lines:
            self.say(name, line.rstrip("\n"))

    def say(self, name: str, words: str) -> None:
        """One line on standard output, whole, whoever else is talking."""
        label = f"{name:<6} |"
        if sys.stdout.isatty():
            label = f"\033[{COLOURS.get(name, 32)}m{label}\033[0m"
        with self.voice:
            print(label, words, flush=True)  # noqa: T201

    def wait_for(self, url: str, when_ready: Callable[[], None]) -> None:
        """Ask until the answer is 200, then tell; say what is missing when it takes long."""
        deadline = time.monotonic() + READY_SECONDS
        while not self.is_ending.is_set():
            missing = what_is_missing(url)
            if missing is None:
                when_ready()
                return
            if time.monotonic() > deadline:
                self.say("serve", f"still not ready: {missing}")
                deadline += READY_SECONDS
            time.sleep(0.1)

    # --- the end --------------------------------------------------------------------------------
    def call_witness(self) -> None:
        """Start the process that ends everything should this one be killed."""
        self.witness = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", ending.__name__, str(self.var), *self.services],
            stdin=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            start_new_session=True,
        )

    def tell_witness(self, word: str) -> None:
        """Say something to the witness, if it lives."""
        if self.witness and self.witness.stdin and self.witness.poll() is None:
            self.witness.stdin.write(word + "\n")
            self.witness.stdin.flush()

    def end(self) -> None:
        """End the children, then the services, then let the witness go."""
        self.is_ending.set()
        running = [child.process for child in self.children if child.process]
        ending.end_groups(
            [process.pid for process in running],
            reap=lambda: [process.poll() for process in running],
        )
        ending.stop_services(self.var, self.services, say=lambda words: self.say("serve", words))
        self.tell_witness(ending.GOODBYE)
        if self.witness:
            self.witness.wait(timeout=5)


def what_is_missing(url: str) -> str | None:
    """None when the address answers 200, else why not."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
            return None if answer.status == 200 else str(answer.status)
    except urllib.error.HTTPError as no:
        try:
            parts = json.load(no)["parts"]
        except (ValueError, KeyError, TypeError):
            return f"{url} answers {no.code}"
        return ", ".join(f"{name} is {state}" for name, state in parts.items() if state != "up")
    except OSError as no:
        return str(no)
