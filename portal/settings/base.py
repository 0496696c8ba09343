"""What every environment shares, in sections. Values an operator sets come from the environment."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from kernel.embedded import paths
from kernel.logs import configure_logs
from portal.settings.environment import Environment, demo_stripe, refuse

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = Environment()


# --- Who we are ----------------------------------------------------------------------------------
SITE_NAME = "Hub Delivery"
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", "help@hubdelivery.example")
SUPPORT_PHONE = env.str("SUPPORT_PHONE", "(555) 010-0100")
DEMO = env.bool("DEMO", False)
DEBUG = False
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
PUBLIC_URL = env.web_address("PUBLIC_URL", "http://127.0.0.1:" + env.str("PORT", "8000"))

# --- The house -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal.demo",
    "portal.board",
    "portal.overflow",
    "portal.ops",
    "portal.intake",
    "portal.home",
    "portal.counter",
    "portal.calendar",
    "portal.letters",
    "portal.public",
    "payouts.webhooks",
    "payouts.closings",
    "payouts.statements",
    "payouts.payruns",
    "payouts.rewards",
    "payouts.adjustments",
    "payouts.accruals",
    "payouts.providers",
    "payouts.rates",
    "payouts.ledger",
    "hubshops.ramps",
    "hubshops.cases",
    "hubshops.recipients",
    "hubshops.deliveries",
    "hubshops.drops",
    "hubshops.forecasts",
    "hubshops.manifests",
    "hubshops.assignment",
    "hubshops.referrals",
    "hubshops.practice",
    "hubshops.agreements",
    "hubshops.reviews",
    "hubshops.applications",
    "hubshops.documents",
    "hubshops.subscriptions",
    "hubshops.packages",
    "hubshops.shops",
    "hubshops.stations",
    "kernel.notifications",
    "kernel.idempotency",
    "kernel.audit",
    "kernel.accounts",
    "kernel.jobs",
    "kernel.web",
    "kernel.embedded",
    "whitenoise.runserver_nostatic",
    "kernel.web.apps.HouseAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "lucide",
    "ninja",
    "csp",
]
MIDDLEWARE = [
    # Outermost, so that redirects and refusals of the others carry their headers, too.
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.no_powers",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.request_log",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.errors.SignInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.signed_in_here",
    "portal.middleware.private_pages",
    "portal.middleware.no_hidden_signs",
    "portal.errors.refusals_as_pages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kernel.web.context.house",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "kernel.web.templatetags.house",
                "kernel.web.templatetags.components",
                "lucide.templatetags.lucide",
            ],
        },
    }
]

FORM_RENDERER = "kernel.web.forms.HouseRenderer"

# --- The door ------------------------------------------------------------------------------------
MOST_ATTEMPTS = env.int("MOST_ATTEMPTS", 2)
if MOST_ATTEMPTS < 1:
    refuse("MOST_ATTEMPTS", "a package is tried at least once before it goes back")

# --- Data ----------------------------------------------------------------------------------------
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
VAR_DIR = paths.var_dir(BASE_DIR)
if env.str("DATABASE_URL", ""):
    DATABASES = {"default": env.database("DATABASE_URL")}
else:
    DATABASES = {"default": {"ENGINE": "kernel.embedded.backend", "NAME": "hub"}}
DATABASES["default"] |= {
    "CONN_MAX_AGE": None,
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
}

# --- Jobs: PostgreSQL rows are the truth, Celery is the wake-up ----------------------------------
EMBEDDED_BROKER = not env.str("CELERY_BROKER_URL", "")
EMBEDDED_CACHE = not env.str("CACHE_URL", "")
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "") or paths.valkey_url(BASE_DIR, database=0)
if not CELERY_BROKER_URL.startswith(
    ("redis://", "rediss://", "redis+socket://", "amqp://", "amqps://")
):
    refuse("CELERY_BROKER_URL", "give a redis://, rediss:// or amqp:// address")
CELERY_QUEUE = env.str("CELERY_QUEUE", "hub")
JOB_WAKE_UPS = True
SCHEDULE = "portal.schedule.SCHEDULE"
FAILPOINTS = False  # only tests let a process be killed at a named place

# --- Money ---------------------------------------------------------------------------------------
RATE_NOTICE_DAYS = env.int("RATE_NOTICE_DAYS", 14)
if RATE_NOTICE_DAYS < 1:
    refuse("RATE_NOTICE_DAYS", "give the days of notice before a card that lowers a fee: 1 or more")
LEAST_PAYOUT_CENTS = env.int("LEAST_PAYOUT_CENTS", 1)
if LEAST_PAYOUT_CENTS < 1:
    refuse("LEAST_PAYOUT_CENTS", "give the least amount to pay out, in cents: 1 or more")
BANK_CHANGE_WAITS_DAYS = env.int("BANK_CHANGE_WAITS_DAYS", 3)
WEEKLY_DRAFTS = env.bool("WEEKLY_DRAFTS", False)

# --- Stripe: unset, shops are paid by files for the bank ------------------------------------------
STRIPE_SECRET_KEY = env.stripe_key("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRETS = env.signing_secrets("STRIPE_WEBHOOK_SECRET")  # two while one is changed
STRIPE_API_BASE = env.server("STRIPE_API_BASE", "https://api.stripe.com")
STRIPE_ACCOUNTS = env.one_of("STRIPE_ACCOUNTS", "v2", ("v2", "v1"))
SIDE_PROGRAMS: dict[str, list[str]] = {}
if DEMO and not STRIPE_SECRET_KEY:
    STRIPE_SECRET_KEY = "sk_test_demo"  # noqa: S105
    STRIPE_WEBHOOK_SECRETS = ["whsec_demo"]
    STRIPE_API_BASE, SIDE_PROGRAMS = demo_stripe(env, VAR_DIR, PUBLIC_URL)
STRIPE_IS_LIVE = "_live_" in STRIPE_SECRET_KEY
if STRIPE_IS_LIVE and DEMO:
    refuse("STRIPE_SECRET_KEY", "the sample network never moves real money; give a test key")
if STRIPE_IS_LIVE and STRIPE_API_BASE != "https://api.stripe.com":
    refuse("STRIPE_API_BASE", "a live key goes to Stripe alone; leave this unset")

# --- Files in the banks' own format: unset, payment files are CSV only ----------------------------
ACH_BANK_ROUTING, ACH_BANK_NAME, ACH_COMPANY_ID, ACH_COMPANY_NAME = env.ach_origin()
SEALING_KEYS = env.sealing_keys("SEALING_KEYS")  # for bank account numbers; the newest first

# --- Telling stations' own systems ---------------------------------------------------------------
WEBHOOK_LOCAL_ADDRESSES = env.bool("WEBHOOK_LOCAL_ADDRESSES", DEMO)  # http and our own network, too

# --- Cache ---------------------------------------------------------------------------------------
CACHE_URL = env.str("CACHE_URL", "") or paths.valkey_cache_url(BASE_DIR, database=1)
if not CACHE_URL.startswith(("redis://", "rediss://", "unix://")):
    refuse("CACHE_URL", "give a redis:// or rediss:// address; processes must share one cache")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

# --- People --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/account/home/"
# At eight in the evening the check takes a station's default cut-off for a frozen "now".
SILENCED_SYSTEM_CHECKS = ["fields.W161"]

ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "kernel.accounts.adapter.InvitedOnlyAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {
    "login": "kernel.accounts.forms.SignInForm",
    "request_login_code": "kernel.accounts.forms.MailedCodeForm",
    "confirm_login_code": "kernel.accounts.forms.TypedCodeForm",
    "reset_password": "kernel.accounts.forms.ForgottenPasswordForm",
}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# Per account only together with the address that asks: a stranger can't use up an owner's tries.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",  # the key holds both, see InvitedOnlyAdapter
    "request_login_code": "20/m/ip",  # and MailedCodeForm's own, for both
    "reset_password": "20/m/ip",  # and ForgottenPasswordForm's own, for both
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""

# --- Second factors ------------------------------------------------------------------------------
STAFF_NEED_SECOND_FACTOR = not DEMO
MFA_ADAPTER = "kernel.accounts.adapter.SecondFactorAdapter"
SECRET_KEY_FALLBACKS: list[str] = []
MFA_KEYS = env.secret_keys("MFA_KEYS")  # unset, one is derived from SECRET_KEY
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_URL.startswith("http://")
MFA_FORMS = {
    "authenticate": "kernel.accounts.forms.SecondFactorForm",
    "reauthenticate": "kernel.accounts.forms.SecondFactorAgainForm",
    "activate_totp": "kernel.accounts.forms.AuthenticatorAppForm",
    "add_webauthn": "kernel.accounts.forms.PasskeyForm",
    "edit_webauthn": "kernel.accounts.forms.PasskeyNameForm",
}
SESSIONS_ARE_SEEN = True

# --- Texts: unset, none are promised -------------------------------------------------------------
TEXTS_URL = env.texts("TEXTS_URL", "console://" if DEMO else "")
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24 * 3

# --- Background checks: who makes the reports ----------------------------------------------------
CHECKS_PROVIDER = env.one_of("CHECKS_PROVIDER", "manual", ("manual",))

# --- Mail ----------------------------------------------------------------------------------------
EMAIL_URL = env.str("EMAIL_URL", "")
if EMAIL_URL:
    vars().update(env.mail("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"{SITE_NAME} <{SUPPORT_EMAIL}>")
EMAIL_SUBJECT_PREFIX = ""

# --- Languages and time --------------------------------------------------------------------------
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "kernel.web.formats"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- Files ---------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FEED_MAX_BYTES = 20_000_000
# Photos of doors, signatures, papers: never where a web server looks.
PRIVATE_FILES = env.private_files("FILES_URL", VAR_DIR / "files")
FILES_DIR = Path(PRIVATE_FILES["OPTIONS"]["location"])
if any(FILES_DIR.is_relative_to(place) for place in (STATIC_ROOT, *STATICFILES_DIRS)):
    refuse("FILES_URL", "private files can't lie among the static files, which everybody sees")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "private": PRIVATE_FILES,
}

# --- Maps: no server sees an address unless the operator names one ------------------------------
MAP_TILES_URL, MAP_TILES_ORIGIN = env.map_tiles("MAP_TILES_URL")
MAP_TILES_ATTRIBUTION = env.str("MAP_TILES_ATTRIBUTION", "")
if MAP_TILES_URL and not MAP_TILES_ATTRIBUTION:
    refuse("MAP_TILES_ATTRIBUTION", "say whose map it is, as its makers ask, in plain text")

# --- Browser safety ------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *([MAP_TILES_ORIGIN] if MAP_TILES_ORIGIN else [])],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "portal.errors.stale_form"

# --- Logs ----------------------------------------------------------------------------------------
LOG_LEVEL = env.level("LOG_LEVEL", "INFO")
LOGGING_CONFIG = None
configure_logs(level=LOG_LEVEL, as_json=not DEMO and env.bool("LOG_JSON", True))
