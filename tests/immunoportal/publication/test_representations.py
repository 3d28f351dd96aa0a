"""Which bytes a request gets, by RFC 9110."""

import pytest

from immunoportal.publication.representations import Body, accepted, status_of

PLAIN, GZIP, BROTLI = '"x"', '"x-gz"', '"x-br"'
MONDAY, SUNDAY = "Mon, 24 Nov 2025 00:00:00 GMT", "Sun, 23 Nov 2025 00:00:00 GMT"
CHANGED = 1_763_942_400  # that Monday


class TestAccepted:
    @pytest.mark.parametrize(
        ("header", "codings"),
        [
            (None, "identity"),
            ("", "identity"),
            ("gzip, deflate, br, zstd", "br gzip identity"),
            ("GZIP;Q=1.0", "gzip identity"),
            ("x-gzip", "gzip identity"),
            ("gzip;q=1, br;q=0.5", "gzip br identity"),
            ("br;q=0, gzip", "gzip identity"),
            ("*", "br gzip identity"),
            ("*;q=0.5, br;q=0", "gzip identity"),
            ("identity;q=1, gzip;q=0.5", "identity gzip"),
            ("gzip, identity;q=0", "gzip"),
            ("gzip, *;q=0", "gzip"),
            ("identity, *;q=0", "identity"),
            ("identity;q=0", ""),
            ("*;q=0", ""),
            ("deflate", "identity"),
            ("br;q=0.0001;x, nonsense;;, gzip", "gzip identity"),
            ("br;q=2", "identity"),
            ("gzip," * 1000, "identity"),
        ],
    )
    def test_follows_the_weights(self, header, codings):
        assert accepted(header) == tuple(codings.split())


class TestStatus:
    @pytest.mark.parametrize(
        ("conditions", "status", "tag"),
        [
            ({}, 200, GZIP),
            ({"if_none_match": GZIP}, 304, GZIP),
            ({"if_none_match": PLAIN}, 304, PLAIN),
            ({"if_none_match": BROTLI}, 200, GZIP),
            ({"if_none_match": f'"a,b", W/{GZIP}'}, 304, GZIP),
            ({"if_none_match": "*"}, 304, GZIP),
            ({"if_none_match": "x-gz"}, 200, GZIP),
            ({"if_none_match": '"other"', "if_modified_since": MONDAY}, 200, GZIP),
            ({"if_modified_since": MONDAY}, 304, GZIP),
            ({"if_modified_since": SUNDAY}, 200, GZIP),
            ({"if_modified_since": "yesterday"}, 200, GZIP),
            ({"if_match": GZIP}, 200, GZIP),
            ({"if_match": "*"}, 200, GZIP),
            ({"if_match": f"W/{GZIP}"}, 412, GZIP),
            ({"if_match": '"other"', "if_none_match": GZIP}, 412, GZIP),
            ({"if_unmodified_since": SUNDAY}, 412, GZIP),
            ({"if_unmodified_since": MONDAY}, 200, GZIP),
            ({"if_match": GZIP, "if_unmodified_since": SUNDAY}, 200, GZIP),
        ],
    )
    def test_follows_the_conditions_in_their_order(self, conditions, status, tag):
        assert status_of([GZIP, PLAIN], CHANGED, **conditions) == (status, tag)


class TestBody:
    def test_is_packed_once_in_each_way(self):
        body = Body(b"Immunoterapia " * 100)

        assert body.make_brotli()
        first = body.bytes_in("br")
        assert body.make_brotli()

        assert body.bytes_in("br") is first
        assert body.bytes_in("gzip") is body.bytes_in("gzip")
        assert body.size == sum(len(body.bytes_in(coding)) for coding in ("identity", "gzip", "br"))

    def test_is_not_packed_with_brotli_by_two_at_a_time(self):
        body = Body(b"Immunoterapia " * 100)
        body._packing.acquire()

        assert not body.make_brotli()

    def test_that_is_tiny_or_huge_is_spared(self, monkeypatch):
        monkeypatch.setattr("immunoportal.publication.representations.LARGEST_BROTLI", 1000)

        assert not Body(b"x").is_there("gzip")
        assert not Body(b"x" * 1001).make_brotli()
        assert Body(b"x" * 1001).is_there("gzip")
