from django.apps import AppConfig


class ClosingsConfig(AppConfig):
    name = "payouts.closings"
    label = "closings"
    default_auto_field = "django.db.models.BigAutoField"
