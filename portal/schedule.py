"""Every recurring job of the portal, on one page. Celery's beat only ticks (`jobs.tick`, every ten
seconds); a unique row per job and slot decides, so two schedulers do no harm."""

import datetime as dt

from kernel.jobs.queries import Recurring

TICK = dt.timedelta(seconds=10)

SCHEDULE: list[Recurring] = []
