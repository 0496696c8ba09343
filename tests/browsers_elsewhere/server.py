"""The portal on the database of the running tests, in a process that can be killed and started
again on the same port: `python -m tests.browsers_elsewhere.server DATABASE PORT`."""

import os
import sys


def main(database: str, port: str) -> None:
    """Serve until killed."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings.test"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    django.setup()

    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    server = ThreadedWSGIServer(("127.0.0.1", int(port)), WSGIRequestHandler)
    server.set_app(StaticFilesHandler(WSGIHandler()))
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
