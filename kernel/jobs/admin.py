"""Jobs, for reading. A job that was given up is tried again on the page of jobs."""

from django.contrib import admin

from kernel.jobs.models import Heartbeat, Job
from kernel.repairs import ReadOnlyAdmin


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["name", "created_at", "run_after", "claims", "done_at", "gave_up_at"]
    list_filter = ["name"]


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["who", "beat_at"]
