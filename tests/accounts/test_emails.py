"""Addresses: one way to write each, and none that looks like another's."""

import pytest

from accounts.emails import canonical, is_plain, is_plausible


class TestCanonical:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("anna@example.org", "anna@example.org"),
            ("Anna.B@EXAMPLE.org", "anna.b@example.org"),
            ("  anna@example.org\n", "anna@example.org"),
            ('"a@b"@example.org', '"a@b"@example.org'),
            # A domain is what every mail server takes it for (RFC 3490).
            ("anna@città.it", "anna@xn--citt-3na.it"),
            ("anna@CITTÀ.it", "anna@xn--citt-3na.it"),
            ("anna@citta\u0300.it", "anna@xn--citt-3na.it"),
            ("anna@ｅｘａｍｐｌｅ。ｏｒｇ", "anna@example.org"),
            # A name is another one, however alike it looks.
            ("\u212aINGA@example.org", "\u212ainga@example.org"),
            ("İnes@example.org", "İnes@example.org"),
            ("ınes@example.org", "ınes@example.org"),
            ("ａｎｎａ@example.org", "ａｎｎａ@example.org"),
            ("ÉVA@example.org", "Éva@example.org"),
        ],
    )
    def test_is_the_one_way_to_write_an_email(self, typed, kept):
        assert canonical(typed) == kept
        assert canonical(kept) == kept

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "anna",
            "@",
            "a@",
            "a@b..c",
            f"a@{'x' * 64}.org",
            "a@\x00",
            pytest.param("a@xn--\udcff", id="half a character"),
        ],
    )
    def test_leaves_what_is_no_email_to_be_refused(self, text):
        assert canonical(text) == text


class TestIsPlain:
    def test_takes_what_every_mail_server_takes(self):
        assert is_plain("o'neill+news@sub.example.org")

    @pytest.mark.parametrize(
        "email",
        ["", "anna b@example.org", "\u212ainga@example.org", "ａnna@example.org",
         "anna@example.org\n", "anna\x00@example.org", "éva@example.org"],
    )  # fmt: skip
    def test_takes_nothing_else(self, email):
        assert not is_plain(email)


class TestIsPlausible:
    @pytest.mark.parametrize(
        "text", ["anna@example.org", " anna@example.org ", "a@b", "İ@ｅ", f"{'a' * 252}@b"]
    )
    def test_takes_what_may_be_meant_as_an_email(self, text):
        assert is_plausible(text)

    @pytest.mark.parametrize(
        "text",
        ["", "anna", "@example.org", "anna@", "anna\x00@example.org",
         "anna@example.org\r\nBcc: eva@example.org", f"{'a' * 253}@b"],
    )  # fmt: skip
    def test_takes_nothing_else(self, text):
        assert not is_plausible(text)
