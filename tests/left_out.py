"""Which tests this machine cannot run, and why: left out by name, never skipped in silence."""

import os
import shutil

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The Chromium of this machine (`CHROMIUM` names another); None when there is none."""
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)


def reason_to_leave_out(markers: set[str]) -> str | None:
    """Why tests with these markers cannot run here; None when they can."""
    if "browser" in markers and not chromium():
        return "there is no Chromium here (Debian: apt-get install chromium, or set CHROMIUM)"
    if "root" in markers and os.geteuid() != 0:
        return "they switch users, which only root can"
    return None
