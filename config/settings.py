"""Settings of the whole project, read once from the environment; production refuses to start when one is missing."""

import secrets
import zoneinfo
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from config import embedded, logs

zoneinfo.reset_tzpath(to=())  # the locked tzdata package is the only source of zones

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

MODE = env.str("MATINEE_MODE", "local")
if MODE not in {"local", "production"}:
    raise ImproperlyConfigured("MATINEE_MODE is neither 'local' nor 'production'.")
LOCAL = MODE == "local"
PRODUCTION = MODE == "production"


def required(name: str, local: str) -> str:
    """The variable's value; in local mode it may be absent and `local` is used, in production it may not."""
    value = env.str(name, "")
    if value:
        return value
    if PRODUCTION:
        raise ImproperlyConfigured(f"{name} is not set. Production needs it; see docs/running.md.")
    return local


DATA_DIR = Path(env.str("MATINEE_DATA", str(BASE_DIR / "var"))).resolve()
PORT = env.int("PORT", 8000)
SITE_URL = required("SITE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
DEBUG = False
SECRET_KEY = required("SECRET_KEY", "")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
SECRET_KEY_FILE = DATA_DIR / "secret-key"
if not SECRET_KEY:  # local mode: `manage.py up` makes the file; what runs without one signs for itself alone
    SECRET_KEY = (
        SECRET_KEY_FILE.read_text().strip() if SECRET_KEY_FILE.exists() else secrets.token_urlsafe(64)
    )
OUTBOX_PAGE = env.bool("MATINEE_OUTBOX", LOCAL)
DEMO = env.bool("MATINEE_DEMO", LOCAL)
if PRODUCTION and (OUTBOX_PAGE or DEMO):
    raise ImproperlyConfigured(
        "MATINEE_OUTBOX and MATINEE_DEMO belong to local mode; unset them in production."
    )
if PRODUCTION and not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured("SITE_URL must begin with https:// in production.")
if PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is shorter than 50 characters; make a random one.")

_host = SITE_URL.split("://", 1)[1].split("/", 1)[0].rsplit(":", 1)[0]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [_host] if PRODUCTION else [_host, "127.0.0.1", "localhost"])
ALLOWED_ORIGINS = env.list(
    "ALLOWED_ORIGINS",
    [SITE_URL] if PRODUCTION else [SITE_URL, f"http://127.0.0.1:{PORT}", f"http://localhost:{PORT}"],
)
CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS
if PRODUCTION and any("*" in host or host.startswith(".") for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must list exact hosts.")
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", [])
REGISTRATION_LIMITS = env.list("REGISTRATION_LIMITS", ["10/10 minutes", "40/day"])  # per address, 429 above

REGISTRATION_FORM_SECONDS = env.float("REGISTRATION_FORM_SECONDS", 2.0)  # sent back sooner: a machine's
MAIL_DOMAIN_CHECK = env.bool("MAIL_DOMAIN_CHECK", True)  # ask whether the domain of an address exists
DNS_SERVERS: list[str] = env.list("DNS_SERVERS", [])  # host:port; empty: the system's

INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "anymail",
    "channels",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "accounts",
    "scheduling",
    "videos",
    "webinars",
    "chat",
    "notifications",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.DatabaseDownMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
                "config.context.house",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
        },
    }
]
COTTON_DIR = "components"

DATABASE_URL = required("DATABASE_URL", embedded.Postgres(DATA_DIR).url)
REDIS_URL = required("REDIS_URL", embedded.Redis(DATA_DIR).url)
DATABASES: dict[str, Any] = {"default": env.dj_db_url("DATABASE_URL", DATABASE_URL)}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 0,
    "CONN_HEALTH_CHECKS": False,
    "ATOMIC_REQUESTS": False,
}
_statement_ms = env.int("STATEMENT_TIMEOUT_MS", 5000)
_options: dict[str, Any] = {
    "options": f"-c statement_timeout={_statement_ms} -c lock_timeout=2000"
    " -c idle_in_transaction_session_timeout=10000 -c timezone=UTC",
    "connect_timeout": 5,
}
if env.bool(
    "DATABASE_POOL", False
):  # on in servers, off in Celery workers (forked children would share sockets)
    _options["pool"] = {"min_size": 2, "max_size": env.int("DATABASE_POOL_SIZE", 10), "timeout": 5}
DATABASES["default"].setdefault("OPTIONS", {}).update(_options)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "matinee",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 0.5},
    }
}
# Celery calls a unix socket and its database number differently from redis-py.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        # The comparison counts letters, so a sentence looks like any longer address at Django's 0.7.
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"], "max_similarity": 0.9},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "home"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "signup": "5/h/ip",
    "reset_password": "10/h/ip,3/h/key",
    "login_failed": "10/m/ip,5/5m/key",
}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False  # the page's script sends it back as a header
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-matinee" if PRODUCTION else "matinee"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "matinee_csrf"
GUEST_COOKIE_NAME = "__Host-guest" if PRODUCTION else "matinee_guest"
GUEST_COOKIE_AGE = 30 * 24 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz(/deep)?$"]  # watchers ask from inside, without the proxy
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", True)
    SECURE_HSTS_PRELOAD = False
    SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading is for the operator to ask for
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

_sockets = [origin.replace("http", "ws", 1) for origin in ALLOWED_ORIGINS]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF, *_sockets],
        "worker-src": [SELF, "blob:"],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "frame-src": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": [],
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "usb": [],
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000  # a schedule with as many rows as it may have
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o640
MEDIA_ROOT = DATA_DIR / "media"  # never served by address; every byte goes through a checked view
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", 4 * 1024**3)
CHAT_FILE_MAX_BYTES = env.int("CHAT_FILE_MAX_BYTES", 10 * 1024**2)
CHAT_FILES_A_DAY = env.int("CHAT_FILES_A_DAY", 50)  # of one attendee

# A language model for drafts of replies, at any OpenAI-compatible address; without address and model there is none.
AI_BASE_URL = env.str("AI_BASE_URL", "")
AI_API_KEY = env.str("AI_API_KEY", "")
AI_MODEL = env.str("AI_MODEL", "")

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "dist").is_dir()  # `up` collects them, compressed
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("pl", "Polski")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Mail leaves through rows of notifications.Email; this transport is what the courier hands them to.
EMAIL_BACKEND = required("EMAIL_BACKEND", "notifications.outbox.OutboxBackend")
if PRODUCTION and EMAIL_BACKEND == "notifications.outbox.OutboxBackend":
    raise ImproperlyConfigured("EMAIL_BACKEND is the outbox of local mode, which lets no mail out.")
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL", "Matinee <matinee@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
ANYMAIL = env.json("ANYMAIL", {})

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["secrets"], "formatter": "secrets"}
    },
    "filters": {"secrets": {"()": "config.logs.SecretsFilter"}},
    "formatters": {"secrets": {"()": "config.logs.SecretsFormatter"}},
    # In local mode two lines a request would push the addresses and logins out of sight.
    "loggers": {"django_structlog": {"level": "WARNING" if LOCAL else "INFO"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
logs.configure()
