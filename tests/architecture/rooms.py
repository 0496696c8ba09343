"""The rooms of the house, as the tree has them."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("portal", "payouts", "hubshops", "kernel")
# Rooms of the floor and the roof that serve all others, each in its own shape.
FREE_SHAPE = {"kernel.embedded", "kernel.papers", "kernel.sheets", "kernel.web", "portal.settings"}


def rooms() -> list[str]:
    """Every room's dotted name."""
    return sorted(
        f"{package}.{folder.name}"
        for package in PACKAGES
        for folder in (ROOT / package).iterdir()
        if (folder / "__init__.py").exists()
    )


def folder_of(room: str) -> Path:
    """Where a room's files are."""
    return ROOT.joinpath(*room.split("."))


def room_of(module: str) -> str | None:
    """The room a module belongs to; None for a package's own modules."""
    name = ".".join(module.split(".")[:2])
    return name if name in rooms() else None
