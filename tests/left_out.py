"""Which tests a run leaves out, and why: said by name, never skipped in silence."""

import os
import shutil
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The Chromium of this machine (`CHROMIUM` names another); None when there is none."""
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)


def firefox() -> str | None:
    """The Firefox of this machine; None when there is none."""
    return next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)


def minibrowser() -> str | None:
    """WebKitGTK's small browser, where its driver and a screen without a screen are there, too."""
    found = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    has_driver = shutil.which("WebKitWebDriver") and shutil.which("Xvfb")
    return str(found[-1]) if found and has_driver else None


def reason_to_leave_out(markers: set[str], wanted: str) -> str | None:
    """Why tests with these markers are not run here, where `wanted` was asked for (`-m`); None when
    they are."""
    if "campaign" in markers and "campaign" not in wanted:
        return "they are long and left to `make campaign`"
    if "browser" in markers and not chromium():
        return "there is no Chromium here (Debian: apt-get install chromium, or set CHROMIUM)"
    if "webkit" in markers and not minibrowser():
        return "there is no WebKitGTK to drive here (Debian: webkit2gtk-driver and xvfb)"
    if "firefox" in markers and not firefox():
        return "there is no Firefox here (Debian: apt-get install firefox-esr)"
    if "root" in markers and os.geteuid() != 0:
        return "they switch users, which only root can"
    return None
