"""What the worker does for cases."""

from hubshops.cases.actions import lapse_cases, open_cases
from hubshops.cases.jobs import Jobs
from hubshops.cases.queries import found_proofs
from kernel import clock
from kernel.jobs.actions import handles


@handles(Jobs.SWEEP)
def sweep(**_: object) -> None:
    """Open a case for each fact that needs one."""
    open_cases(at=clock.now())


@handles(Jobs.PROOFS)
def look_for_proofs(**_: object) -> None:
    """Open a case for each delivery that lacks a proof it needs."""
    open_cases(at=clock.now(), finders=[found_proofs])


@handles(Jobs.LAPSE)
def lapse(**_: object) -> None:
    """End what nobody answered in time."""
    lapse_cases(at=clock.now())
