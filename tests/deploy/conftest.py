"""One site for all tests: two hosts and a worker on one PostgreSQL, one Redis and one bucket, and
nginx before them. The tests share the database with the hosts, so what they do is seen at once; it
is thrown away with its PostgreSQL."""

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings

from immunoportal import environment
from tests.deploy.parts import NAME, Bucket, Nginx, Redis, Visitor, Web, make_certificate
from tests.factories import make_editor, make_user
from tests.mail_server import eventually
from tests.portal import environment_with


@dataclass
class Site:
    """All its parts, and the variables that the hosts have in common."""

    nginx: Nginx
    hosts: list[Web]
    redis: Redis
    bucket: Bucket
    variables: dict[str, str]

    def count(self, path: str) -> int:
        """How often nginx has asked any host for a path."""
        return sum(host.count(path) for host in self.hosts)

    def mend(self):
        """Have all parts run that a test has ended."""
        for part in (self.redis, self.bucket, *self.hosts, self.nginx):
            if part.process.poll() is not None:
                part.start()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("tls") / "certificate")


@pytest.fixture(scope="session")
def whole_site(django_db_blocker, tmp_path_factory, certificate):
    assert connection.vendor == "postgresql", "run it as `make test-deploy`"
    folder = tmp_path_factory.mktemp("site")
    with ExitStack() as stack:
        stack.enter_context(django_db_blocker.unblock())
        assert not connection.introspection.table_names(), "not an empty database"
        static = folder / "prepared"
        collect = subprocess.Popen(
            [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
            cwd=settings.BASE_DIR, env=environment_with(static),
        )  # fmt: skip
        redis = stack.enter_context(Redis(folder / "redis"))
        bucket = stack.enter_context(Bucket(folder / "bucket"))
        variables = {
            "DATABASE_URL": os.environ["DATABASE_URL"],
            "CACHE_URL": redis.url,
            "MEDIA_STORAGE_URL": bucket.url,
            "SECRET_KEY": settings.SECRET_KEY,
            "SITE_URL": f"https://{NAME}",
            "BEHIND_NGINX": "1",
            "TRUSTED_PROXIES": "127.0.0.1",
        }
        call_command("migrate", verbosity=0)
        assert collect.wait(timeout=120) == 0
        hosts = [Web(folder / name, variables) for name in ("a", "b")]
        for host in hosts:
            shutil.copytree(static / "static", host.data / "static")
            stack.push(host)
            host.launch()
        for host in hosts:
            eventually(host.is_up)
        nginx = Nginx(
            folder / "nginx",
            hosts=[host.port for host in hosts],
            data=hosts[0].data,
            certificate=certificate,
        )
        stack.enter_context(nginx)
        # What tests upload goes where the hosts find it.
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("MEDIA_STORAGE_URL", bucket.url)
        pictures = environment.media_storages(folder)
        stack.enter_context(override_settings(STORAGES=settings.STORAGES | pictures))
        from articles.models import Image

        patch.setattr(Image._meta.get_field("original"), "storage", storages["default"])
        yield Site(nginx, hosts, redis, bucket, variables)


@pytest.fixture
def site(whole_site):
    whole_site.mend()
    return whole_site


@pytest.fixture(autouse=True)
def _storage_of_its_own():
    """Here the storage is the bucket, for the hosts read it too."""


@pytest.fixture
def person():
    """Makes somebody whom the hosts let in: with a password that is hashed as in production."""
    hashers = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=hashers):
        yield make_user


@pytest.fixture
def editor(site):
    """The browser of somebody who may do everything."""
    user = make_editor(preferred_language="en")
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return Visitor(site.nginx, "127.0.2.1", {"__Host-session": session})
