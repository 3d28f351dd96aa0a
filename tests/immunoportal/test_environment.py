"""What the operator says through the environment, and what he hears when it is wrong."""

import os
import stat
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from immunoportal import environment

LONG = "x" * 50
POSTGRES = "postgres://portal:hunter2@db.example.org:5433/portal"


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch):
    for name in (
        "SECRET_KEY", "SITE_URL", "DATABASE_URL", "DATA_DIR", "PORT", "ALLOWED_HOSTS", "EMAIL_URL",
        "CONTACT_RECIPIENTS", "TRUSTED_PROXIES", "CACHE_URL", "MEDIA_STORAGE_URL",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)


def start(tmp_path, **variables) -> subprocess.CompletedProcess:
    """Run a command of the portal, as an operator would, with these variables alone."""
    return subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity=0", "--command",
         "from django.conf import settings as s; print(s.SITE_URL, s.ALLOWED_HOSTS, s.DEBUG)"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data")} | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )  # fmt: skip


class TestStart:
    def test_needs_no_variable_at_all(self, tmp_path):
        result = start(tmp_path)

        assert result.returncode == 0
        assert result.stdout.startswith("http://127.0.0.1:8000 ")
        assert result.stdout.rstrip().endswith("False")

    @pytest.mark.parametrize(
        ("variables", "named"),
        [
            ({"DATABASE_URL": POSTGRES, "SITE_URL": "https://example.org"}, "SECRET_KEY"),
            ({"DATABASE_URL": POSTGRES, "SECRET_KEY": LONG}, "SITE_URL"),
            ({"SECRET_KEY": "short"}, "SECRET_KEY"),
            ({"DATA_DIR": "/dev/null/data"}, "DATA_DIR"),
        ],
    )
    def test_stops_with_a_sentence_that_says_what_to_set(self, tmp_path, variables, named):
        result = start(tmp_path, **variables)

        assert result.returncode == 1
        assert result.stdout == ""
        assert result.stderr.startswith(f"ImmunoPortal cannot start: {named} ")
        assert "et " in result.stderr  # "Set …" or "… set …"
        assert result.stderr.count("\n") == 1
        assert "hunter2" not in result.stderr

    def test_hears_what_the_operator_says(self, tmp_path):
        result = start(
            tmp_path,
            DATABASE_URL=POSTGRES,
            SECRET_KEY=LONG,
            SITE_URL="https://www.example.org/",
            ALLOWED_HOSTS="a.example,b.example",
            DEBUG="1",
        )

        assert result.returncode == 0, result.stderr
        assert result.stdout == "https://www.example.org ['a.example', 'b.example'] True\n"


class TestSecretKey:
    def test_is_the_one_that_is_set(self, monkeypatch, tmp_path):
        monkeypatch.setenv("SECRET_KEY", LONG)

        assert environment.secret_key(tmp_path) == LONG
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("length", [1, 49])
    def test_that_is_short_is_refused(self, monkeypatch, tmp_path, length):
        monkeypatch.setenv("SECRET_KEY", "s" * length)

        with pytest.raises(ImproperlyConfigured, match=f"{length} characters. Set at least 50"):
            environment.secret_key(tmp_path)

    @pytest.mark.parametrize("empty", [None, ""])
    def test_is_not_made_up_beside_a_database_server(self, monkeypatch, tmp_path, empty):
        monkeypatch.setenv("DATABASE_URL", POSTGRES)
        if empty is not None:
            monkeypatch.setenv("SECRET_KEY", empty)

        with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is not set"):
            environment.secret_key(tmp_path)

        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("empty", [None, ""])
    def test_of_the_embedded_default_is_made_and_kept_privately(self, monkeypatch, tmp_path, empty):
        if empty is not None:
            monkeypatch.setenv("SECRET_KEY", empty)

        key = environment.secret_key(tmp_path)

        assert len(key) >= environment.SHORTEST_SECRET
        assert environment.secret_key(tmp_path) == key
        (file,) = tmp_path.iterdir()
        assert file.name == "secret_key"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_differs_from_one_data_directory_to_the_next(self, tmp_path):
        keys = set()
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
            keys.add(environment.secret_key(tmp_path / name))

        assert len(keys) == 2

    def test_is_the_same_for_processes_that_start_together(self, tmp_path):
        start_line = threading.Barrier(8)
        keys = []

        def ask():
            start_line.wait()
            keys.append(environment.secret_key(tmp_path))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(keys) == 8
        assert len(set(keys)) == 1
        assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]

    def test_leaves_alone_what_another_process_has_written_first(self, monkeypatch, tmp_path):
        file = tmp_path / "secret_key"
        file.write_text(f"{LONG}\n")
        # The file appears after this process has looked for it.
        monkeypatch.setattr(type(file), "exists", lambda _self: False)

        assert environment.secret_key(tmp_path) == LONG
        assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


class TestSiteUrl:
    @pytest.mark.parametrize(
        ("value", "url"),
        [
            (None, "http://127.0.0.1:8123"),
            ("https://www.example.org", "https://www.example.org"),
            ("https://www.example.org/", "https://www.example.org"),
            ("http://[::1]:8000", "http://[::1]:8000"),
        ],
    )
    def test_has_no_slash_at_its_end(self, monkeypatch, value, url):
        if value:
            monkeypatch.setenv("SITE_URL", value)

        assert environment.site_url(8123) == url

    @pytest.mark.parametrize(
        "value",
        [
            "www.example.org", "ftp://example.org", "https://", "https://example.org/portal",
            "javascript:alert(1)", "//example.org", "http://[::1", "-", "",
        ],
    )  # fmt: skip
    def test_that_is_no_address_of_a_site_is_refused(self, monkeypatch, value):
        monkeypatch.setenv("SITE_URL", value)

        with pytest.raises(ImproperlyConfigured, match=r"SITE_URL .* Set it to a scheme"):
            environment.site_url(8000)

    def test_is_not_made_up_beside_a_database_server(self, monkeypatch):
        monkeypatch.setenv("DATABASE_URL", POSTGRES)

        with pytest.raises(ImproperlyConfigured, match="SITE_URL is not set"):
            environment.site_url(8000)


class TestDataDir:
    @pytest.mark.parametrize("value", [None, ""])
    def test_is_var_in_the_project_by_default(self, monkeypatch, tmp_path, value):
        if value is not None:
            monkeypatch.setenv("DATA_DIR", value)

        assert environment.data_dir(tmp_path) == tmp_path / "var"
        assert (tmp_path / "var").is_dir()

    @pytest.mark.parametrize("value", ["a/b", "{tmp_path}/c"])
    def test_is_made_when_it_is_missing(self, monkeypatch, tmp_path, value):
        monkeypatch.setenv("DATA_DIR", value.format(tmp_path=tmp_path))

        directory = environment.data_dir(tmp_path)

        assert directory == tmp_path / value.format(tmp_path=tmp_path)
        assert directory.is_dir()
        assert environment.data_dir(tmp_path) == directory

    def test_that_cannot_be_made_is_refused_with_the_reason(self, monkeypatch, tmp_path):
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("DATA_DIR", str(tmp_path / "file" / "data"))

        with pytest.raises(ImproperlyConfigured, match=r"Not a directory.* Set DATA_DIR"):
            environment.data_dir(tmp_path)

    def test_that_cannot_be_written_to_is_refused(self, monkeypatch, tmp_path):
        directory = tmp_path / "data"
        directory.mkdir(mode=0o500)
        monkeypatch.setenv("DATA_DIR", str(directory))
        if os.geteuid() == 0:  # whom no mode keeps out
            monkeypatch.setattr(os, "access", lambda path, _mode: path != directory)

        with pytest.raises(ImproperlyConfigured, match=r"DATA_DIR .*may not write.* Set DATA_DIR"):
            environment.data_dir(tmp_path)


class TestMailServer:
    @pytest.mark.parametrize("value", [None, ""])
    def test_may_be_none(self, monkeypatch, value):
        if value is not None:
            monkeypatch.setenv("EMAIL_URL", value)

        assert environment.mail_server() is None

    @pytest.mark.parametrize(
        ("url", "changes"),
        [
            ("smtp://mail.example.org", {}),
            ("smtp://mail.example.org/", {}),
            ("smtp://mail.example.org:2525", {"port": 2525}),
            ("smtp://[::1]:25", {"host": "::1"}),
            ("smtp+tls://mail.example.org", {"port": 587, "tls": True}),
            ("smtp+ssl://mail.example.org", {"port": 465, "ssl": True}),
            ("smtps://mail.example.org:466", {"port": 466, "ssl": True}),
            (
                "smtp://portal%40example.org:p%40ss%3A%2F%23%25w%C3%B6rd@mail.example.org",
                {"user": "portal@example.org", "password": "p@ss:/#%wörd"},
            ),
            ("smtp://portal@mail.example.org", {"user": "portal"}),
        ],
    )
    def test_is_read_from_its_address(self, monkeypatch, url, changes):
        monkeypatch.setenv("EMAIL_URL", url)
        plain = {"host": "mail.example.org", "port": 25, "user": "", "password": ""}

        assert environment.mail_server() == plain | {"ssl": False, "tls": False} | changes

    @pytest.mark.parametrize(
        "url",
        [
            "mail.example.org", "http://u:hunter2@mail.example.org", "smtp://", "smtp://:25",
            "smtp://u:hunter2@", "smtp://u:hunter2@host:99999", "smtp://u:hunter2@host:x",
            "smtp://u:hunter2@[::1", "smtp:mail.example.org", "-", "SMTP",
            # Passwords that ought to be percent-encoded.
            "smtp://u:12#hunter2@mail.example.org", "smtp://u:hunter2/x@mail.example.org",
            "smtp://u:12?hunter2@mail.example.org", "smtp://u:12/hunter2@mail.example.org",
        ],
    )  # fmt: skip
    def test_that_cannot_be_understood_is_refused_without_its_password(self, monkeypatch, url):
        monkeypatch.setenv("EMAIL_URL", url)

        with pytest.raises(ImproperlyConfigured, match=r"EMAIL_URL .* Set it to") as refusal:
            environment.mail_server()

        assert "hunter2" not in str(refusal.value)


class TestEmails:
    @pytest.mark.parametrize(
        ("value", "emails"),
        [
            (None, []),
            ("", []),
            (" , ", []),
            ("a@example.org", ["a@example.org"]),
            (" a@example.org ,b@example.org,", ["a@example.org", "b@example.org"]),
        ],
    )
    def test_are_separated_by_commas(self, monkeypatch, value, emails):
        if value is not None:
            monkeypatch.setenv("CONTACT_RECIPIENTS", value)

        assert environment.emails("CONTACT_RECIPIENTS") == emails

    @pytest.mark.parametrize(
        "value", ["a", "a@example.org;b@example.org", "A <a@example.org>", "a@example.org b@c.org"]
    )
    def test_that_are_none_are_refused_by_name(self, monkeypatch, value):
        monkeypatch.setenv("CONTACT_RECIPIENTS", value)

        with pytest.raises(ImproperlyConfigured, match=r"CONTACT_RECIPIENTS has .* no email addr"):
            environment.emails("CONTACT_RECIPIENTS")


class TestTrustedProxies:
    @pytest.mark.parametrize(
        ("value", "networks"),
        [
            (None, []),
            (" , ", []),
            ("127.0.0.1, 10.0.0.0/8 ,::1", ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]),
        ],
    )
    def test_are_addresses_or_networks(self, monkeypatch, value, networks):
        if value is not None:
            monkeypatch.setenv("TRUSTED_PROXIES", value)

        assert [str(network) for network in environment.trusted_proxies()] == networks

    @pytest.mark.parametrize("value", ["proxy.example.org", "*", "10.0.0.0/99", "127.0.0.1 ::1"])
    def test_that_are_neither_are_refused(self, monkeypatch, value):
        monkeypatch.setenv("TRUSTED_PROXIES", value)

        with pytest.raises(ImproperlyConfigured, match=r"TRUSTED_PROXIES: .* Give network"):
            environment.trusted_proxies()


class TestDatabase:
    def test_is_a_file_in_the_data_directory_by_default(self, tmp_path):
        database = environment.database(tmp_path)

        assert database["ENGINE"] == "immunoportal.sqlite"
        assert database["NAME"] == tmp_path / "immunoportal.sqlite3"

    @pytest.mark.django_db
    def test_on_sqlite_is_tuned_for_many_readers_and_a_writer(self):
        if connection.vendor != "sqlite":
            pytest.skip("the suite runs on another database")
        found = {}
        with connection.cursor() as cursor:
            for pragma in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys"):
                cursor.execute(f"PRAGMA {pragma}")
                found[pragma] = cursor.fetchone()[0]

        assert found == {
            "journal_mode": "wal", "synchronous": 1, "busy_timeout": 20_000, "foreign_keys": 1,
        }  # fmt: skip
        assert settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"

    def test_may_be_postgresql(self, monkeypatch, tmp_path):
        monkeypatch.setenv("DATABASE_URL", POSTGRES)

        database = environment.database(tmp_path)

        assert database["ENGINE"] == "django.db.backends.postgresql"
        assert [database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
            "portal", "portal", "hunter2", "db.example.org", 5433,
        ]  # fmt: skip
        assert database["CONN_HEALTH_CHECKS"] is True

    @pytest.mark.parametrize(
        "value", ["hunter2", "http://u:hunter2@host/db", "://hunter2", "postgres://u:hunter2@[::1"]
    )
    def test_that_is_no_database_is_refused_without_its_password(
        self, monkeypatch, tmp_path, value
    ):
        monkeypatch.setenv("DATABASE_URL", value)

        with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL .* Set it to") as refusal:
            environment.database(tmp_path)

        assert "hunter2" not in str(refusal.value)


@pytest.fixture
def _installed(monkeypatch):
    """What requirements-scale.txt lists, which no other test needs."""
    monkeypatch.setattr(environment, "find_spec", lambda _module: object())


@pytest.mark.usefixtures("_installed")
class TestCache:
    @pytest.mark.parametrize("value", [None, ""])
    def test_is_a_table_of_the_database(self, monkeypatch, value):
        if value is not None:
            monkeypatch.setenv("CACHE_URL", value)

        assert environment.cache() == {
            "BACKEND": "immunoportal.cache.HonestDatabaseCache",
            "LOCATION": "cache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }

    @pytest.mark.parametrize(
        "url",
        [
            "redis://10.0.0.5", "redis://10.0.0.5:6380/2", "rediss://portal:p%40ss@[::1]:6379/0",
            "redis://:secret@cache.example.org/",
        ],
    )  # fmt: skip
    def test_may_have_a_redis_before_its_table(self, monkeypatch, url):
        monkeypatch.setenv("CACHE_URL", url)

        assert environment.cache() == {
            "BACKEND": "immunoportal.shared_cache.SharedCache",
            "LOCATION": url,
            "KEY_PREFIX": "immunoportal",
            "OPTIONS": {"TABLE": "cache", "MAX_ENTRIES": 100_000},
        }

    @pytest.mark.parametrize(
        "url",
        [
            "10.0.0.5:6379", "memcached://u:hunter2@host", "redis://", "redis://u:hunter2@host:x",
            "redis://u:hunter2@host/one", "redis://u:hunter2@host/0?db=1", "redis://u:hunter2@[::1",
            "redis://u:1#hunter2@host",
        ],
    )  # fmt: skip
    def test_that_cannot_be_understood_is_refused_without_its_password(self, monkeypatch, url):
        monkeypatch.setenv("CACHE_URL", url)

        with pytest.raises(ImproperlyConfigured, match=r"CACHE_URL .* Set it to") as refusal:
            environment.cache()

        assert "hunter2" not in str(refusal.value)

    def test_says_what_has_to_be_installed(self, monkeypatch):
        monkeypatch.setenv("CACHE_URL", "redis://10.0.0.5")
        monkeypatch.setattr(environment, "find_spec", lambda _module: None)

        with pytest.raises(ImproperlyConfigured, match=r"CACHE_URL .* requirements-scale\.txt"):
            environment.cache()


@pytest.mark.usefixtures("_installed")
class TestMediaStorages:
    @pytest.mark.parametrize("value", [None, ""])
    def test_are_three_directories(self, monkeypatch, tmp_path, value):
        if value is not None:
            monkeypatch.setenv("MEDIA_STORAGE_URL", value)

        found = environment.media_storages(tmp_path)

        assert found["default"]["OPTIONS"] == {
            "location": tmp_path / "originals", "base_url": None,
        }  # fmt: skip
        assert found["renditions"]["OPTIONS"] == {
            "location": tmp_path / "renditions", "base_url": "/media/",
        }  # fmt: skip
        assert found["files"]["OPTIONS"] == {"location": tmp_path / "files", "base_url": None}

    @pytest.mark.parametrize(
        ("url", "changes"),
        [
            ("s3://KEY:secret@s3.example.org/pictures", {}),
            ("s3://KEY:secret@s3.example.org/pictures/?region=eu-south-1",
             {"region_name": "eu-south-1"}),
            ("s3+http://KEY:secret@10.0.0.7:9000/pictures",
             {"endpoint_url": "http://10.0.0.7:9000"}),
            ("s3://KEY:secret@[::1]:9000/pictures", {"endpoint_url": "https://[::1]:9000"}),
            ("s3://K%40Y:s%2Fcr%2Bt@s3.example.org/pictures",
             {"access_key": "K@Y", "secret_key": "s/cr+t"}),
            ("s3://s3.example.org/pictures", {"access_key": None, "secret_key": None}),
        ],
    )  # fmt: skip
    def test_may_be_three_folders_of_a_bucket(self, monkeypatch, tmp_path, url, changes):
        monkeypatch.setenv("MEDIA_STORAGE_URL", url)
        plain = {
            "endpoint_url": "https://s3.example.org", "bucket_name": "pictures",
            "region_name": None, "access_key": "KEY", "secret_key": "secret",
        }  # fmt: skip

        found = environment.media_storages(tmp_path)

        folders = {"default": "originals", "renditions": "renditions", "files": "files"}
        for alias, folder in folders.items():
            assert found[alias]["BACKEND"] == "immunoportal.bucket.BucketStorage"
            assert found[alias]["OPTIONS"] == plain | changes | {"location": folder}

    @pytest.mark.parametrize(
        "url",
        [
            "s3.example.org/pictures", "https://K:hunter2@s3.example.org/pictures", "s3://",
            "s3:///pictures", "s3://K:hunter2@s3.example.org", "s3://K:hunter2@host/a/b",
            "s3://K:hunter2@host:x/pictures", "s3://K:hunter2@host/pictures?zone=1",
            "s3://K:hunter2@host/pictures?region", "s3://hunter2@host/pictures",
            "s3://K:hunter2/x@host/pictures", "s3://K:hunter2@host/Pictures",
            "s3://K:1#hunter2@host/pictures",
        ],
    )  # fmt: skip
    def test_that_cannot_be_understood_are_refused_without_the_secret(
        self, monkeypatch, tmp_path, url
    ):
        monkeypatch.setenv("MEDIA_STORAGE_URL", url)

        with pytest.raises(ImproperlyConfigured, match=r"MEDIA_STORAGE_URL .* Set it") as refusal:
            environment.media_storages(tmp_path)

        assert "hunter2" not in str(refusal.value)
