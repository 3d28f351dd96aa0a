"""What the operator says through environment variables, read in one place."""

import os
import re
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from immunoportal.network import Network, parse_networks


class MailServer(TypedDict):
    """The server that mails are handed over to, and how it is spoken to."""

    host: str
    port: int
    user: str
    password: str
    ssl: bool  # from the start
    tls: bool  # after the greeting


SHORTEST_SECRET = 50  # characters; what Django's own deployment check asks for

env = environ.Env()


def data_dir(base_dir: Path) -> Path:
    """Return the directory that holds everything the application writes.

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
    """Tell whether this is the embedded default: SQLite, and a secret that is generated."""
    return not env.str("DATABASE_URL", default="")


def required(name: str, hint: str) -> str:
    """Return the value of a variable that the embedded default does without.

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
    """Return ``SECRET_KEY``, or on the embedded default a generated one, kept in DATA_DIR.

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
    """Return the port to listen on.

    Raises:
        ImproperlyConfigured: it is not the number of a port.
    """
    value = env.str("PORT", default="") or "8000"
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65_536:
        raise ImproperlyConfigured(f"PORT is {value!r}. Set it to a number from 1 to 65535.")
    return int(value)


def site_url(port: int) -> str:
    """Return the public URL of the site, without a slash at its end.

    Raises:
        ImproperlyConfigured: missing outside the embedded default, or not an http(s) URL.
    """
    default = f"http://127.0.0.1:{port}"
    if embedded():
        url = env.str("SITE_URL", default=default)
    else:
        url = required("SITE_URL", "set it to the public URL, such as https://www.example.org")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:  # a port that is no number, brackets that hold no IPv6 address
        parts = urlsplit("")
    more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in ("http", "https") or not parts.hostname or more:
        raise ImproperlyConfigured(
            f"SITE_URL is {url!r}. Set it to a scheme and a host, such as https://www.example.org"
        )
    return f"{parts.scheme}://{parts.netloc}"


def mail_server() -> MailServer | None:
    """Return the mail server that ``EMAIL_URL`` names; ``None`` if it is not set.

    ``smtp://user:password@host:587`` speaks in the clear, ``smtp+tls://`` turns to TLS after
    the greeting (STARTTLS), ``smtp+ssl://`` speaks TLS from the start. User and password are
    percent-encoded.

    Raises:
        ImproperlyConfigured: the URL cannot be understood.
    """
    url = env.str("EMAIL_URL", default="")
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    known = ("smtp", "smtp+tls", "smtp+ssl", "smtps")
    # More than a host and a port: a password with a "#" or "/" that was not percent-encoded.
    rest = host and (parts.path.strip("/") or parts.query or parts.fragment)
    if not host or rest or parts.scheme not in known:
        raise ImproperlyConfigured(
            "EMAIL_URL cannot be understood. Set it to a URL such as "
            "smtp+tls://user:password@mail.example.org:587"
        )
    encrypted = parts.scheme in ("smtp+ssl", "smtps")
    return {
        "host": host,
        "port": port or (465 if encrypted else 587 if parts.scheme == "smtp+tls" else 25),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "ssl": encrypted,
        "tls": parts.scheme == "smtp+tls",
    }


def emails(name: str) -> list[str]:
    """Return the email addresses that a variable lists, separated by commas.

    Raises:
        ImproperlyConfigured: an entry is no email address.
    """
    found = [email.strip() for email in env.str(name, default="").split(",") if email.strip()]
    for email in found:
        try:
            validate_email(email)
        except ValidationError:
            raise ImproperlyConfigured(
                f"{name} has {email!r}, which is no email address. Separate them by commas."
            ) from None
    return found


def trusted_proxies() -> list[Network]:
    """Return the networks of our own proxies, which ``TRUSTED_PROXIES`` lists.

    Raises:
        ImproperlyConfigured: an entry is no network.
    """
    listed = env.str("TRUSTED_PROXIES", default="")
    try:
        return parse_networks([entry.strip() for entry in listed.split(",") if entry.strip()])
    except ValueError as error:
        raise ImproperlyConfigured(
            f"TRUSTED_PROXIES: {error}. "
            "Give network addresses or networks, such as 127.0.0.1,10.0.0.0/8"
        ) from error


def database(directory: Path) -> dict:
    """Return Django's database settings: SQLite tuned for a web application, or ``DATABASE_URL``.

    Raises:
        ImproperlyConfigured: ``DATABASE_URL`` is not the URL of a database.
    """
    if embedded():
        return {
            "ENGINE": "immunoportal.sqlite",
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
                    # Read from pages that all processes share; what lies beyond goes into each
                    # connection's own cache, and each thread has a connection (docs/server.md).
                    "PRAGMA mmap_size = 2147418112;"
                    "PRAGMA journal_size_limit = 27103364;"
                    "PRAGMA cache_size = -2000;"
                ),
            },
        }
    scheme = env.str("DATABASE_URL").partition("://")[0]
    try:
        # SQLite is the default, with options of its own, and not to be had by a URL.
        known = scheme in env.DB_SCHEMES and "sqlite" not in scheme
        settings = env.db_url("DATABASE_URL") if known else {}
    except ValueError:
        settings = {}
    if not settings:
        # Without the value: it holds a password.
        raise ImproperlyConfigured(
            "DATABASE_URL is not the URL of a database. "
            "Set it to one such as postgres://user:password@host:5432/name"
        )
    settings.setdefault("CONN_MAX_AGE", 60)
    settings["CONN_HEALTH_CHECKS"] = True
    return settings


def cache() -> dict[str, Any]:
    """Return Django's settings of the cache: a table of the database, which ``migrate`` makes, or
    a Redis or Valkey in front of it that ``CACHE_URL`` names.

    ``redis://user:password@host:6379/0`` speaks in the clear, ``rediss://`` speaks TLS.

    Raises:
        ImproperlyConfigured: the URL cannot be understood, or redis is not installed.
    """
    # In the database, so that all processes count failed log-ins together. Past this number rows
    # are thrown out, and with them what is counted.
    table, limits = "cache", {"MAX_ENTRIES": 100_000}
    url = env.str("CACHE_URL", default="")
    if not url:
        return {
            "BACKEND": "immunoportal.cache.HonestDatabaseCache",
            "LOCATION": table,
            "OPTIONS": limits,
        }
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    database = parts.path.strip("/")
    more = parts.query or parts.fragment or (database and not re.fullmatch("[0-9]+", database))
    if parts.scheme not in ("redis", "rediss") or not parts.hostname or more:
        # Without the value: it may hold a password.
        raise ImproperlyConfigured(
            "CACHE_URL is not the URL of a Redis or Valkey. "
            "Set it to one such as redis://user:password@host:6379/0"
        )
    _needs("redis", "CACHE_URL")
    return {
        "BACKEND": "immunoportal.shared_cache.SharedCache",
        "LOCATION": url,
        "KEY_PREFIX": "immunoportal",
        "OPTIONS": {"TABLE": table, **limits},
    }


def media_storages(directory: Path) -> dict[str, dict[str, Any]]:
    """Return Django's storages of pictures and files: ``default`` for the pictures that were
    uploaded, GPS position and all, which are never served, ``renditions`` for what readers get of
    them, and ``files`` for what readers get as it was uploaded.

    All are directories in DATA_DIR, or folders of the private bucket that ``MEDIA_STORAGE_URL``
    names: ``s3://key:secret@endpoint/bucket?region=eu-south-1``, key and secret percent-encoded
    or left out where the machine has a role; ``s3+http://`` speaks without TLS.

    Raises:
        ImproperlyConfigured: the URL cannot be understood, or django-storages is not installed.
    """
    folders = {"default": "originals", "renditions": "renditions", "files": "files"}
    addresses = {"default": None, "renditions": "/media/", "files": None}
    url = env.str("MEDIA_STORAGE_URL", default="")
    if not url:
        return {
            alias: {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": directory / folder, "base_url": addresses[alias]},
            }
            for alias, folder in folders.items()
        }
    bucket = _bucket(url)
    _needs("storages", "MEDIA_STORAGE_URL")
    return {
        alias: {
            "BACKEND": "immunoportal.bucket.BucketStorage",
            "OPTIONS": {**bucket, "location": folder},
        }
        for alias, folder in folders.items()
    }


def _bucket(url: str) -> dict[str, str | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
        query = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    except ValueError:
        parts, port, query = urlsplit(""), None, {}
    bucket = parts.path.strip("/")
    if (
        parts.scheme not in ("s3", "s3+http")
        or not parts.hostname
        # Half of a key, or a secret with a "/" that was not percent-encoded.
        or bool(parts.username) != bool(parts.password)
        or not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", bucket)
        or query.keys() - {"region"}
        or parts.fragment
    ):
        # Without the value: it holds a secret.
        raise ImproperlyConfigured(
            "MEDIA_STORAGE_URL cannot be understood. Set it to a URL such as "
            "s3://key:secret@s3.example.org/bucket?region=eu-south-1 "
            "(key and secret percent-encoded)"
        )
    scheme = "https" if parts.scheme == "s3" else "http"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return {
        "endpoint_url": f"{scheme}://{host}:{port}" if port else f"{scheme}://{host}",
        "bucket_name": bucket,
        "region_name": query.get("region"),
        "access_key": unquote(parts.username) if parts.username else None,
        "secret_key": unquote(parts.password) if parts.password else None,
    }


def _needs(module: str, name: str) -> None:
    if find_spec(module) is None:
        raise ImproperlyConfigured(
            f"{name} is set, and what it needs is not installed. "
            "Run pip install -r requirements-scale.txt, or set it to nothing."
        )
