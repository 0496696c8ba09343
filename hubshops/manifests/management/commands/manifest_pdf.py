"""Write a shop's manifest as PDF."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from hubshops.manifests.documents import current_paper
from hubshops.manifests.queries import get_manifest
from hubshops.shops.queries import get_shop
from kernel.terminal import HouseCommand, day


class Command(HouseCommand):
    help = "Write the manifest of one shop-day to a PDF file."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--shop", required=True, metavar="SLUG")
        parser.add_argument("--day", required=True, type=day, metavar="YYYY-MM-DD")
        parser.add_argument("-o", "--output", required=True, type=Path, metavar="FILE")

    def run(self, **options: Any) -> dict[str, Any]:
        manifest = get_manifest(get_shop(options["shop"]), options["day"])
        content = current_paper(manifest)
        options["output"].write_bytes(content)
        return {
            "file": str(options["output"]),
            "number": manifest.number,
            "version": manifest.version,
            "bytes": len(content),
        }

    def describe(self, answer: dict[str, Any]) -> str:
        return f"{answer['number']} v{answer['version']} is in {answer['file']}."
