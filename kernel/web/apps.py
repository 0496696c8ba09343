from django.apps import AppConfig
from django.contrib.admin import apps as admin


class WebConfig(AppConfig):
    name = "kernel.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
    default = True


class HouseAdminConfig(admin.AdminConfig):
    """Django's admin with the house's own door."""

    default_site = "kernel.web.admin.HouseAdminSite"
    default = False
