"""A reader knows where a thing is before looking: the files of a room have fixed names."""

import ast

import grimp
import pytest

from tests.architecture.rooms import FREE_SHAPE, PACKAGES, ROOT, folder_of, room_of, rooms

MODULES = {"__init__", "apps", "urls", "admin", "views", "staff_views", "api", "tasks", "forms"} | {
    "actions",
    "access",
    "documents",
    "queries",
    "models",
    "rules",
    "jobs",
}
FOLDERS = {"feeds", "gateways", "migrations", "management"}
ELSEWHERE = {"portal.demo": {"data"}, "hubshops.agreements": {"data"}}
MORE_MODULES = {"kernel.accounts": {"adapter"}, "portal.demo": {"welcome"}}
OPEN_TO_OTHERS = {"models", "queries", "actions", "access", "rules", "jobs"}
SHAPED = [room for room in rooms() if room not in FREE_SHAPE]


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph(*PACKAGES, cache_dir=None)


@pytest.mark.parametrize("room", SHAPED)
def test_a_room_holds_only_files_a_reader_expects(room):
    names = {
        path.stem if path.is_file() else path.name
        for path in folder_of(room).iterdir()
        if path.name != "__pycache__"
    }
    # A file that grew becomes a package of the same name.
    expected = MODULES | FOLDERS | ELSEWHERE.get(room, set()) | MORE_MODULES.get(room, set())
    assert names <= expected, f"{room} does not hold {names - expected}"


@pytest.mark.parametrize("package", ["hubshops", "payouts"])
def test_a_package_holds_rooms_and_nothing_beside_them(package):
    beside = [path.name for path in (ROOT / package).glob("*.py")]
    assert beside == ["__init__.py"]


@pytest.mark.parametrize("package", ["hubshops", "payouts"])
def test_a_package_says_nothing_but_what_it_is(package):
    tree = ast.parse((ROOT / package / "__init__.py").read_text())
    assert [type(node).__name__ for node in tree.body] in ([], ["Expr"])


def test_a_room_is_entered_by_its_open_doors_only(graph):
    wrong = []
    for module in graph.modules - {"portal.urls", "portal.api"}:  # where addresses are wired
        for imported in graph.find_modules_directly_imported_by(module):
            here, there = room_of(module), room_of(imported)
            if there is None or here == there or there in FREE_SHAPE:
                continue
            door = imported.split(".")[2:3]
            if door and door[0] not in OPEN_TO_OTHERS:
                wrong.append(f"{module} imports {imported}")
    assert not wrong


def test_the_floor_is_free_of_the_domain(graph):
    """The floor knows no word of packages, shops or fees."""
    words = {"hubshops", "payouts", "portal"}
    wrong = [
        f"{module} imports {imported}"
        for module in graph.modules
        if module.split(".")[0] == "kernel"
        for imported in graph.find_modules_directly_imported_by(module)
        if imported.split(".")[0] in words
    ]
    assert not wrong


@pytest.mark.parametrize("room", SHAPED)
def test_every_room_is_an_installed_app_named_after_itself(room):
    from django.apps import apps

    config = apps.get_app_config(room.split(".")[1])
    assert config.name == room


def test_rules_are_pure():
    """Decisions know neither tables, nor pages, nor the clock."""
    wrong = []
    for room in SHAPED:
        for file in [*folder_of(room).glob("rules.py"), *folder_of(room).glob("rules/*.py")]:
            for name in imported_names(ast.parse(file.read_text())):
                if name.startswith(("django.db", "django.http", "django.shortcuts", "celery")):
                    wrong.append(f"{file.relative_to(ROOT)} imports {name}")
    assert not wrong


def imported_names(tree: ast.AST) -> list[str]:
    """Every module a file imports, wherever in the file."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
    return names


def test_the_clock_is_read_at_the_edges_only():
    """Views, tasks and commands read the clock; everything below is given the moment."""
    edges = {"views", "staff_views", "api", "tasks", "adapter"}
    wrong = []
    for room in SHAPED:
        for file in folder_of(room).rglob("*.py"):
            inner = file.relative_to(folder_of(room)).parts
            if inner[0] in {"migrations", "management"} or inner[0].removesuffix(".py") in edges:
                continue
            text = file.read_text()
            if "timezone.now()" in text or "clock.now()" in text or "datetime.now(" in text:
                wrong.append(str(file.relative_to(ROOT)))
    assert not wrong
