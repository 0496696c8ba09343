from django.apps import AppConfig


class OverflowConfig(AppConfig):
    name = "portal.overflow"
    label = "overflow"
    default_auto_field = "django.db.models.BigAutoField"
