"""One command of the portal in a process of its own, on the database of the running tests, with
small chunks and short leases: `python -m tests.faults.money_process DATABASE COMMAND …`."""

import datetime as dt
import os
import sys


def small_steps() -> None:
    """Chunks, batches and leases so small that a process can be killed between them."""
    from payouts.accruals.actions import sweeping
    from payouts.payruns import rules
    from payouts.payruns.actions import reversing
    from payouts.providers.actions import BankFile, StripeConnect

    sweeping.CHUNK = 4
    for gateway in (BankFile, StripeConnect):
        gateway.most_at_once = 2
        gateway.lease = dt.timedelta(milliseconds=200)
    rules.LOOK_UP_AFTER = reversing.LOOK_UP_AFTER = dt.timedelta(milliseconds=200)
    reversing.LEASE = dt.timedelta(milliseconds=200)


def main(database: str, *command: str) -> None:
    """Run the command as `manage.py` would."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings.test"
    import django
    from django.conf import settings
    from django.core.management import execute_from_command_line

    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    small_steps()
    execute_from_command_line(["manage.py", *command])


if __name__ == "__main__":
    main(*sys.argv[1:])
