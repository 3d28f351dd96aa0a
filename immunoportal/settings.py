"""Settings of the portal: one module, driven by the environment.

The variables are described in docs/deployment.md.
"""

from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from django_prose_editor.config import html_tags
from js_asset import static_lazy

from immunoportal import environment, languages
from immunoportal.environment import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = environment.data_dir(BASE_DIR)

# Core

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = environment.secret_key(DATA_DIR)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
PORT = environment.port()
SITE_NAME = "ImmunOncologia.org"
SITE_URL = environment.site_url(PORT)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or list(
    {urlsplit(SITE_URL).hostname, "127.0.0.1", "localhost", "[::1]"}
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
ROOT_URLCONF = "immunoportal.urls"
WSGI_APPLICATION = "immunoportal.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "modeltranslation",  # before the admin, which it extends
    "immunoportal.apps.PortalConfig",
    "immunoportal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",  # its templates, for the renderer below
    "csp",
    "js_asset",
    "content_editor",
    "django_prose_editor",
    "allauth",
    "allauth.account",  # before accounts, which replaces its pages in the admin
    "allauth.mfa",
    "allauth.usersessions",
    "articles",
    "accounts",
    "contact",
]

MIDDLEWARE = [
    # Outside all that is for pages.
    "immunoportal.middleware.FilesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Headers first, so that every error page carries them too.
    "immunoportal.middleware.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "immunoportal.middleware.WithoutNulMiddleware",
    # Outside what adds to ``Vary`` and gives cookies, which 304 and HEAD repeat.
    "immunoportal.middleware.RepresentationMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Public pages go no further: what follows is for those that know who asks.
    "immunoportal.publication.parting.PartingMiddleware",
    # Outside all transactions.
    "immunoportal.publication.seen.SeenMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "immunoportal.audit.origin.OriginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Know the user, so they stand behind authentication.
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.StaffGateMiddleware",
    "accounts.middleware.FormErrorsMiddleware",
    "accounts.middleware.LogOutMiddleware",
]

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
                "immunoportal.context_processors.site",
            ],
            "libraries": {
                "files": "articles.files.markup",
                "kept": "articles.reading.kept",
                "pictures": "articles.images.markup",
                "qr_codes": "articles.reading.qr_codes",
                "recordings": "articles.reading.recordings",
                "site_notices": "articles.reading.site_notices",
                "site_pages": "articles.reading.site_pages",
            },
        },
    },
]

# What the text editor knows beside its own, and the elements of it that the sanitiser keeps.
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {
        "js": [static_lazy("articles/citation-marker.js")],
        "extensions": {"Citation": html_tags(["cite"], {"cite": ["data-source"]})},
    },
    {
        "js": [static_lazy("articles/own-link.js")],
        "extensions": {
            "OwnLink": html_tags(["a"], {"a": ["data-article", "data-file", "data-heading"]})
        },
    },
    {"js": [static_lazy("articles/paste-plugin.js")], "extensions": {"Paste": html_tags([])}},
]

# A widget's template may stand among the portal's own.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Data

DATABASES = {"default": environment.database(DATA_DIR)}

CACHES = {"default": environment.cache()}

STORAGES: dict[str, dict[str, Any]] = {
    **environment.media_storages(DATA_DIR),
    "staticfiles": {"BACKEND": "immunoportal.stylesheets.JoiningStaticFilesStorage"},
}

# Languages

# The default one first. What else is to be known of each stands in immunoportal/languages.py.
LANGUAGES = [
    ("it", _("Italian")),
    ("en", _("English")),
]
LANGUAGE_CODE = LANGUAGES[0][0]
LOCALE_PATHS = [BASE_DIR / "immunoportal" / "locale"]
FORMAT_MODULE_PATH = ["immunoportal.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Rome"

MODELTRANSLATION_DEFAULT_LANGUAGE = LANGUAGE_CODE
MODELTRANSLATION_LANGUAGES = tuple(code for code, _name in LANGUAGES)
# A text that is missing in one language is missing: no fall-back, in either direction.
MODELTRANSLATION_ENABLE_FALLBACKS = False
MODELTRANSLATION_BUILD_LOCALIZED_VERBOSE_NAME = languages.named_in

# Static files

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MIMETYPES = {".speculationrules": "application/speculationrules+json"}
# Source maps are for debugging in a browser: not worth seconds of Brotli at each start.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [
    "jpg",
    "jpeg",
    "png",
    "gif",
    "webp",
    "avif",
    "zip",
    "gz",
    "tgz",
    "bz2",
    "tbz",
    "xz",
    "br",
    "woff",
    "woff2",
    "map",
]

# Mail: every mail is a row in the ledger first; the worker hands it to this server

MAIL_SERVER = environment.mail_server()
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default=f"ImmunOncologia.org <noreply@{urlsplit(SITE_URL).hostname}>"
)
MAIL_SENDER = parseaddr(DEFAULT_FROM_EMAIL)[1]
# Whoever gets the messages of visitors, besides those named in the admin.
CONTACT_RECIPIENTS = environment.emails("CONTACT_RECIPIENTS")
LEDGER_BACKEND = "immunoportal.mail.compose.LedgerBackend"
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": LEDGER_BACKEND}}
else:
    EMAIL_BACKEND = LEDGER_BACKEND

# What each process keeps of finished pages; see immunoportal/publication/page_cache.py.
PAGE_CACHE_BYTES = env.int("PAGE_CACHE_MB", default=32) * 1024 * 1024
# Whether the portal stands behind the nginx of deploy/, which keeps a page for a second.
BEHIND_NGINX = env.bool("BEHIND_NGINX", default=False)

# Proxies of ours, whose X-Forwarded-For can be believed
TRUSTED_PROXIES = environment.trusted_proxies()

# Uploads: a picture larger than this is refused with a sentence, by articles/images/codec.py.

IMAGE_MAX_BYTES = 25 * 1024 * 1024
IMAGE_MAX_PIXELS = 40_000_000
# The same for a PDF, by articles/files/documents.py.
DOCUMENT_MAX_BYTES = 20 * 1024 * 1024
DOCUMENT_MAX_PAGES = 1000
# A recording, by articles/files/recordings.py.
RECORDING_MAX_BYTES = 250 * 1024 * 1024

FILE_UPLOAD_HANDLERS = [
    "immunoportal.uploads.StaffOnlyUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Whatever is larger than 2.5 MB is written to the disk while it comes in: to that on which it will
# stay, for elsewhere may be memory.
FILE_UPLOAD_TEMP_DIR = DATA_DIR

# What a form may send, files apart. The largest is an article's: thirty blocks of text as long as
# they may be, in both languages, or hundreds of short ones. Hostile bytes cost any form 0.15 s
# for each megabyte.
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# Accounts: django-allauth does the work; accounts/ says how. See docs/decisions/0009-accounts.md

LOGIN_URL = "account_login"
AUTHENTICATION_BACKENDS = ["accounts.backends.PortalBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LengthValidator"},
    {"NAME": "accounts.passwords.PassphraseValidator"},
    {"NAME": "accounts.passwords.SimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600  # seconds
# In the session: the messages' own cookie would follow its reader on every public page.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = None  # asked
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.RegistrationForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password": "accounts.forms.ResetRequestForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "user_token": "accounts.forms.ResetTokenForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
# So many in so long a time. After each number of failures the wait grows: a minute, a quarter
# of an hour, an hour, a day. What the keys are is said in accounts/throttle.py.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "5/m/key,10/15m/key,15/h/key,25/d/key",
    "login_failed_anywhere": "50/h/key,100/d/key",
    "login_failed_here": "30/m/ip,200/h/ip",
    "reset_password": "30/h/ip,5/h/key",
    "signup": "20/h/ip",
    "email_change": "5/d/user",
}

MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute wrong
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SITE_URL.startswith("https://")
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactorForm",
    "authenticate_webauthn": "accounts.forms.SecondFactorByPasskeyForm",
    "reauthenticate": "accounts.forms.ReauthenticateBySecondFactorForm",
    "reauthenticate_webauthn": "accounts.forms.ReauthenticateByPasskeyForm",
    "login_webauthn": "accounts.forms.LoginByPasskeyForm",
    "activate_totp": "accounts.forms.ActivateAppForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.RenamePasskeyForm",
}

# Security

SECURE_SITE = SITE_URL.startswith("https://")
SECURE_HSTS_SECONDS = 63_072_000 if SECURE_SITE else 0  # two years
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_SITE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_SITE else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SITE
SESSION_COOKIE_NAME = "__Host-session" if SECURE_SITE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_SITE else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None  # until the browser is closed
CSRF_FAILURE_VIEW = "immunoportal.views.form_expired"
X_FRAME_OPTIONS = "DENY"

# Public pages use neither inline scripts nor inline styles. The nonce is for the
# admin's import map, and is added to the header only where a page asks for it.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# Logs go to standard error, one line an event, for the process manager to keep.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # Editors are told what is wrong with a record that they have pasted.
        "bibtexparser": {"level": "CRITICAL"},
    },
}
