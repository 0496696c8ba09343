from django.apps import AppConfig


class CounterConfig(AppConfig):
    name = "portal.counter"
    label = "counter"
    default_auto_field = "django.db.models.BigAutoField"
