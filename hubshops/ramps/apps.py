from django.apps import AppConfig


class RampsConfig(AppConfig):
    name = "hubshops.ramps"
    label = "ramps"
    default_auto_field = "django.db.models.BigAutoField"
