"""Terms in texts: what becomes a link, and what does not."""

import re

import pytest

from articles.text.glossary import LETTERLESS, Linker, is_linkable, letter_of, place_of


def marked(html: str, *names: str, stop_words=()) -> str:
    """The text with its links as brackets, each with the number of its term."""
    linker = Linker([(name, number) for number, name in enumerate(names)], stop_words)
    linked = linker.linked(html, lambda number: f"/{number}/", set())
    return re.sub(r'<a class="term" href="/(\d+)/">(.*?)</a>', r"[\2|\1]", linked, flags=re.DOTALL)


class TestLinks:
    @pytest.mark.parametrize(
        ("html", "names", "expected"),
        [
            # Whole words, by the rules of Unicode.
            ("<p>Antigeni, antigene!</p>", ["antigene"], "<p>Antigeni, [antigene|0]!</p>"),
            ("<p>coliteà colitè (colite)</p>", ["colite"], "<p>coliteà colitè ([colite|0])</p>"),
            ("<p>colite\u0300, colite_2, colite</p>", ["colite"],
             "<p>colite\u0300, colite_2, [colite|0]</p>"),
            ("<p>colite\u20dd, colite</p>", ["colite"], "<p>colite\u20dd, [colite|0]</p>"),
            # An elision is no part of the word.
            ("<p>dell’immunoterapia</p>", ["immunoterapia"], "<p>dell’[immunoterapia|0]</p>"),
            ("<p>l&#39;immunoterapia</p>", ["immunoterapia"], "<p>l&#39;[immunoterapia|0]</p>"),
            ("<p>the antigen’s place</p>", ["antigen"], "<p>the [antigen|0]’s place</p>"),
            # Nor is a word that an address is made of a word of the text.
            ("<p>www.colite.org, a@colite.it, colite@a.it. La colite.</p>", ["colite"],
             "<p>www.colite.org, a@colite.it, colite@a.it. La [colite|0].</p>"),
            # The longest, and nothing within it.
            ("<p>antigene tumorale, antigene</p>", ["antigene", "antigene tumorale"],
             "<p>[antigene tumorale|1], [antigene|0]</p>"),
            ("<p>antigene tumorali</p>", ["antigene", "antigene tumorale"],
             "<p>[antigene|0] tumorali</p>"),
            ("<p>la cellula T attiva</p>", ["cellula T", "T attiva"],
             "<p>la [cellula T|0] attiva</p>"),
            # One writing stands for the others.
            ("<p>sistema&nbsp;immunitario</p>", ["sistema immunitario"],
             "<p>[sistema&nbsp;immunitario|0]</p>"),
            ("<p>sistema \n immunitario</p>", ["sistema immunitario"],
             "<p>[sistema \n immunitario|0]</p>"),
            ("<p>sistema – immunitario</p>", ["sistema immunitario"],
             "<p>sistema – immunitario</p>"),
            ("<p>CAR‑T, T-cell</p>", ["CAR-T", "T cell"], "<p>[CAR‑T|0], [T-cell|1]</p>"),
            ("<p>instabilita\u0300</p>", ["instabilità"], "<p>[instabilita\u0300|0]</p>"),
            ("<p>R&amp;D e anti&shy;gene</p>".replace("&shy;", "\u00ad"), ["R&D", "antigene"],
             "<p>[R&amp;D|0] e [anti\u00adgene|1]</p>"),
            # Capitals count where a word is in capitals.
            ("<p>Os, os, OS</p>", ["OS"], "<p>Os, os, [OS|0]</p>"),
            ("<p>Cellule car-t, Cellule CAR-T</p>", ["cellule CAR-T"],
             "<p>Cellule car-t, [Cellule CAR-T|0]</p>"),
            ("<p>aids, AIDS</p>", ["aids", "AIDS"], "<p>[aids|0], [AIDS|1]</p>"),
            # Of two terms with one name the first counts.
            ("<p>colite</p>", ["colite", "Colite"], "<p>[colite|0]</p>"),
            # An address is escaped; what is no name is no link.
            ("<p>nothing</p>", ["", "…", "x" * 121], "<p>nothing</p>"),
        ],
    )  # fmt: skip
    def test_are_made_of_names(self, html, names, expected):
        assert marked(html, *names) == expected

    @pytest.mark.parametrize(
        "html",
        [
            "<h2>colite</h2>",
            "<h3>la <em>colite</em></h3>",
            '<a href="/">la <strong>colite</strong></a>',
            "<blockquote><p>colite</p></blockquote>",
            "<q>colite</q>",
            "<thead><tr><th>colite</th></tr></thead>",
            "<code>colite</code>",
            "<dfn>colite</dfn>",
            "<abbr>colite</abbr>",
            "<cite>colite</cite>",
            # An element within the word, or next to it, is no end of it.
            "<p>col<em>ite</em></p>",
            "<p><em>entero</em>colite</p>",
            "<p>colite<sub>2</sub></p>",
            "<p>colite<em></em>x</p>",
        ],
    )
    def test_are_not_made_here(self, html):
        assert marked(html, "colite") == html

    def test_go_on_behind_what_they_are_not_made_in(self):
        html = '<p><a href="/">colite</a> e <b>colite</b><cite></cite>, <td>1</td></p>'

        assert marked(html, "colite") == html.replace("<b>colite", "<b>[colite|0]")

    def test_end_before_a_block(self):
        assert marked("<ul><li>colite</li><li>2</li></ul>", "colite") == (
            "<ul><li>[colite|0]</li><li>2</li></ul>"
        )

    def test_are_made_once_in_a_section(self):
        html = "<p>colite, colite</p><h2>A</h2><p>colite</p><h3>B</h3><td>Colite</td>"

        assert marked(html, "colite") == (
            "<p>[colite|0], colite</p><h2>A</h2><p>[colite|0]</p><h3>B</h3><td>[Colite|0]</td>"
        )

    def test_know_what_the_section_has_already(self):
        linker, seen = Linker([("colite", 7), ("febbre", 8)]), {7}

        linked = linker.linked("<p>colite, febbre</p>", "/{}/".format, seen)

        assert linked == '<p>colite, <a class="term" href="/8/">febbre</a></p>'
        assert seen == {7, 8}
        assert linker.terms_in("<p>colite, febbre</p><h2>colite</h2>") == {7, 8}

    def test_of_thousands_that_contain_one_another(self):
        names = ["cellula " * number + "T" for number in range(15)]
        names += [f"{'a' * number}" for number in range(3, 121)]
        names += [f"termine {number} di tutti" for number in range(5_000)]
        text = f"<p>{'cellula ' * 14}T, {'a' * 120}, termine 4999 di tutti {'a' * 5_000}</p>"

        assert marked(text, *names) == (
            f"<p>[{'cellula ' * 14}T|14], [{'a' * 120}|132], [termine 4999 di tutti|5132] "
            f"{'a' * 5_000}</p>"
        )


class TestNames:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("e", False),
            ("de", False),
            ("The", False),
            ("di una", False),
            ("…", False),
            ("x" * 121, False),
            ("OS", True),
            ("ALL", True),
            ("B cell", True),
            ("una cura", True),
        ],
    )
    def test_that_can_be_links(self, name, expected):
        assert is_linkable(name, ["the", "all", "di", "una"]) is expected


class TestAlphabet:
    def test_folds_accents_and_goes_word_by_word(self):
        terms = ["zeta", "CAR-T", "carico", "è", "età", "Età bassa", "5-FU", "eta"]

        assert sorted(terms, key=place_of) == [
            "5-FU", "CAR-T", "carico", "è", "eta", "età", "Età bassa", "zeta",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("term", "letter"), [("età", "E"), ("Étude", "E"), ("γδ", "Γ"), ("5-FU", LETTERLESS)]
    )
    def test_has_a_letter_for_each_term(self, term, letter):
        assert letter_of(term) == letter
