"""Addresses of the old site: however somebody has copied one, and whatever form a link has."""

import pytest

from articles.text.redirects import LONGEST, NoAddress, key_of, keys_of, typed_address

OLD = "/pages/publicArea/saperneDiPiu/comeFunziona/index_en.php"


class TestTypedAddress:
    @pytest.mark.parametrize(
        ("typed", "address"),
        [
            (OLD, OLD),
            (f"https://www.immunoncologia.example{OLD}?a=1#top", f"{OLD}?a=1"),
            (f"www.immunoncologia.example{OLD}", OLD),
            (" index.php?id=12 ", "/index.php?id=12"),
            ("/una pagina.asp", "/una%20pagina.asp"),
        ],
    )
    def test_is_the_path_and_the_query(self, typed, address):
        assert typed_address(typed) == address

    @pytest.mark.parametrize(
        "typed",
        [
            "", "/", "https://www.example.org", "?id=12", "mailto:a@b.it", "javascript:alert(1)",
            "ftp://x.example/y", "/a\nb", "/a%00b", "/a\\b", '/"x', "/\udc80", "http://[x/",
            "/" + "a" * LONGEST,
        ],
    )  # fmt: skip
    def test_is_refused_where_it_is_none(self, typed):
        with pytest.raises(NoAddress):
            typed_address(typed)


class TestKeys:
    @pytest.mark.parametrize(
        ("path", "query"),
        [
            ("/Index.PHP", "id=12&lang=IT"),
            ("/index.php/", "lang=it&id=12"),
            ("//index.php", "id=12&utm_source=x&lang=it&fbclid=y"),
        ],
    )
    def test_are_the_same_whatever_form_a_link_has(self, path, query):
        assert keys_of(path, query)[0] == key_of("/index.php?id=12&lang=it")

    def test_are_those_with_the_query_and_then_the_path_alone(self):
        assert keys_of("/a.php", "id=12") == ["/a.php?id=12", "/a.php"]
        assert keys_of("/a.php", "") == ["/a.php"]

    def test_of_a_page_depend_on_what_is_said_of_it(self):
        assert key_of("/a.php?id=12") != key_of("/a.php?id=13")

    def test_know_one_encoding_from_another(self):
        assert key_of("/perch%C3%A9.htm") == keys_of("/perché.htm", "")[0]
        assert key_of("/perch%E9.htm") == keys_of("/perch%E9.htm", "")[0]

    @pytest.mark.parametrize(
        ("path", "query", "keys"),
        [
            ("/" + "a" * LONGEST, "", []),
            ("/a\0", "", []),
            ("/", "", []),
            ("/a", "x=" + "y" * LONGEST, ["/a"]),
            ("/a", "&".join(f"n{number}=1" for number in range(60)), ["/a"]),
        ],
    )
    def test_of_what_nobody_could_have_stored_are_none(self, path, query, keys):
        assert keys_of(path, query) == keys
