"""The suite: real PostgreSQL, cheap password hashing, jobs run when a test says so."""

import tempfile

from portal.settings.base import *
from portal.settings.base import STORAGES, env

SECRET_KEY = "only-for-tests-only-for-tests-only-for-tests-only-for-tests"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
JOB_WAKE_UPS = False
# Tests of these turn them on.
STAFF_NEED_SECOND_FACTOR = False
SESSIONS_ARE_SEEN = False
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "memory://")  # tests of brokers bring their own
FAILPOINTS = True
# A test's commit need not outlive a power cut.
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
STATIC_ROOT = None  # served from where they lie, nothing is collected
WHITENOISE_USE_FINDERS = True
# Each process of the suite has a folder of its own, gone with it.
_files = tempfile.TemporaryDirectory(prefix="hub-files-")
STORAGES["private"]["OPTIONS"]["location"] = _files.name
