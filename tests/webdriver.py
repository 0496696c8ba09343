"""Two browsers that Playwright can't drive as Debian builds them, spoken to in their own tongues:
WebKitGTK by the W3C's WebDriver over HTTP, Firefox by Marionette over a socket. No more than our
tests need."""

import contextlib
import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.left_out import firefox, minibrowser

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PATIENCE_SECONDS = 30
FIREFOX_PREFERENCES = {
    "marionette.port": 0,
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
}
WEBKIT_CAMERA = ["--enable-media-stream=true", "--enable-mock-capture-devices=true"]
# WebDriver's commands: Marionette's name, method and path of the W3C's.
COMMANDS = {
    "Navigate": ("POST", "/url"),
    "FindElement": ("POST", "/element"),
    "FindElements": ("POST", "/elements"),
    "ElementClick": ("POST", "/element/{id}/click"),
    "ElementClear": ("POST", "/element/{id}/clear"),
    "ElementSendKeys": ("POST", "/element/{id}/value"),
    "ExecuteScript": ("POST", "/execute/sync"),
    "ExecuteAsyncScript": ("POST", "/execute/async"),
    "GetWindowHandle": ("GET", "/window"),
    "NewWindow": ("POST", "/window/new"),
    "SwitchToWindow": ("POST", "/window"),
    "CloseWindow": ("DELETE", "/window"),
    "TakeScreenshot": ("GET", "/screenshot"),
}
ASYNC = """const done = arguments[arguments.length - 1], told = arguments[0];
(async () => { %s })().then((value) => done([value]), (error) => done(String(error)));"""
Send = Callable[..., object]


class Failed(Exception):
    """The browser said no."""


class Browser:
    """One tab, as a person sees it: things are found by their words and waited for."""

    def __init__(self, send: Send) -> None:
        self.send = send

    def go(self, address: str) -> None:
        self.send("Navigate", url=address)

    def run(self, expression: str) -> object:
        """What an expression of the page's gives."""
        return self.send("ExecuteScript", script=f"return {expression};", args=[])

    def work(self, body: str, told: object = None) -> object:
        """What an async function's body returns; it knows `told`."""
        answer = self.send("ExecuteAsyncScript", script=ASYNC % body, args=[told])
        if not isinstance(answer, list):
            raise Failed(answer)
        return answer[0]

    def wait(self, expression: str) -> object:
        """What an expression gives as soon as that is true."""
        return self._soon(lambda: self.run(expression), expression)

    def see(self, words: str) -> None:
        """Wait until the page shows these words."""
        self.wait(f"document.body.innerText.includes({json.dumps(words)})")

    def click(self, words: str) -> None:
        """The button, link or choice that shows these words."""
        quoted = f'"{words}"'
        path = (
            "//*[self::button or self::a or self::label or self::summary]"
            f"[contains(normalize-space(.), {quoted})]"
        )
        self._soon(lambda: self._click_shown(path), f"something to click called {words}")

    def press(self, selector: str) -> None:
        """The first thing of a selector's, by its place on the page."""
        found = self.send("FindElement", using="css selector", value=selector)
        self.send("ElementClick", id=found[ELEMENT])

    def fill(self, label: str, text: str) -> None:
        """The field of this label."""
        path = (
            f'//input[@id=//label[contains(normalize-space(.), "{label}")]/@for]'
            f' | //label[contains(normalize-space(.), "{label}")]//input'
        )
        field = self._soon(lambda: self._shown(path), f"a field called {label}")
        self.send("ElementClear", id=field)
        self.send("ElementSendKeys", id=field, text=text)

    @contextlib.contextmanager
    def another_tab(self) -> Iterator[None]:
        """A tab in front of this one, so that this one is hidden."""
        ours = self.send("GetWindowHandle")
        new = self.send("NewWindow", type="tab")["handle"]
        self.send("SwitchToWindow", handle=new)
        yield
        self.send("CloseWindow")
        self.send("SwitchToWindow", handle=ours)

    def _click_shown(self, path: str) -> bool:
        found = self._shown(path)
        if found:
            self.send("ElementClick", id=found)
        return bool(found)

    def _shown(self, path: str) -> str | None:
        """The first element at an XPath that can be seen and used, scrolled to."""
        script = """const found = document.evaluate(arguments[0], document, null, 7, null);
            for (let i = 0; i < found.snapshotLength; i += 1) {
                const one = found.snapshotItem(i);
                if (!one.checkVisibility() || one.disabled) continue;
                one.scrollIntoView({ block: 'center' });
                return one;
            }
            return null;"""
        found = self.send("ExecuteScript", script=script, args=[path])
        return found[ELEMENT] if found else None

    def _soon(self, ask: Callable[[], object], what: str) -> object:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            trouble: object = ""
            try:
                if found := ask():
                    return found
            except Failed as no:  # the page changed under our hands
                trouble = no
            if time.monotonic() > deadline:
                text = self.run("location.href + '\\n' + document.body.innerText")
                raise AssertionError(f"waited in vain for {what} {trouble}\n{text}")
            time.sleep(0.1)


# --- Firefox -------------------------------------------------------------------------------------


@contextlib.contextmanager
def firefox_browser() -> Iterator[Browser]:
    """A headless Firefox with a profile of its own and a camera that shows a moving colour."""
    with tempfile.TemporaryDirectory(prefix="hub-fx-", ignore_cleanup_errors=True) as home:
        preferences = "".join(
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
            for name, value in FIREFOX_PREFERENCES.items()
        )
        Path(home, "user.js").write_text(preferences)
        words = [firefox(), "--headless", "-marionette", "-no-remote", "-profile", home]
        with running(words, home):
            port = Path(home, "MarionetteActivePort")
            soon(lambda: port.exists() and port.read_text().strip(), "Firefox")
            with socket.create_connection(("127.0.0.1", int(port.read_text()))) as line:
                line.settimeout(120)
                yield Browser(marionette(line))


def marionette(line: socket.socket) -> Send:
    """How to send a command to Firefox: `[0, number, name, parameters]` with its length before."""
    answers = line.makefile("rb")

    def read() -> list:
        length = b""
        while (sign := answers.read(1)) != b":":
            length += sign
        return json.loads(answers.read(int(length)))

    read()  # it greets

    def send(name: str, **words: object) -> object:
        if name.startswith("Execute"):
            words["sandbox"] = None  # in the page's own world, where it may import modules
        said = json.dumps([0, 1, f"WebDriver:{name}", words]).encode()
        line.sendall(b"%d:%b" % (len(said), said))
        _kind, _number, no, answer = read()
        if no:
            raise Failed(no["error"], no["message"])
        return answer["value"] if isinstance(answer, dict) and set(answer) == {"value"} else answer

    send("NewSession")
    return send


# --- WebKitGTK -----------------------------------------------------------------------------------


@contextlib.contextmanager
def webkit_browser() -> Iterator[Browser]:
    """WebKitGTK's small browser on a screen of its own (Xvfb), which is what iPhones are nearest to
    here: no Background Sync, no detector of barcodes."""
    with (
        tempfile.TemporaryDirectory(prefix="hub-wk-", ignore_cleanup_errors=True) as home,
        screen(home) as display,
        free_driver(home, display) as address,
    ):
        options = {"binary": minibrowser(), "args": ["--automation", *WEBKIT_CAMERA]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        session = ask("POST", f"{address}/session", {"capabilities": wanted})
        here = f"{address}/session/{session['sessionId']}"

        def send(name: str, **words: object) -> object:
            method, path = COMMANDS[name]
            place = path.format(**words)
            return ask(method, here + place, words if method == "POST" else None)

        yield Browser(send)
        with contextlib.suppress(Failed, OSError):
            ask("DELETE", here)


@contextlib.contextmanager
def screen(home: str) -> Iterator[str]:
    """A screen nobody sees."""
    words = ["Xvfb", "-displayfd", "1", "-screen", "0", "800x1000x24", "-nolisten", "tcp"]
    with running(words, home, stdout=subprocess.PIPE) as process:
        yield f":{process.stdout.readline().decode().strip()}"


@contextlib.contextmanager
def free_driver(home: str, display: str) -> Iterator[str]:
    """WebKitGTK's driver on a port of its own."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port = line.getsockname()[1]
    more = {"DISPLAY": display, "GDK_BACKEND": "x11", "LIBGL_ALWAYS_SOFTWARE": "1"}
    with running(["WebKitWebDriver", f"--port={port}"], home, **more):
        address = f"http://127.0.0.1:{port}"
        soon(lambda: ask("GET", f"{address}/status"), "WebKitWebDriver")
        yield address


def ask(method: str, address: str, words: object = None) -> object:
    """An answer of a WebDriver."""
    body = json.dumps(words or {}).encode() if method == "POST" else None
    asked = urllib.request.Request(address, method=method, data=body)
    asked.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(asked, timeout=120) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as no:
        value = json.loads(no.read() or b"{}").get("value") or {}
        raise Failed(value.get("error"), value.get("message")) from None


# --- Processes -----------------------------------------------------------------------------------


@contextlib.contextmanager
def running(
    words: list, home: str, stdout: int = subprocess.DEVNULL, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A program with a home of its own, ended by its group's number."""
    environment = os.environ | {"HOME": home, "XDG_RUNTIME_DIR": home, "NO_AT_BRIDGE": "1"} | more
    process = subprocess.Popen(
        words, env=environment, stdout=stdout, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def soon(is_so: Callable[[], object], what: str) -> None:
    """Wait until a program answers."""
    deadline = time.monotonic() + PATIENCE_SECONDS * 2
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if is_so():
                return
        time.sleep(0.05)
    raise AssertionError(f"{what} did not start")
