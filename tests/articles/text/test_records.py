"""Pasted records, as databases really give them, without a database of ours."""

import pytest

from articles.text import records
from articles.text.records import Fault, read
from articles.text.references import (
    Reference,
    citation_of,
    doi_in,
    name_of,
    pages_of,
    plain,
    pmid_in,
)

# As Zotero and publishers write it; the last line is missing where somebody has cut it off.
RIS = """TY  - JOUR
AU  - Hodi, F. Stephen
AU  - O'Day, Steven J.
AU  - McDermott, David F.
AU  - Weber, Robert W.
AU  - Sosman, Jeffrey A.
AU  - Haanen, John B.
AU  - Gonzalez, Rene
TI  - Improved Survival with <i>Ipilimumab</i> in Patients with CD8<sup>+</sup> Melanoma
JO  - New England Journal of Medicine
JA  - N. Engl. J. Med.
PY  - 2010/08/19/
VL  - 363
IS  - 8
SP  - 711
EP  - 723
DO  - https://doi.org/10.1056/NEJMoa1003466.
UR  - https://www.nejm.org/doi/full/10.1056/NEJMoa1003466
AB  - Long;
and on the next line
"""
HODI = (
    "Hodi FS, O'Day SJ, McDermott DF et al. Improved Survival with Ipilimumab in Patients with "
    "CD8+ Melanoma. N Engl J Med 2010;363:711–723."
)
# PubMed, "Send to: Citation manager".
NBIB = """PMID- 20525992
OWN - NLM
STAT- MEDLINE
IS  - 1533-4406 (Electronic)
VI  - 363
IP  - 8
DP  - 2010 Aug 19
TI  - Improved survival with ipilimumab in patients with
      metastatic melanoma.
PG  - 711-23
LID - 10.1056/NEJMoa1003466 [doi]
AB  - BACKGROUND: An improvement in overall survival
      PMID- is no tag here.
FAU - Hodi, F Stephen
AU  - Hodi FS
CN  - EORTC Melanoma Group
TA  - N Engl J Med
JT  - The New England journal of medicine
AID - NEJMoa1003466 [pii]
"""
BIBTEX = r"""@string{nejm = "N Engl J Med"}
@article{hodi2010,
  title = {Improved survival in {M{\'e}lanome} \& \textit{in vivo} with CTLA-4 {$\alpha$}},
  author = {Hodi, F. Stephen and {World Health Organization} and Jos{\'e} van der Berg and
            M{\"u}ller, J{\"o}rg and others},
  journal = nejm, year = 2010, volume = {363}, pages = {711--723},
  doi = {10.1016/S0140-6736(10)61234-5}, note = {PMID: 20525992}
}
"""
PRINTED = """1: Hodi FS, O'Day SJ, et al. Improved survival with ipilimumab in patients with
metastatic melanoma. N Engl J Med. 2010 Aug 19;363(8):711-23. doi:
10.1056/NEJMoa1003466. Epub 2010 Jun 5. PMID: 20525992; PMCID: PMC3549297.
2: Robert C. Ipilimumab plus dacarbazine. N Engl J Med. 2011;364:2517. PMID: 21639810
"""


def one(pasted: str) -> Reference:
    """The only reference of a text in which nothing is unreadable."""
    found, unread = read(pasted)
    assert (len(found), unread) == (1, [])
    return found[0]


class TestFormats:
    def test_ris(self):
        reference = one(RIS)

        assert reference.citation == HODI
        assert (reference.doi, reference.url) == ("10.1056/nejmoa1003466", "")

    @pytest.mark.parametrize(
        "written",
        [
            RIS.replace("\n", "\r\n") + "ER  - ",
            "\ufeff" + RIS.replace("  - ", " - ") + "ER -",
            RIS.replace("\n", "\n  ") + "\nER  -",
        ],
    )
    def test_ris_as_other_programs_write_it(self, written):
        assert one(written).citation == HODI

    def test_ris_of_a_web_page_keeps_its_address(self):
        page = "TY  - ELEC\nA1  - AIOM\nT1  - Linee guida.\nPB  - AIOM\nY1  - 2023\n"

        reference = one(f"{page}UR  - https://www.aiom.it/a;b\nER  - ")

        assert reference.citation == "AIOM. Linee guida. AIOM 2023."
        assert reference.url == "https://www.aiom.it/a;b"

    def test_ris_of_pubmed_names_its_number(self):
        assert one(f"{RIS}AN  - 20525992\nDB  - PubMed\nER  - ").pmid == "20525992"
        assert one(f"{RIS}AN  - 20525992\nDB  - Scopus\nER  - ").pmid == ""

    def test_pubmed(self):
        reference = one(NBIB)

        assert reference.citation == (
            "Hodi FS, EORTC Melanoma Group. Improved survival with ipilimumab in patients with "
            "metastatic melanoma. N Engl J Med 2010;363:711–23."
        )
        assert (reference.doi, reference.pmid) == ("10.1056/nejmoa1003466", "20525992")

    def test_bibtex_with_its_latex_as_plain_text(self):
        reference = one(BIBTEX)

        assert reference.citation == (
            "Hodi FS, World Health Organization, van der Berg J, Müller J. Improved survival in "
            "Mélanome & in vivo with CTLA-4 α. N Engl J Med 2010;363:711–723."
        )
        assert (reference.doi, reference.pmid) == ("10.1016/s0140-6736(10)61234-5", "20525992")

    def test_bibtex_of_a_book_by_its_editors(self):
        book = '@book(b, title="Cancer?", editor="Ann Smith", publisher={CUP}, date="2001-02")'

        assert one(book).citation == "Smith A. Cancer? CUP 2001."

    def test_printed_citations_keep_their_words(self):
        found, unread = read(PRINTED)

        assert unread == []
        assert [(item.citation, item.pmid, item.line) for item in found] == [
            (
                "Hodi FS, O'Day SJ, et al. Improved survival with ipilimumab in patients with "
                "metastatic melanoma. N Engl J Med. 2010 Aug 19;363(8):711-23.",
                "20525992",
                1,
            ),
            (
                "Robert C. Ipilimumab plus dacarbazine. N Engl J Med. 2011;364:2517.",
                "21639810",
                4,
            ),
        ]

    def test_several_in_one_paste(self):
        found, unread = read("\n".join([RIS + "ER  - ", NBIB, BIBTEX, PRINTED]))

        assert unread == []
        assert [item.year or item.pmid for item in found] == [
            "2010", "2010", "2010", "20525992", "21639810",
        ]  # fmt: skip


class TestWhatIsUnreadable:
    @pytest.mark.parametrize(
        ("pasted", "line", "fault"),
        [
            (f"\n\nTY  - JOUR\nAU  - Nobody\nER  - \n{NBIB}", 3, Fault.NO_TITLE),
            (f"PMID- 1\nAU  - Nobody\n\n{NBIB}", 1, Fault.NO_TITLE),
            (f"@article{{a, title={{x\n{BIBTEX}", 1, Fault.UNREADABLE),
            (f"{BIBTEX}\nSee you\ntomorrow", 10, Fault.UNKNOWN),
            (f"{RIS}ER  - \nSee you", 22, Fault.UNKNOWN),
            (f"{NBIB}\n10.1056/NEJMoa1003466\n", 21, Fault.ONLY_NUMBERS),
            (f"PMID: 20525992\n{NBIB}", 1, Fault.ONLY_NUMBERS),
            (f"{RIS}ER  - \nTY  - JOUR\nTI  - {'x' * 3000}\n", 22, Fault.NO_TITLE),
        ],
    )
    def test_is_named_with_its_line_and_the_rest_is_taken(self, pasted, line, fault):
        found, unread = read(pasted)

        assert [(item.line, item.fault) for item in unread] == [(line, fault)]
        assert len(found) == 1

    def test_two_records_with_one_key_are_both_taken(self):
        found, unread = read("@book{a, title={One}}\n@book{a, title={Two}}")

        assert ([item.title for item in found], unread) == (["One", "Two"], [])

    def test_after_a_hundred_nothing_is_read(self):
        found, unread = read("TY  - JOUR\nTI  - x\nER  - \n" * 150)

        assert len(found) == records.MAX_RECORDS
        assert [(item.line, item.fault) for item in unread] == [(301, Fault.TOO_MANY)]

    def test_what_is_too_long_is_refused_before_it_is_read(self, monkeypatch):
        monkeypatch.setattr(records, "_items", pytest.fail)

        with pytest.raises(records.TooLong):
            read("TY  - JOUR\n" * 1_000_000)

    @pytest.mark.parametrize(
        "garbage", ["", "\0" * 9, "{" * 9000, "@a{" * 99, "TY  - ", "PMID- ", "ER  - ", "\n" * 99]
    )
    def test_is_never_an_error(self, garbage):
        found, _unread = read(garbage)

        assert found == []

    def test_deep_braces_are_a_damaged_record(self):
        _found, unread = read(f"@book{{a, title={{{'{' * 5000}x{'}' * 5000}}}}}")

        assert [item.fault for item in unread] == [Fault.UNREADABLE]


class TestNumbers:
    @pytest.mark.parametrize(
        "written",
        [
            "10.1056/NEJMoa1003466", "https://doi.org/10.1056/NEJMoa1003466",
            "http://dx.doi.org/10.1056%2Fnejmoa1003466", "doi:10.1056/NEJMOA1003466.",
            "(DOI: 10.1056/nejmoa1003466)", "10.1056/nejmoa1003466;”",
        ],
    )  # fmt: skip
    def test_a_doi_is_one_however_it_is_written(self, written):
        assert doi_in(written) == "10.1056/nejmoa1003466"

    def test_a_doi_keeps_the_brackets_that_are_its_own(self):
        assert doi_in("(10.1016/S0140-6736(10)61234-5)") == "10.1016/s0140-6736(10)61234-5"

    def test_no_doi_is_none(self):
        assert doi_in("10.5 mg/kg") == ""

    @pytest.mark.parametrize(
        ("written", "number"),
        [
            ("PMID: 20525992; PMCID: PMC3549297", "20525992"),
            ("https://pubmed.ncbi.nlm.nih.gov/20525992/", "20525992"),
            ("http://www.ncbi.nlm.nih.gov/pubmed/20525992", "20525992"),
            ("PMCID: PMC3549297", ""), ("20525992", ""), ("PMID: 20525992123", ""),
        ],
    )  # fmt: skip
    def test_a_pubmed_number_is_named(self, written, number):
        assert pmid_in(written) == number


class TestCitation:
    def test_leaves_out_what_is_unknown(self):
        assert citation_of(Reference(title="Alone")) == "Alone."
        assert citation_of(Reference(title="A", year="2010", pages="e12")) == "A. 2010;e12."

    def test_names_six_authors_and_of_more_the_first_three(self):
        six = tuple(f"Author{letter} X" for letter in "ABCDEF")

        assert citation_of(Reference(authors=six, title="T")).startswith(f"{', '.join(six)}. T")
        assert citation_of(Reference(authors=(*six, "G"), title="T")) == (
            "AuthorA X, AuthorB X, AuthorC X et al. T."
        )

    def test_has_no_character_that_is_not_seen(self):
        assert plain(
            "immuno\u00adterapia\t&amp;\u2028<i>in vivo</i>\0x\ud800 &lt;b&gt;p&lt;0.05"
        ) == ("immunoterapia & in vivo x p<0.05")

    @pytest.mark.parametrize(
        ("written", "printed"),
        [
            ("Hodi, F. Stephen", "Hodi FS"), ("Hodi, FS", "Hodi FS"), ("Hodi FS", "Hodi FS"),
            ("Sartre, Jean-Paul", "Sartre JP"), ("King, Martin Luther, Jr.", "King ML Jr"),
            ("World Health Organization", "World Health Organization"), ("è, é", "è É"),
        ],
    )  # fmt: skip
    def test_prints_names_in_one_form(self, written, printed):
        assert name_of(written) == printed

    @pytest.mark.parametrize(
        ("pages", "printed"),
        [
            (("711", "723"), "711–723"), (("711--723",), "711–723"), (("711 - 23",), "711–23"),
            (("e12", "e12"), "e12"), (("", "7"), ""), (("S1-S9", "S9"), "S1–S9"),
        ],
    )  # fmt: skip
    def test_prints_pages_in_one_form(self, pages, printed):
        assert pages_of(*pages) == printed
