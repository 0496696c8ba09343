from django.apps import AppConfig


class AccrualsConfig(AppConfig):
    name = "payouts.accruals"
    label = "accruals"
    default_auto_field = "django.db.models.BigAutoField"
