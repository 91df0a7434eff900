"""Settings of a Kẻng installation. Each comes from the environment; the defaults serve one machine.

KENG_HOME      folder for the database, keys and the demo's files (default: ./var)
KENG_DEMO      1 while the demo is on: demo keys work, nothing leaves loopback, every screen says so
KENG_ADDRESS   how people reach this installation (default: http://127.0.0.1:8000)
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from keng.base.clock import now
from keng.desk.ground.keys.store import KeyStore, Purpose

KENG_HOME = Path(os.environ.get("KENG_HOME", "var")).resolve()
KENG_DEMO = os.environ.get("KENG_DEMO") == "1"
KENG_ADDRESS = os.environ.get("KENG_ADDRESS", "http://127.0.0.1:8000")
KENG_KEYS_FOLDER = KENG_HOME / "keys"
KENG_MAX_BODY_BYTES = 1024 * 1024

SECRET_KEY = KeyStore(KENG_KEYS_FOLDER, demo=KENG_DEMO).secret(Purpose.WEB, now())[1].hex()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("KENG_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "keng.look",
    "keng.desk.ground.organisations",
    "keng.desk.ground.people",
    "keng.desk.ground.duty",
    "keng.desk.ground.upkeep",
    "keng.desk.ground.places",
    "keng.desk.ground.ledger",
    "keng.desk.ground.jobs",
    "keng.desk.ground.partners",
    "keng.desk.fraud.reports",
    "keng.desk.fraud.jurisdiction",
    "keng.desk.fraud.measures",
    "keng.desk.fraud.appeals",
]

MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",  # outermost, so that every answer carries it
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "keng.site.bodies.BodyLimit",
    "keng.site.middleware.Language",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "keng.site.middleware.ToldErrors",
]

ROOT_URLCONF = "keng.site.urls"
WSGI_APPLICATION = "keng.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "keng.site.context.of_every_page",
            ]
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": KENG_HOME / "keng.sqlite",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,  # seconds
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Officer"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "/vao/"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = KENG_ADDRESS.startswith("https:")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

STATIC_URL = "/static/"
STATIC_ROOT = None  # served from the packages themselves
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

DATA_UPLOAD_MAX_MEMORY_SIZE = KENG_MAX_BODY_BYTES
CSRF_FAILURE_VIEW = "keng.site.health.csrf_failed"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
