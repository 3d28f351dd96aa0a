"""What nginx does by itself, before hosts that say what the test has them say."""

import socket
import ssl
import time
from contextlib import closing, suppress

import pytest

from tests.deploy.fake_host import FakeHost
from tests.deploy.parts import NAME, Nginx
from tests.mail_server import eventually

FORM = {"Content_Type": "application/x-www-form-urlencoded", "body": "a=1"}


@pytest.fixture(scope="module")
def fakes():
    fakes = [FakeHost(), FakeHost()]
    yield fakes
    for fake in fakes:
        fake.close()


@pytest.fixture(scope="module")
def started(fakes, tmp_path_factory, certificate):
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "data" / "static").mkdir(parents=True)
    ports = [fake.port for fake in fakes]
    with Nginx(folder / "nginx", ports, folder / "data", certificate) as nginx:
        yield nginx


@pytest.fixture
def nginx(started, fakes):
    """Before hosts that answer 200 and have been asked for nothing."""
    for fake in fakes:
        fake.status, fake.headers = 200, {}
        fake.asked.clear()
        fake.parts.clear()
    # Neither host is one that has failed: that lasts for a second.
    started.signal_reload()
    return started


def asked(fakes) -> list[tuple[str, str, str]]:
    return [request for fake in fakes for request in fake.asked]


def say(fakes, status=200, **headers):
    for fake in fakes:
        fake.status = status
        fake.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def at_the_beginning_of_a_second():
    time.sleep(1.02 - time.time() % 1)


class TestConnections:
    def test_without_tls_lead_to_the_site(self, nginx):
        with closing(socket.create_connection(("127.0.0.1", nginx.http_port))) as plain:
            plain.sendall(f"GET /it/?a=1 HTTP/1.0\r\nHost: {NAME}\r\n\r\n".encode())
            answer = plain.makefile().read()

        assert answer.startswith("HTTP/1.1 301 ")
        assert f"Location: https://{NAME}/it/?a=1\n" in answer

    def test_for_other_names_hear_nothing(self, nginx, fakes):
        with closing(socket.create_connection(("127.0.0.1", nginx.http_port))) as plain:
            plain.sendall(b"GET / HTTP/1.0\r\nHost: example.org\r\n\r\n")
            assert plain.recv(100) == b""
        with (
            closing(socket.create_connection(("127.0.0.1", nginx.port))) as plain,
            pytest.raises(ssl.SSLError),
        ):
            nginx.tls.wrap_socket(plain, server_hostname="example.org")
        assert asked(fakes) == []

    @pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
    def test_speak_http_2_and_no_old_tls(self, nginx):
        offers = ssl.create_default_context(cadata=nginx.certificate)
        offers.set_alpn_protocols(["h2", "http/1.1"])
        with (
            closing(socket.create_connection(("127.0.0.1", nginx.port))) as plain,
            offers.wrap_socket(plain, server_hostname=NAME) as connection,
        ):
            assert connection.selected_alpn_protocol() == "h2"
            assert connection.version() == "TLSv1.3"

        old = ssl.create_default_context(cadata=nginx.certificate)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        old.set_ciphers("DEFAULT@SECLEVEL=0")
        with (
            closing(socket.create_connection(("127.0.0.1", nginx.port))) as plain,
            pytest.raises(ssl.SSLError),
        ):
            old.wrap_socket(plain, server_hostname=NAME)


class TestCache:
    def test_keeps_only_what_the_application_says_and_until_then(self, nginx, fakes):
        say(fakes, Cache_Control="public, max-age=60", Expires="Thu, 01 Jan 2099 00:00:00 GMT")
        for _ in range(3):
            nginx.get("/it/unsaid")
        say(fakes, X_Accel_Expires="0", Cache_Control="public, max-age=60")
        for _ in range(3):
            nginx.get("/it/nought")
        at_the_beginning_of_a_second()
        say(fakes, X_Accel_Expires=f"@{int(time.time())}", Cache_Control="public, no-cache")
        for _ in range(3):
            nginx.get("/it/kept")
        at_the_beginning_of_a_second()
        nginx.get("/it/kept")

        paths = [path for _method, path, _encoding in asked(fakes)]
        assert {path: paths.count(path) for path in paths} == {
            "/it/unsaid": 3, "/it/nought": 3, "/it/kept": 2,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("accepted", "passed_on"),
        [
            (None, "identity"), ("", "identity"), ("gzip", "gzip"), ("br", "br"),
            ("gzip, deflate, br, zstd", "br, gzip"), ("BR;q=1.0, GZIP", "br, gzip"),
            ("br;q=0, gzip", "gzip"), ("br ; q=0.000,gzip;q=0.001", "gzip"),
            ("gzip;q=0, br;q=0", "identity"), ("*", "gzip"), ("*;q=0", "identity"),
            ("gzip;q=0, *", "identity"), ("xbr, gzipped, brx", "identity"),
            ("identity;q=0", "identity"),
        ],
    )  # fmt: skip
    def test_knows_four_ways_to_pack_a_page(self, nginx, fakes, accepted, passed_on):
        nginx.get("/it/", encoding=accepted)

        assert asked(fakes) == [("GET", "/it/", passed_on)]

    def test_holds_one_copy_of_each_whoever_asks_and_none_with_a_password(self, nginx, fakes):
        say(fakes, X_Accel_Expires=f"@{int(time.time()) + 30}", Vary="Accept-Encoding")
        for number in range(30):
            nginx.get(
                "/it/many", encoding=f"gzip, x{number}", Cookie=f"session={number}",
                User_Agent=f"agent {number}", Cache_Control="no-cache",
            )  # fmt: skip
        nginx.ask("/it/many", method="HEAD", encoding="gzip")
        with_password = nginx.get("/it/many", encoding="gzip", Authorization="Basic Og==")
        say(fakes, X_Accel_Expires=f"@{int(time.time()) + 30}", Set_Cookie="a=1")
        nginx.get("/it/cookie")

        assert with_password.status == 200
        assert len([path for _m, path, _e in asked(fakes) if path == "/it/many"]) == 2
        kept = [key for key in nginx.kept() if key.startswith((f"{NAME}/it/many", f"{NAME}/it/c"))]
        assert len(kept) == 1
        assert " gzip " in kept[0]

    def test_keeps_nothing_of_the_admin(self, nginx, fakes):
        say(fakes, X_Accel_Expires=f"@{int(time.time()) + 30}")
        for _ in range(2):
            nginx.get("/admin/")

        assert len(asked(fakes)) == 2


class TestHosts:
    def test_get_a_form_once(self, nginx, fakes):
        say(fakes, status=0)

        answer = nginx.ask("/it/contatti/", method="POST", **FORM)

        assert answer.status == 502
        assert [method for method, _path, _encoding in asked(fakes)] == ["POST"]

    def test_are_tried_in_turn_for_a_page(self, nginx, fakes):
        fakes[0].status = 0
        assert [nginx.get("/it/").status for _ in range(4)] == [200] * 4

        fakes[0].status = 502
        nginx.signal_reload()
        assert [nginx.get("/it/").status for _ in range(4)] == [200] * 4

    def test_tell_the_truth_though_an_older_page_is_kept(self, nginx, fakes):
        say(fakes, X_Accel_Expires=f"@{int(time.time())}")
        nginx.get("/it/truth")
        at_the_beginning_of_a_second()
        say(fakes, status=503)

        assert nginx.get("/it/truth").status == 503

    def test_that_are_away_are_stood_in_for_by_what_is_kept(self, nginx, fakes):
        say(fakes, X_Accel_Expires=f"@{int(time.time())}", Date="Thu, 26 Nov 2026 10:00:00 GMT")
        nginx.get("/it/away", encoding="gzip")
        at_the_beginning_of_a_second()
        say(fakes, status=0)

        kept = nginx.get("/it/away", encoding="gzip")

        assert (kept.status, kept.content) == (200, b"a page")
        assert kept.headers.get_all("Date") == ["Thu, 26 Nov 2026 10:00:00 GMT"]
        # other pages, and forms, hear that nobody is there
        assert nginx.get("/it/another").status == 502
        assert nginx.ask("/it/away", method="POST", **FORM).status == 502

    def test_that_stay_away_are_stood_in_for_no_longer_than_ten_minutes(self, nginx, fakes):
        # nginx reads the time of day in its time zone: so a later time can be tried now
        minutes_left = 5 - time.gmtime().tm_min % 5
        if minutes_left == 1 and time.gmtime().tm_sec > 45:
            time.sleep(16)
        say(fakes, X_Accel_Expires=f"@{int(time.time())}")
        nginx.get("/it/long")
        at_the_beginning_of_a_second()
        say(fakes, status=0)
        statuses = {}
        for minutes in (0, 5, 10, 60, 65):
            nginx.kill()
            nginx.timezone = f"LATER-{minutes // 60}:{minutes % 60:02}"
            nginx.start()
            statuses[minutes] = nginx.get("/it/long").status
        nginx.kill()
        nginx.timezone = "UTC0"
        nginx.start()

        assert statuses == {0: 200, 5: 200, 10: 502, 60: 502, 65: 502}


class TestLimits:
    def test_of_forms_are_by_network_and_not_for_editors(self, nginx):
        answers = [
            nginx.ask("/it/account/login/", method="POST", source="127.0.1.1", **FORM)
            for _ in range(25)
        ]
        refused = [answer for answer in answers if answer.status == 429]

        assert 2 <= len(refused) <= 5
        assert {answer["Retry-After"] for answer in refused} == {"10"}
        for path, source in (("/it/account/login/", "127.0.1.2"), ("/admin/a/", "127.0.1.1")):
            assert nginx.ask(path, method="POST", source=source, **FORM).status == 200
        login = nginx.ask("/admin/login/", method="POST", source="127.0.1.1", **FORM)
        assert login.status == 429
        assert nginx.get("/it/", source="127.0.1.1").status == 200

    def test_of_all_requests_are_generous(self, nginx, fakes):
        say(fakes, X_Accel_Expires=f"@{int(time.time()) + 30}")
        nginx.get("/it/all")
        request = f"GET /it/all HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode()
        with closing(nginx.connect("127.0.1.3")) as connection:
            connection.sock.sendall(request * 399 + request.replace(b"\r\n\r\n", b"\r\n" * 2))
            first = read_statuses(connection.sock, 400)
        with closing(nginx.connect("127.0.1.3")) as connection:
            connection.sock.sendall(request * 300)
            more = read_statuses(connection.sock, 300)

        assert set(first) == {200}
        assert set(more) == {200, 429}
        assert nginx.get("/it/all", source="127.0.1.4").status == 200

    def test_of_uploads_are_large_for_the_admin_alone(self, nginx):
        def upload(path: str, size: int, **headers: str) -> int:
            body = b"x" * size
            try:
                answer = nginx.ask(path, method="POST", body=body, source="127.0.1.5", **headers)
                return answer.status
            except (BrokenPipeError, ConnectionResetError):
                return 413  # said before all was sent

        assert upload("/it/contatti/", 200_000) == 200
        assert upload("/it/contatti/", 300_000) == 413
        assert upload("/admin/articles/image/add/", 27_000_000) == 200
        assert upload("/admin/articles/image/add/", 30_000_000) == 413
        recording = "/admin/articles/recording/upload/"
        assert upload(recording, 30_000_000, Cookie="__Host-session=a") == 200
        assert upload(recording, 1_000) == 403

    def test_of_videos_are_few_at_a_time(self, nginx):
        path, cookie = "/admin/articles/recording/upload/", "__Host-session=feigned"
        under_way = [nginx.connect("127.0.1.7") for _ in range(7)]
        for connection in under_way:
            beginning = f"POST {path} HTTP/1.1\r\nHost: portal.test\r\nCookie: {cookie}\r\n"
            connection.sock.sendall(beginning.encode() + b"Content-Length: 1000\r\n\r\nhalf of it")

        def answer(connection) -> bytes:
            connection.sock.settimeout(0.1)
            with suppress(TimeoutError):
                return connection.sock.recv(12)
            return b""

        # One of the seven, whichever nginx has read last.
        assert eventually(lambda: list(filter(None, map(answer, under_way)))) == [b"HTTP/1.1 429"]
        elsewhere = nginx.ask(path, method="POST", body="x", source="127.0.1.8", Cookie=cookie)
        assert elsewhere.status == 200
        for connection in under_way:
            connection.close()

    def test_of_patience_are_nobody_elses(self, nginx, fakes):
        idle = [nginx.connect("127.0.1.6") for _ in range(200)]
        for number, connection in enumerate(idle):
            beginning = b"POST /it/contatti/ HTTP/1.1\r\nHost: portal.test\r\n"
            body = b"Content-Length: 1000\r\n\r\nhalf of it"
            connection.sock.sendall(beginning + (body if number % 2 else b""))

        assert nginx.get("/it/patience").status == 200
        # no host has heard of those who are not ready
        assert [path for _method, path, _encoding in asked(fakes)] == ["/it/patience"]
        for connection in idle:
            connection.close()


class TestStatic:
    def test_are_files_of_this_machine_or_else_of_a_host(self, nginx, fakes):
        style = nginx.data / "static" / "style.1234.css"
        style.write_text("body {}")
        style.with_suffix(".css.gz").write_bytes(b"packed")

        plain, packed = (
            nginx.get("/static/style.1234.css"),
            nginx.get("/static/style.1234.css", encoding="gzip"),
        )
        elsewhere = nginx.get("/static/style.5678.css")

        assert (plain.content, packed.content) == (b"body {}", b"packed")
        assert packed["Content-Encoding"] == "gzip"
        assert plain["Content-Type"] == "text/css"
        assert plain["Cache-Control"] == "public, max-age=31536000, immutable"
        assert plain["X-Content-Type-Options"] == "nosniff"
        assert plain["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Content-Security-Policy" not in plain.headers
        assert elsewhere.content == b"a page"
        assert [path for _method, path, _encoding in asked(fakes)] == ["/static/style.5678.css"]

    def test_have_the_type_that_a_browser_asks_for_and_do_nothing_as_pages(self, nginx):
        (nginx.data / "static" / "ahead.1234.speculationrules").write_text("{}")
        (nginx.data / "static" / "mark.1234.svg").write_text("<svg/>")

        rules = nginx.get("/static/ahead.1234.speculationrules")
        drawing = nginx.get("/static/mark.1234.svg")

        assert rules["Content-Type"] == "application/speculationrules+json"
        assert drawing["Content-Type"] == "image/svg+xml"
        assert drawing["Content-Security-Policy"].endswith("sandbox")


class TestFiles:
    def test_are_fetched_in_the_parts_that_are_asked_for(self, nginx, fakes):
        say(fakes, status=206, Content_Range="bytes 2-7/9", Accept_Ranges="bytes")

        part = nginx.get("/files/0.mp4", Range="bytes=2-")

        assert (part.status, part["Content-Range"]) == (206, "bytes 2-7/9")
        assert [part for fake in fakes for part in fake.parts] == ["bytes=2-"]


class TestPictures:
    def test_are_sent_from_the_disk_where_the_application_says_so(self, nginx, fakes):
        folder = nginx.data / "renditions"
        folder.mkdir()
        (folder / "0-1.jpg").write_bytes(b"0123456789")
        say(
            fakes,
            X_Accel_Redirect="/protected-renditions/0-1.jpg",
            X_Accel_Expires=f"@{int(time.time()) + 30}",
            Content_Type="image/jpeg",
            Cache_Control="public, max-age=31536000, immutable",
        )

        whole, part = nginx.get("/media/0-1.jpg"), nginx.get("/media/0-1.jpg", Range="bytes=2-4")
        say(fakes, status=404)
        refused = nginx.get("/media/0-1.jpg")
        directly = nginx.get("/protected-renditions/0-1.jpg")

        assert (whole.status, whole.content, whole["Content-Type"]) == (
            200,
            b"0123456789",
            "image/jpeg",
        )
        assert whole["Cache-Control"] == "public, max-age=31536000, immutable"
        assert whole["X-Content-Type-Options"] == "nosniff"
        assert (part.status, part.content) == (206, b"234")
        # that somebody was let in opens it to nobody else
        assert (refused.status, directly.status) == (404, 404)


def read_statuses(sock, count: int) -> list[int]:
    """The statuses of so many answers on one connection, or of fewer if nginx ends it."""
    sock.settimeout(10)
    received = b""
    while received.count(b"HTTP/1.1 ") < count or not received.endswith(
        (b"a page", b"</html>\r\n")
    ):
        chunk = sock.recv(65536)
        if not chunk:
            break
        received += chunk
    return [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]
