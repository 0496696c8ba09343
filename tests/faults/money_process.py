"""One command of the portal in a process of its own, on the database of the running tests, with
small chunks and short leases: `python -m tests.faults.money_process DATABASE COMMAND …`."""

import datetime as dt
import os
import sys


def small_steps() -> None:
    """Chunks, batches and leases so small that a process can be killed between them."""
    from payouts.accruals.actions import sweeping
    from payouts.providers.actions import BankFile

    sweeping.CHUNK = 4
    BankFile.most_at_once = 2
    BankFile.lease = dt.timedelta(milliseconds=200)


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
