"""All settings, read from the environment. Each variable is in docs/reference/settings.md."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from tongchuang.config.env import env_bool, env_int, env_list, env_path, env_str

# Where things lie
ROOT = Path(__file__).resolve().parent.parent.parent
VAR = env_path("TONGCHUANG_VAR", ROOT / "var")
FRAMEWORK_DATA = ROOT / "data"
FRONTEND_DIST = ROOT / "frontend" / "dist"

# Kind of installation
DEBUG = env_bool("TONGCHUANG_DEBUG", default=False)
DEMO = env_bool("TONGCHUANG_DEMO", default=False)
SECRET_KEY = env_str("TONGCHUANG_SECRET_KEY", "")
if not SECRET_KEY:
    if not (DEBUG or DEMO):
        raise ImproperlyConfigured(
            "TONGCHUANG_SECRET_KEY is missing: set a long random text, "
            "or TONGCHUANG_DEMO=1 for the demonstration"
        )
    SECRET_KEY = "demonstration-only-not-secret-0123456789abcdefghij"  # noqa: S105
ALLOWED_HOSTS = env_list("TONGCHUANG_HOSTS", "*" if DEBUG or DEMO else "localhost,127.0.0.1")
CSRF_TRUSTED_ORIGINS = env_list("TONGCHUANG_ORIGINS")
HTTPS = env_bool("TONGCHUANG_HTTPS", default=False)

# Parts
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "template_partials",
    "treebeard",
    "tongchuang.core",
    "tongchuang.accounts",
    "tongchuang.standards",
    "tongchuang.places",
    "tongchuang.campaigns",
    "tongchuang.projects",
    "tongchuang.priorities",
    "tongchuang.cases",
    "tongchuang.dossiers",
    "tongchuang.inspections",
    "tongchuang.assessment",
    "tongchuang.changeover",
    "tongchuang.meetings",
    "tongchuang.followup",
    "tongchuang.supervision",
    "tongchuang.public",
    "tongchuang.calendar",
    "tongchuang.desk",
    "tongchuang.demo",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "tongchuang.config.urls"
WSGI_APPLICATION = "tongchuang.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tongchuang.config.navigation.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "tongchuang.core.templatetags.pages",
                "tongchuang.accounts.templatetags.permissions",
                "template_partials.templatetags.partials",
            ],
        },
    }
]


# Database: an embedded file by default, PostgreSQL by address
def _database(address: str) -> dict[str, Any]:
    """Django's settings for `address`: sqlite:///file or postgresql://user:word@host:port/name."""
    parts = urlsplit(address)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA busy_timeout=20000;"
                    "PRAGMA cache_size=-16000;PRAGMA mmap_size=134217728;PRAGMA temp_store=MEMORY;"
                    "PRAGMA journal_size_limit=67108864;PRAGMA foreign_keys=ON"
                ),
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path[1:],
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            # A pooler in transaction mode cannot keep a cursor on the server.
            "DISABLE_SERVER_SIDE_CURSORS": env_bool("TONGCHUANG_POOLER", default=False),
        }
    raise ImproperlyConfigured(f"TONGCHUANG_DATABASE: '{parts.scheme}' is not a known database")


DATABASES = {
    "default": _database(env_str("TONGCHUANG_DATABASE", f"sqlite:///{VAR / 'tongchuang.sqlite3'}"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Background work
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
SCHEDULE = "tongchuang.config.schedule.TIMETABLE"

# What scoring asks of an app above it: citizens' judgements by unit (docs/adr/0012).
CITIZENS_VERDICTS = "tongchuang.public.queries.verdicts_by_unit"

# People and sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "desk:todo"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "phone", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "tongchuang.accounts.views.locked_out"
# Who stands on the sign-in page of a demonstration: a function that returns DemoPerson cards.
DEMO_PEOPLE_SOURCE = "tongchuang.demo.people.sign_in_people"
SESSION_COOKIE_AGE = env_int("TONGCHUANG_SESSION_HOURS", 12) * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"

# Language and time: Chinese is the source language
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env_str("TONGCHUANG_TIME_ZONE", "Asia/Shanghai")
USE_THOUSAND_SEPARATOR = False
# The demonstration city lives at its own time; see tongchuang/core/clock.py.
DEMO_CLOCK_FILE = VAR / "demo-clock.json"

# Files
STATIC_URL = "static/"
STATIC_ROOT = env_path("TONGCHUANG_STATIC", ROOT / "static")
STATICFILES_DIRS = [FRONTEND_DIST] if FRONTEND_DIST.exists() else []
MEDIA_ROOT = env_path("TONGCHUANG_FILES", VAR / "files")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
UPLOAD_MAX_BYTES = env_int("TONGCHUANG_UPLOAD_MB", 20) * 1024 * 1024
UPLOAD_MAX_PIXELS = 64_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Mail and logs
EMAIL_BACKEND = env_str("TONGCHUANG_MAIL", "django.core.mail.backends.console.EmailBackend")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["out"], "level": env_str("TONGCHUANG_LOG", "WARNING")},
}
VAR.mkdir(parents=True, exist_ok=True)
