"""Translations: from the files people edit to the files gettext reads."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management import CommandError, CommandParser

from kernel.terminal import HouseCommand

LEFT_OUT = {".git", ".venv", "var", "tests", "benchmarks", "node_modules", "staticfiles"}


class Command(HouseCommand):
    """Compiles every catalogue (.po to .mo), without gettext's own programs."""

    help = "Compile the translation files, or check that they know every string of the source."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="default: every file of locale/")
        parser.add_argument(
            "--check", action="store_true", help="fail when a string is unknown or untranslated"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        files = options["files"] or sorted(locale_folder().glob("*/LC_MESSAGES/*.po"))
        if options["check"]:
            stale = [line for file in files for line in complaints(file)]
            if stale:
                raise CommandError("\n".join(stale))
        else:
            for file in files:
                polib.pofile(str(file)).save_as_mofile(str(file.with_suffix(".mo")))
        return {"catalogues": [str(file) for file in files]}

    def describe(self, answer: dict[str, Any]) -> str:
        return f"Translations: {len(answer['catalogues'])} up to date."


def locale_folder() -> Path:
    """The folder of the product's own translations."""
    return Path(settings.LOCALE_PATHS[0])


def complaints(file: Path) -> list[str]:
    """What a catalogue lacks: strings of the source it does not know or leaves empty or unsure."""
    catalogue = polib.pofile(str(file))
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue if not entry.obsolete}
    lines = [f"{file}: unknown: {name!r}" for name in sorted(source_strings(file) - known, key=str)]
    empty = [*catalogue.untranslated_entries(), *catalogue.fuzzy_entries()]
    return lines + [f"{file}: without translation: {entry.msgid!r}" for entry in empty]


def source_strings(file: Path) -> set[tuple[str | None, str]]:
    """Every translatable string of the source, found by `makemessages` in a copy of it."""
    language, domain = file.parent.parent.name, file.stem
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "source"
        shutil.copytree(settings.BASE_DIR, copy, ignore=lambda _, names: LEFT_OUT & set(names))
        shutil.rmtree(copy / "locale", ignore_errors=True)
        (copy / "locale").mkdir()
        found = collect(copy, language, domain)
    return {(entry.msgctxt, entry.msgid) for entry in found}


def collect(folder: Path, language: str, domain: str) -> polib.POFile:
    """Run `makemessages` in a folder and read what it found."""
    words = ["makemessages", "-l", language, "-d", domain, "--no-wrap"]
    surroundings = {key: os.environ[key] for key in os.environ.keys() - {"DJANGO_SETTINGS_MODULE"}}
    made = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "django", *words],
        cwd=folder,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise CommandError(" ".join(made.stderr.split()) or "makemessages failed")
    return polib.pofile(str(folder / "locale" / language / "LC_MESSAGES" / f"{domain}.po"))
