from django.apps import AppConfig


class ManifestsConfig(AppConfig):
    name = "hubshops.manifests"
    label = "manifests"
    default_auto_field = "django.db.models.BigAutoField"
