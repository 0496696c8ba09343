from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    name = "kernel.embedded"
    label = "embedded"
