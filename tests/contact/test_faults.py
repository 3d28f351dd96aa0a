"""What was acknowledged arrives, whatever is killed meanwhile."""

import json
import os
import random
import re
import signal
import sqlite3
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from django.core.signing import b64_decode

from contact import spam
from tests.mail_server import MailServer, SilentServer, eventually
from tests.portal import Portal, children, children_of

SUBMISSIONS = 80  # at most
KILLS = 6
RECIPIENT = "publisher@example.org"

pytestmark = pytest.mark.skipif(
    not Path(f"/proc/self/task/{os.getpid()}/children").exists(),
    reason="finds the processes through Linux's /proc",
)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


def request(url: str, data: dict | None = None, *, sender: str = "") -> tuple[int, str, str]:
    """Status, ``Location`` and text of an answer; status 0 where the line breaks."""
    body = urllib.parse.urlencode(data).encode() if data else None
    headers = {"X-Forwarded-For": sender} if sender else {}
    try:
        with OPENER.open(urllib.request.Request(url, body, headers), timeout=20) as answer:
            return answer.status, "", answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Location", ""), ""
    except OSError:
        return 0, "", ""


def fresh_stamp(url: str) -> str:
    def stamp():
        _status, _location, page = request(url)
        found = re.search(r'name="stamp" value="([^"]+)"', page)
        return found and found[1]

    return eventually(stamp)


def submit(url: str, number: int, stamp: str) -> str | None:
    """Send a message as a visitor would: the number, if it was acknowledged."""
    data = {
        "name": f"Visitor {number}",
        "email": f"visitor{number}@example.org",
        "subject": "1",
        "text": f"This is message number {number}.",
        "website": "",
        "stamp": stamp,
    }
    sender = f"198.51.{number // 250}.{number % 250 + 1}"
    status, location, _page = request(url, data, sender=sender)
    if status != 302:
        return None
    token = urllib.parse.unquote(location.rstrip("/").rpartition("/")[2])
    return json.loads(b64_decode(token.split(":")[0].encode()))


class Killer(threading.Thread):
    """Kills one process of a portal at a time, at random, until it is told to stop."""

    def __init__(self, portal: Portal):
        super().__init__(daemon=True)
        self.portal = portal
        self.over = threading.Event()
        self.kills = 0

    def run(self):
        chance = random.Random(20)
        while not self.over.wait(chance.uniform(0.1, 0.5)):
            try:
                processes = children(self.portal.process.pid)
                # Not only when both are there: a worker that was killed takes seconds to come back.
                victims = children_of(processes["web"])
                victims += [processes["worker"]] if "worker" in processes else []
                os.kill(chance.choice(victims), signal.SIGKILL)
                self.kills += 1
            except (OSError, KeyError, IndexError):
                continue  # it has just gone by itself

    def stop(self):
        self.over.set()
        self.join()


def portal_with(server: MailServer, directory: Path, prepared: Path) -> Portal:
    """A portal that mails to a server, and believes what this machine says of its visitors."""
    return Portal(
        directory,
        prepared,
        EMAIL_URL=f"smtp://127.0.0.1:{server.port}",
        CONTACT_RECIPIENTS=RECIPIENT,
        TRUSTED_PROXIES="127.0.0.1",
    )


class TestKilledAtRandom:
    def test_every_acknowledged_message_is_in_the_inbox_and_in_the_mailbox(
        self, tmp_path, prepared_data
    ):
        with MailServer() as server, portal_with(server, tmp_path, prepared_data) as portal:
            url = f"{portal.url}/en/contact/"
            stamps = [fresh_stamp(url) for _number in range(SUBMISSIONS)]
            time.sleep(spam.MIN_SECONDS)
            killer = Killer(portal)
            killer.start()

            acknowledged = []
            for number, stamp in enumerate(stamps):
                acknowledged.append(submit(url, number, stamp))
                time.sleep(0.05)  # so that there are kills between them
                if killer.kills >= KILLS and number > SUBMISSIONS / 3:
                    break
            killer.stop()

            numbers = {number for number in acknowledged if number}
            assert len(numbers) > SUBMISSIONS / 6
            assert killer.kills > 4

            # What a killed worker had in hand is free after half a minute; here it is cut short:
            # whoever lives has a heartbeat again within seconds.
            database = sqlite3.connect(portal.data / "immunoportal.sqlite3", timeout=20)
            with database:
                database.execute("UPDATE immunoportal_worker SET beat_at = '2000-01-01 00:00:00'")
            stored = {row[0] for row in database.execute("SELECT number FROM contact_message")}
            database.close()
            assert numbers <= stored

            def delivered():
                subjects = " ".join(mail["Subject"] for mail in server.mails())
                return all(number in subjects for number in numbers)

            eventually(delivered, seconds=120)


class TestMailServerAway:
    def test_the_visitor_never_waits_for_it_and_each_mail_comes_once(self, tmp_path, prepared_data):
        silent = SilentServer()
        server = MailServer(silent.port)
        with portal_with(server, tmp_path, prepared_data) as portal:
            url = f"{portal.url}/en/contact/"
            stamps = [fresh_stamp(url) for _number in range(6)]
            time.sleep(spam.MIN_SECONDS)

            # while it takes the call and says nothing, and while nobody takes it at all
            numbers = [submit(url, number, stamps[number]) for number in range(3)]
            silent.stop()
            numbers += [submit(url, number, stamps[number]) for number in range(3, 6)]

            assert all(numbers)
            with server:
                eventually(lambda: len(server.accepted) == len(numbers), seconds=120)
                time.sleep(2)
                assert len(server.accepted) == len(numbers)
