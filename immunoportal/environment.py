"""What the operator says through environment variables, read in one place."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET = 50  # characters; what Django's own deployment check asks for

env = environ.Env()


def data_dir(base_dir: Path) -> Path:
    """The directory that holds everything the application writes.

    Taken from ``DATA_DIR`` (relative paths start at the project), created when missing.

    Raises:
        ImproperlyConfigured: the directory cannot be created, or not be written to.
    """
    directory = base_dir / (env.str("DATA_DIR", default="") or "var")
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR is {directory}, which cannot be created ({error.strerror}). "
            "Set DATA_DIR to a directory that this user may write to."
        ) from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(
            f"DATA_DIR is {directory}, which this user may not write to. "
            "Set DATA_DIR to a directory that this user may write to."
        )
    return directory


def embedded() -> bool:
    """Whether this is the embedded default: SQLite, and secrets that make themselves."""
    return not env.str("DATABASE_URL", default="")


def required(name: str, hint: str) -> str:
    """The value of a variable that the embedded default does without.

    Raises:
        ImproperlyConfigured: it is not set; the message says what to set.
    """
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. With DATABASE_URL, nothing is made up: {hint}"
        )
    return value


def secret_key(directory: Path) -> str:
    """``SECRET_KEY``, or on the embedded default a generated one that is kept in DATA_DIR.

    Raises:
        ImproperlyConfigured: the key is missing outside the embedded default, or too short.
    """
    key = env.str("SECRET_KEY", default="")
    if not key and not embedded():
        required("SECRET_KEY", "set it to at least 50 random characters, and keep it secret.")
    if key:
        if len(key) < SHORTEST_SECRET:
            raise ImproperlyConfigured(
                f"SECRET_KEY has {len(key)} characters. Set at least {SHORTEST_SECRET} random ones."
            )
        return key
    return _kept_secret(directory / "secret_key")


def _kept_secret(path: Path) -> str:
    # Created whole under another name and then linked, so that two processes
    # which start together end up with the same key.
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def port() -> int:
    """The port to listen on.

    Raises:
        ImproperlyConfigured: it is not a number of a port.
    """
    value = env.str("PORT", default="") or "8000"
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65_536:
        raise ImproperlyConfigured(f"PORT is {value!r}. Set it to a number from 1 to 65535.")
    return int(value)


def site_url(port: int) -> str:
    """The public address of the site, without a slash at its end.

    Raises:
        ImproperlyConfigured: missing outside the embedded default, or not an http(s) address.
    """
    default = f"http://127.0.0.1:{port}"
    if embedded():
        url = env.str("SITE_URL", default=default)
    else:
        url = required("SITE_URL", "set it to the public address, such as https://www.example.org")
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that are not those of an IPv6 address
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"SITE_URL is {url!r}. Set it to a scheme and a host, such as https://www.example.org"
        )
    return f"{parts.scheme}://{parts.netloc}"


def database(directory: Path) -> dict:
    """Django's database settings: SQLite tuned for a web application, or ``DATABASE_URL``.

    Raises:
        ImproperlyConfigured: ``DATABASE_URL`` is not the address of a database.
    """
    if embedded():
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": directory / "immunoportal.sqlite3",
            # An open connection goes on reading when the disk is full.
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # Takes the write lock at BEGIN: a transaction that reads first and
                # writes later would fail at once when another one writes between.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode = WAL;"
                    "PRAGMA synchronous = NORMAL;"
                    "PRAGMA mmap_size = 134217728;"
                    "PRAGMA journal_size_limit = 27103364;"
                    "PRAGMA cache_size = -20000;"
                ),
            },
        }
    scheme = env.str("DATABASE_URL").partition("://")[0]
    try:
        settings = env.db_url("DATABASE_URL") if scheme in env.DB_SCHEMES else {}
    except ValueError:
        settings = {}
    if not settings:
        # Without the value: it holds a password.
        raise ImproperlyConfigured(
            "DATABASE_URL is not the address of a database. "
            "Set it to one such as postgres://user:password@host:5432/name"
        )
    settings.setdefault("CONN_MAX_AGE", 60)
    settings["CONN_HEALTH_CHECKS"] = True
    return settings
