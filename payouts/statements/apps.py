from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "payouts.statements"
    label = "statements"
    default_auto_field = "django.db.models.BigAutoField"
