"""Settings of a Kẻng installation. Each comes from the environment; the defaults serve one machine.

KENG_HOME      folder for keys, the demo's files and, on SQLite, the database (default: ./var)
KENG_DATABASE  address of a PostgreSQL database: postgresql://keng@/keng?host=/run/postgresql (default: SQLite in KENG_HOME)
KENG_DEMO      1 while the demo is on: demo keys work, nothing leaves loopback, every screen says so
KENG_ADDRESS   how people reach this installation (default: http://127.0.0.1:8000). Passkeys are bound to its host; 127.0.0.1 counts
               as localhost, plain HTTP on any other host has none
KENG_HOSTS     host names under which it is asked, separated by commas; others are refused (default: this machine's own)
KENG_PROXIES   networks of the proxies whose X-Forwarded-For is believed (default: none; in the demo: loopback)
KENG_NEIGHBOURS  networks of our own machines (an SMS gateway) that the gate does not count (default: none; in the demo: loopback)
KENG_SMSC      host:port of the SMS centre that `keng sms` binds to (default: none; in the demo: loopback only)
KENG_SMSC_USER, KENG_SMSC_SECRET_FILE   what that centre knows Kẻng as, and the file with the password
KENG_SMS_NUMBERS  our short codes, of which the first answers what came to none of them (default: 156,5656)
KENG_POPULATION  the population register: a Parquet file, postgresql://…, or https://… for single questions (default: none)
KENG_POPULATION_QUESTIONS  where single questions go instead, if not to KENG_POPULATION
KENG_POPULATION_TABLE  its table or view on PostgreSQL (default: population)
KENG_POPULATION_CERT, _KEY, _CA   files for mutual TLS: our certificate, its key, who signs theirs
KENG_SCRATCH   folder for what a cleansing unpacks and removes again (default: the system's temporary folder)
KENG_CLEANSE_MEMORY  MiB that the process beside may use for one register (default: 4096)
KENG_IDP       the issuer of the OpenID Connect provider that citizens sign in with (default: none, nobody signs in)
KENG_IDP_CLIENT, KENG_IDP_SECRET_FILE   what that provider knows Kẻng as, and the file with the secret
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from keng.base.clock import now
from keng.desk.ground.gate.addresses import read_networks
from keng.desk.ground.keys import KeyStore, Purpose
from keng.site.databases import database_of

KENG_HOME = Path(os.environ.get("KENG_HOME", "var")).resolve()
KENG_DEMO = os.environ.get("KENG_DEMO") == "1"
KENG_ADDRESS = os.environ.get("KENG_ADDRESS", "http://127.0.0.1:8000")
KENG_KEYS_FOLDER = KENG_HOME / "keys"
KENG_IDP = os.environ.get("KENG_IDP", "")
KENG_IDP_CLIENT = os.environ.get("KENG_IDP_CLIENT", "")
KENG_IDP_SECRET_FILE = os.environ.get("KENG_IDP_SECRET_FILE", "")
KENG_SMSC = os.environ.get("KENG_SMSC", "")
KENG_SMSC_USER = os.environ.get("KENG_SMSC_USER", "")
KENG_SMSC_SECRET_FILE = os.environ.get("KENG_SMSC_SECRET_FILE", "")
KENG_SMS_NUMBERS = tuple(
    one.strip() for one in os.environ.get("KENG_SMS_NUMBERS", "156,5656").split(",") if one.strip()
)
KENG_POPULATION = os.environ.get("KENG_POPULATION", "")
KENG_POPULATION_QUESTIONS = os.environ.get("KENG_POPULATION_QUESTIONS", "")
KENG_POPULATION_TABLE = os.environ.get("KENG_POPULATION_TABLE", "population")
KENG_POPULATION_CERT = os.environ.get("KENG_POPULATION_CERT", "")
KENG_POPULATION_KEY = os.environ.get("KENG_POPULATION_KEY", "")
KENG_POPULATION_CA = os.environ.get("KENG_POPULATION_CA", "")
KENG_SCRATCH = os.environ.get("KENG_SCRATCH", "")
KENG_CLEANSE_MEMORY = int(os.environ.get("KENG_CLEANSE_MEMORY", "4096"))
KENG_MAX_BODY_BYTES = 1024 * 1024
KENG_MAX_PICTURES_BYTES = 16 * 1024 * 1024  # the body of a form with pictures
_OWN = "127.0.0.0/8,::1" if KENG_DEMO else ""
KENG_PROXIES = read_networks(os.environ.get("KENG_PROXIES", _OWN))
KENG_NEIGHBOURS = read_networks(os.environ.get("KENG_NEIGHBOURS", _OWN))

SECRET_KEY, *SECRET_KEY_FALLBACKS = [
    secret.hex() for secret in KeyStore(KENG_KEYS_FOLDER, demo=KENG_DEMO).secrets(Purpose.WEB, now())
]
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
    "keng.desk.ground.looks",
    "keng.desk.ground.signin",
    "keng.desk.ground.citizens",
    "keng.desk.ground.duty",
    "keng.desk.ground.upkeep",
    "keng.desk.ground.places",
    "keng.desk.ground.ledger",
    "keng.desk.ground.jobs",
    "keng.desk.ground.partners",
    "keng.desk.ground.gate",
    "keng.desk.ground.sms",
    "keng.desk.fraud.verdicts",
    "keng.desk.fraud.signs",
    "keng.desk.fraud.reports",
    "keng.desk.fraud.corrections",
    "keng.desk.fraud.jurisdiction",
    "keng.desk.fraud.measures",
    "keng.desk.fraud.campaigns",
    "keng.desk.fraud.appeals",
    "keng.desk.fraud.followup",
    "keng.desk.fraud.erasure",
    "keng.desk.fraud.registers",
    "keng.desk.steering.review",
]

MIDDLEWARE = [
    "keng.site.middleware.Policy",  # outermost, so that every answer carries it
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "keng.site.bodies.BodyLimit",
    "keng.site.middleware.Language",
    "keng.doors.gate.middleware.Gate",  # before anything reads a session or a form
    "keng.site.middleware.WholeText",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "keng.doors.signin.visiting.Visiting",
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

KENG_CHORE = os.environ.get("KENG_CHORE") == "1"  # `keng-django` sets it: its statements may take as long as they take
DATABASES = {"default": database_of(os.environ.get("KENG_DATABASE", ""), KENG_HOME, is_chore=KENG_CHORE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Officer"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "/vao/"
SESSION_COOKIE_AGE = int(
    timedelta(hours=12).total_seconds()
)  # of the cookie; when a session ends stands in rules/limits.toml
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

DATA_UPLOAD_MAX_MEMORY_SIZE = KENG_MAX_PICTURES_BYTES  # what an address takes is told by keng.site.bodies
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]  # nothing unsealed on the disk
FILE_UPLOAD_MAX_MEMORY_SIZE = KENG_MAX_PICTURES_BYTES
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
        "worker-src": [SELF],
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
