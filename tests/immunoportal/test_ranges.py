"""Which part of a file a request asks for: RFC 9110, section 14."""

import pytest

from immunoportal import ranges

SIZE = 10
ETAG = '"a"'


def answer(asked: str, *, method="GET", size=SIZE, **headers: str) -> tuple[int, str]:
    status, part = ranges.answer(
        {"REQUEST_METHOD": method, "HTTP_RANGE": asked} | headers, size, ETAG
    )
    return status, "0123456789"[part.start : part.stop]


class TestAnswer:
    @pytest.mark.parametrize(
        ("asked", "sent"),
        [
            ("bytes=0-0", "0"),
            ("bytes=2-4", "234"),
            ("bytes=7-", "789"),
            ("bytes=7-99", "789"),
            ("bytes=-3", "789"),
            ("bytes=-99", "0123456789"),
            ("BYTES=9-9", "9"),
        ],
    )
    def test_is_the_part_that_there_is(self, asked, sent):
        assert answer(asked) == (206, sent)

    @pytest.mark.parametrize("asked", ["bytes=10-", "bytes=10-12", "bytes=-0"])
    def test_refuses_what_there_is_not(self, asked):
        assert answer(asked)[0] == 416

    @pytest.mark.parametrize(
        "asked",
        ["", "bytes", "bytes=", "bytes=-", "bytes=4-2", "bytes=a-b", "bytes=١-٢", "bytes=0-1,3-4",
         "lines=0-1", "bytes=" + "9" * 5000 + "-", "bytes=0 -1"],
    )  # fmt: skip
    def test_is_the_whole_where_the_request_is_not_understood(self, asked):
        assert answer(asked) == (200, "0123456789")

    def test_is_the_whole_of_a_file_that_has_changed(self):
        assert answer("bytes=0-1", HTTP_IF_RANGE=ETAG) == (206, "01")
        for other in ('"b"', 'W/"a"', "Sat, 28 Nov 2026 00:00:00 GMT", ""):
            assert answer("bytes=0-1", HTTP_IF_RANGE=other)[0] == 200

    def test_is_the_whole_for_head_and_for_who_may_have_it(self):
        assert answer("bytes=0-1", method="HEAD")[0] == 200
        assert answer("bytes=99-", HTTP_IF_NONE_MATCH=ETAG)[0] == 200


def test_an_empty_file_has_no_part():
    assert answer("bytes=0-", size=0)[0] == 416
    assert answer("bytes=-1", size=0)[0] == 416


def test_says_which_part_it_is():
    assert ranges.said(range(2, 5), SIZE) == "bytes 2-4/10"
    assert ranges.said(range(10, 10), SIZE) == "bytes */10"
