"""What every test may lean on: a database that comes back, browsers last, and a closing word on
what was left out."""

import pytest
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

from tests import database
from tests.left_out import reason_to_leave_out
from tests.local_stripe.fixtures import local_stripe, stripe_process  # noqa: F401

# Synchronous Playwright leaves a loop running in the main thread: what follows it would suffer.
LAST = ("fault", "webkit", "firefox", "browser")
left_out: dict[str, str] = {}
# The same examples in every run, and no stop-watch: a busy machine is not a failure.
hypothesis_settings.register_profile("suite", derandomize=True, deadline=None)
hypothesis_settings.load_profile("suite")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_modify_db_settings, django_db_blocker):
    """A database of this process's own, as the migrations leave it."""
    with django_db_blocker.unblock():
        database.make_ready()


@pytest.fixture(scope="session", autouse=True)
def _committed_rows_are_removed():
    """Tests that really commit (races, faults, browsers) leave the database as they found it."""
    usual = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda self: database.restore()
    yield
    TransactionTestCase._fixture_teardown = usual


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put browsers last and leave out, by name, what cannot run here or takes long."""
    for item in items:
        markers = {marker.name for marker in item.iter_markers()}
        reason = reason_to_leave_out(markers, wanted=config.option.markexpr)
        if reason:
            left_out[item.nodeid] = reason
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left_out])
    items[:] = sorted((item for item in items if item.nodeid not in left_out), key=turn)


def turn(item: pytest.Item) -> int:
    """A test's place in the order: 0 for most."""
    return max((LAST.index(name) + 1 for name in LAST if item.get_closest_marker(name)), default=0)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what was left out to the process that prints, when the suite runs in several."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = left_out


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """Take over what a worker left out."""
    left_out.update(getattr(node, "workeroutput", {}).get("left_out", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which tests were left out, and why."""
    for reason in sorted(set(left_out.values())):
        names = [name.split("::")[0] for name in left_out if left_out[name] == reason]
        terminalreporter.write_sep("-", f"left out: {len(names)} tests, because {reason}")
        for name in sorted(set(names)):
            terminalreporter.write_line(f"{name} ({names.count(name)})")
