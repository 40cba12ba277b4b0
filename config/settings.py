"""One settings file: every value that differs between installations comes from the environment."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
TESTING = env.bool("TESTING", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="only for development and tests" if DEBUG or TESTING else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is missing: set it in the environment or in .env (see .env.example).")

# The address people use; it decides which hosts and origins are trusted and what letters and QR codes link to.
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
_site = urlsplit(SITE_URL)
SECURE_SITE = _site.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_site.hostname, "127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)  # whose requests are counted by the rate limits

INSTALLED_APPS = [
    "config",
    "accounts",
    "centres",
    "certification",
    "events",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "csp",
    "django_filters",
    "django_htmx",
    "pghistory",
    "pgtrigger",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.expired.KeepTyped",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.second_factor.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_TEMPLATE_PACK = "kern"
CRISPY_ALLOWED_TEMPLATE_PACKS = "kern"
CRISPY_FAIL_SILENTLY = False

# Database and broker. The entry points (manage.py, wsgi, celery, tests) start embedded servers where the
# environment names none; reading the settings alone never starts anything.
DATABASES = {"default": env.db_url("DATABASE_URL", default="postgres://localhost:1/none")}
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "ATOMIC_REQUESTS": True,
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
    "CONN_HEALTH_CHECKS": True,
    # The history triggers look for this setting row by row; where it is missing they raise and catch, which costs
    # half of every bulk write.
    "OPTIONS": {"options": "-c pgtrigger.ignore={}"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://localhost:1/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"  # an hourly beat in UTC cannot trip over a clock change; the tasks think in Berlin days
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # every task may run twice, none may be lost
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60  # a process loads WeasyPrint and the typeface before it takes work
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_BEAT_SCHEDULE_FILENAME = env.str("BEAT_FILE", default=str(BASE_DIR / "var" / "beat-schedule"))
CELERY_BEAT_SCHEDULE = {
    "write due reminders, from 06:00 in Berlin": {
        "task": "certification.tasks.write_due_reminders",
        "schedule": crontab(minute="0"),
    },
    "close what was missed, from 06:00 in Berlin": {
        "task": "certification.tasks.miss_unanswered",
        "schedule": crontab(minute="30"),
    },
    "deliver forgotten letters": {
        "task": "centres.tasks.deliver_letters",
        "schedule": crontab(minute="*/5"),
    },
    "ask who leads": {
        "task": "config.tasks.ask_who_leads",
        "schedule": crontab(minute="30", hour="5"),
    },
    "issue forgotten certificates": {
        "task": "certification.tasks.issue_certificates",
        "schedule": crontab(minute="*/10"),
    },
    "write forgotten invitations and mailings": {
        "task": "events.tasks.write_event_post",
        "schedule": crontab(minute="3-59/10"),
    },
    "remind of events, from 06:00 in Berlin": {
        "task": "events.tasks.write_reminders",
        "schedule": crontab(minute="15"),
    },
    "pass on free seats of events": {
        "task": "events.tasks.pass_on_offers",
        "schedule": crontab(minute="*/5"),
    },
    "issue forgotten quality profiles": {
        "task": "certification.tasks.issue_profiles",
        "schedule": crontab(minute="5-59/10"),
    },
    "print forgotten receipts": {
        "task": "certification.tasks.print_receipts",
        "schedule": crontab(minute="*/10"),
    },
    "forget what old events asked": {
        "task": "events.tasks.forget",
        "schedule": crontab(minute="45", hour="3"),
    },
    "print forgotten proofs of attendance": {
        "task": "events.tasks.print_proofs",
        "schedule": crontab(minute="7-59/10"),
    },
}

# People and how they sign in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("home")
LOGOUT_REDIRECT_URL = reverse_lazy("home")
SESSION_COOKIE_AGE = 12 * 60 * 60
# Where what was typed is kept over the end of the session: pages whose views read their forms with `drafts.typed`.
DRAFTS_UNDER = ["/portal/", "/pruefung/"]
CSRF_FAILURE_VIEW = "accounts.expired.csrf_failure"

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "confirm_login_code": "accounts.forms.LoginCodeForm",
    "confirm_password_reset_code": "accounts.forms.PasswordResetCodeForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up, but without it nobody has a password
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by people who know the address
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # tell the person when somebody changed their password or second factor
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# Six digits and five tries: what keeps guessing hopeless is how many codes one address can ask for.
_sign_in_limits = {
    "login_failed": "10/m/ip,5/5m/key",
    "request_login_code": "20/m/ip,5/h/key",
    "reset_password": "20/m/ip,5/h/key",
}
ACCOUNT_RATE_LIMITS = False if TESTING else _sign_in_limits  # a test run signs in more often than any person
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE_SITE  # for http://localhost; browsers allow it nowhere else
MFA_FORMS = {
    "add_webauthn": "accounts.forms.PasskeyForm",
    "edit_webauthn": "accounts.forms.PasskeyNameForm",
    "login_webauthn": "accounts.forms.PasskeyLoginForm",
    "authenticate_webauthn": "accounts.forms.PasskeyStepForm",
    "reauthenticate_webauthn": "accounts.forms.PasskeyAgainForm",
}
# Ministry, auditors and service office work with a second factor only; the demo and the tests switch it off.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=not (DEBUG or TESTING))
MFA_TOTP_ISSUER = "Familienzentrum NRW"

# Language, time, files
LANGUAGE_CODE = "de"
TIME_ZONE = "Europe/Berlin"
USE_I18N = True
USE_TZ = True

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(VAR_DIR / "static"))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("kern", BASE_DIR / "node_modules" / "@kern-ux" / "native" / "dist"),
    ("htmx", BASE_DIR / "node_modules" / "htmx.org" / "dist"),
]
_plain_static = "django.contrib.staticfiles.storage.StaticFilesStorage"
_hashed_static = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    # Private files: never served by path, each download asks who may.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": env.str("FILES_DIR", default=str(VAR_DIR / "files")), "base_url": None},
    },
    "staticfiles": {"BACKEND": _plain_static if DEBUG or TESTING else _hashed_static},
}
if bucket := env.str("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": bucket, "default_acl": "private", "file_overwrite": False},
    }
WHITENOISE_USE_FINDERS = DEBUG or TESTING

# The electronic seal on certificates: a PKCS#12 file. Without one they are issued unsealed.
SEAL_KEY_FILE = env.str("SEAL_KEY_FILE", default="")
SEAL_KEY_PASSWORD = env.str("SEAL_KEY_PASSWORD", default="")

# Post
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
if vars()["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
    EMAIL_BACKEND = "centres.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Familienzentrum NRW <zertifizierung@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
LETTERS_PER_MINUTE = env.int("LETTERS_PER_MINUTE", default=0)  # of each worker process; 0: as fast as the server
# Where undeliverable letters come back to: the mailbox of DEFAULT_FROM_EMAIL. Where it is unset nobody reads them.
BOUNCE_IMAP_URL = env.str("BOUNCE_IMAP_URL", default="")
if BOUNCE_IMAP_URL:
    CELERY_BEAT_SCHEDULE["read what came back"] = {
        "task": "centres.tasks.read_bounces",
        "schedule": crontab(minute="*/10"),
    }

# Events. All are assumptions: how long somebody must be online to count as there, how long a guest has to confirm,
# from how many answers on feedback is shown, and how long after an event is kept what people told of their needs.
EVENT_LEAST_MINUTES = env.int("EVENT_LEAST_MINUTES", default=30)
EVENT_CONFIRM_HOURS = env.int("EVENT_CONFIRM_HOURS", default=48)
EVENT_FEEDBACK_FROM = env.int("EVENT_FEEDBACK_FROM", default=5)
EVENT_FORGET_DAYS = env.int("EVENT_FORGET_DAYS", default=30)

# Headers
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # KERN draws its icons as data URLs in its style sheet
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],  # evidence beside the answers
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_SSL_REDIRECT = SECURE_SITE and env.bool("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE_SITE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_SITE
SECURE_HSTS_PRELOAD = SECURE_SITE
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = SECURE_SITE
CSRF_COOKIE_SECURE = SECURE_SITE
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"secrets": {"()": "config.masking.MaskSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "loggers": {
        "django.server": {"handlers": ["console"], "propagate": False},
        "weasyprint": {"level": "WARNING"},  # they tell each step
        "fontTools": {"level": "WARNING"},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
