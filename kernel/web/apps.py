from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.urls import register_converter

from kernel.web.converters import DayConverter


class WebConfig(AppConfig):
    name = "kernel.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
    default = True

    def ready(self) -> None:
        """Teach addresses what a day is."""
        register_converter(DayConverter, "day")


class HouseAdminConfig(admin.AdminConfig):
    """Django's admin with the house's own door."""

    default_site = "kernel.repairs.HouseAdminSite"
    default = False
