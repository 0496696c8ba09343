"""Every icon the source names exists in the set we ship."""

import re
import zipfile
from pathlib import Path

import lucide

ROOT = Path(__file__).resolve().parents[3]
NAMED = [
    re.compile(r'{% icon "([a-z0-9-]+)"'),
    re.compile(r'icon(?:_name|)=\\?"([a-z0-9-]+)"'),
    re.compile(r'"icon": "([a-z0-9-]+)"'),
    re.compile(r'"(?:good|warn|bad|info)", "([a-z0-9-]+)"\)'),
]


def test_no_page_asks_for_an_icon_that_is_not_there():
    (archive,) = Path(lucide.__file__).parent.rglob("*.zip")
    known = {Path(name).stem for name in zipfile.ZipFile(archive).namelist()}
    asked = set()
    for room in ("portal", "payouts", "hubshops", "kernel", "templates"):
        for path in (ROOT / room).rglob("*.*"):
            if path.suffix in {".py", ".html"}:
                text = path.read_text(encoding="utf-8")
                asked |= {name for pattern in NAMED for name in pattern.findall(text)}
    assert "circle-question-mark" in asked
    assert asked - known == set()
