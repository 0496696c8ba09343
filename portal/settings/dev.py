"""A laptop: embedded database, broker and cache, mail kept in the portal's own mailbox."""

from kernel.embedded.paths import laptop_secret
from portal.settings.base import *
from portal.settings.base import VAR_DIR, env

SECRET_KEY = env.str("SECRET_KEY", "") or laptop_secret(VAR_DIR)
DEBUG = env.bool("DEBUG", False)
STATIC_ROOT = None  # served from where they lie, nothing is collected
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
