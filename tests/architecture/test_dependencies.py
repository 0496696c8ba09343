"""A fresh clone installs what the product imports, each package pinned and explained."""

import ast
import importlib.metadata
import re
import sys
from pathlib import Path

import pytest

from tests.architecture.rooms import PACKAGES, ROOT

# Packages that another one brings along and whose words are part of its own.
BROUGHT_BY = {"redis": "celery", "pydantic": "django-ninja", "tablib": "django-import-export"}
OURS = {*PACKAGES, "tests", "benchmarks", "manage"}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(file: str) -> dict[str, str]:
    """The packages of a requirements file with their versions."""
    lines = (ROOT / file).read_text().splitlines()
    found = re.compile(r"([\w.-]+)(?:\[[\w,]+\])?(?:==([\w.]+))?$")
    matches = [found.fullmatch(line) for line in lines if line and line[0] not in "#-"]
    return {plain(match[1]): match[2] for match in matches if match}


def imported(folders: tuple[str, ...]) -> dict[str, Path]:
    """Every outside package that files import, with one file that does."""
    distributions = importlib.metadata.packages_distributions()
    found = {}
    for folder in folders:
        for file in (ROOT / folder).rglob("*.py"):
            for name in top_names(ast.parse(file.read_text())):
                if name not in OURS and name not in sys.stdlib_module_names:
                    distribution = plain(distributions.get(name, [name])[0])
                    found[BROUGHT_BY.get(distribution, distribution)] = file
    return found


def top_names(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_what_the_product_imports_is_required():
    missing = imported(PACKAGES).keys() - pinned("requirements.txt").keys()
    assert not missing


def test_what_tests_and_benchmarks_import_is_required():
    known = pinned("requirements.txt") | pinned("requirements-dev.txt")
    assert not imported(("tests", "benchmarks")).keys() - known.keys()


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_to_one_version(file):
    assert pinned(file)
    assert all(pinned(file).values())


def test_every_package_the_product_runs_on_is_explained():
    text = plain((ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text())
    names = {name.replace("rl-accel", "reportlab") for name in pinned("requirements.txt")}
    assert not {name for name in names if name not in text}
