from django.apps import AppConfig


class PackagesConfig(AppConfig):
    name = "hubshops.packages"
    label = "packages"
    default_auto_field = "django.db.models.BigAutoField"
