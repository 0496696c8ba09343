"""Production: refuses to start without its secrets, serves over HTTPS only."""

from portal.settings.base import *
from portal.settings.base import (
    ACH_BANK_ROUTING,
    ALLOWED_HOSTS,
    DATABASES,
    DEMO,
    EMAIL_URL,
    EMBEDDED_BROKER,
    EMBEDDED_CACHE,
    SEALING_KEYS,
    STORAGES,
    STRIPE_IS_LIVE,
    STRIPE_SECRET_KEY,
    STRIPE_WEBHOOK_SECRETS,
    TEXTS_URL,
    env,
    refuse,
)

SECRET_KEY = env.str("SECRET_KEY", "")
if len(SECRET_KEY) < 50:
    refuse("SECRET_KEY", "production needs at least 50 random characters")
if not env.str("DATABASE_URL", ""):
    refuse("DATABASE_URL", "production needs its own PostgreSQL, as postgres://user@host/name")
if EMBEDDED_BROKER:
    refuse("CELERY_BROKER_URL", "production needs a Redis, Valkey or RabbitMQ address")
if EMBEDDED_CACHE:
    refuse("CACHE_URL", "production needs a Redis or Valkey address")
if not EMAIL_URL:
    refuse("EMAIL_URL", "production needs a mail server, as smtp+tls://user:password@host:587")
if not env.str("ALLOWED_HOSTS", "") or "*" in ALLOWED_HOSTS:
    refuse("ALLOWED_HOSTS", "name the portal's host names, separated by commas, without *")
if not env.str("PUBLIC_URL", "").startswith("https://"):
    refuse("PUBLIC_URL", "give the portal's address, starting with https://")
if DEMO:
    refuse("DEMO", "the sample network and its passwords never run in production")
if TEXTS_URL == "console://":
    refuse("TEXTS_URL", "a console takes no text to a phone; name a texting service, or nothing")

if STRIPE_SECRET_KEY and not STRIPE_IS_LIVE and not env.bool("STRIPE_SANDBOX", False):
    refuse("STRIPE_SECRET_KEY", "this is a test key; a rehearsal says so with STRIPE_SANDBOX=1")
if STRIPE_SECRET_KEY and not STRIPE_WEBHOOK_SECRETS:
    refuse("STRIPE_WEBHOOK_SECRET", "give the secret of the webhook, as whsec_…")

if ACH_BANK_ROUTING and not SEALING_KEYS:
    refuse("SEALING_KEYS", "bank account numbers are sealed by a key of their own: 32 characters")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DATABASES["default"]["OPTIONS"] = {"pool": False} | DATABASES["default"].get("OPTIONS", {})
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
STORAGES["staticfiles"] = {"BACKEND": "kernel.web.storage.HashedFiles"}
