from django.apps import AppConfig


class PayrunsConfig(AppConfig):
    name = "payouts.payruns"
    label = "payruns"
    default_auto_field = "django.db.models.BigAutoField"
