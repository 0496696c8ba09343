#!/usr/bin/env python
"""The terminal's door into the portal."""

import os
import sys


def main() -> None:
    """Run one management command with the settings the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as no:
        sys.exit(f"Settings: {no}")


if __name__ == "__main__":
    main()
