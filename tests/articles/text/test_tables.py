"""Tables: what is made of whatever was typed or pasted, and what the page gets of it."""

import pytest

from articles.models.fields import CELL, html_cleaner
from articles.text import html, tables

CLEAN_CELL = html_cleaner(CELL)


def clean(source: str) -> str:
    return tables.clean(source, CLEAN_CELL)


def table(*rows: str) -> str:
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


class TestClean:
    @pytest.mark.parametrize(
        ("source", "stored"),
        [
            # as the editor writes it
            (
                '<table style="width: 75px;"><colgroup><col style="width: 25px;"></colgroup><tbody>'
                '<tr><td colspan="1" rowspan="1"><p>a</p></td><th>'
                "<p>b &amp; <strong>c</strong></p></th></tr></tbody></table>",
                table("<tr><td><p>a</p></td><td><p>b &amp; <strong>c</strong></p></td></tr>"),
            ),
            # as pages are written: without ends, without rows
            (
                "<TABLE><TR><TD>a<TD>b<TR><TD ROWSPAN=2 COLSPAN='3'>c<TR><TD>d",
                table(
                    "<tr><td><p>a</p></td><td><p>b</p></td></tr>",
                    '<tr><td colspan="3" rowspan="2"><p>c</p></td></tr>',
                    "<tr><td><p>d</p></td></tr>",
                ),
            ),
            ("<table><td>a</td></table>", table("<tr><td><p>a</p></td></tr>")),
            # what hurts, also across cells
            (
                '<table onclick="x()"><tr><td onclick="x()"><script>x()</script>a<b>b</td>'
                '<td><a href="javascript:x()">c</a></td></tr></table>',
                table("<tr><td><p>a<strong>b</strong></p></td><td><p>c</p></td></tr>"),
            ),
            # what stands beside it is kept, behind it where it stood between cells
            (
                "<p>before</p><table><caption>title</caption><tr>stray<td>a</td></tr></table>after",
                f"<p>before</p>{table('<tr><td><p>a</p></td></tr>')}title<p>stray</p><p>after</p>",
            ),
            # a table within a cell is text of that cell
            (
                "<table><tr><td>a<table><tr><td>b</td><td>c</td></tr></table></td><td>d</td></table>",
                table("<tr><td>a<p>b</p><p>c</p></td><td><p>d</p></td></tr>"),
            ),
            # empty cells keep their places; a table of nothing else is none
            (
                "<table><tr><td></td><td>a</td></tr><tr></tr></table>",
                table("<tr><td></td><td><p>a</p></td></tr>"),
            ),
            # no cell reaches into a row that is left out, nor out of the table
            (
                '<table><tr><td rowspan="2">a</td></tr><tr></tr>'
                '<tr><td rowspan="9">b</td></tr></table>',
                table("<tr><td><p>a</p></td></tr>", "<tr><td><p>b</p></td></tr>"),
            ),
            ("<table><tr><td> </td><td><p>&nbsp;</p></td></tr></table>", ""),
            ("</table></td>x", "<p>x</p>"),
        ],
    )
    def test_makes_a_table_of_what_was_meant(self, source, stored):
        assert clean(source) == stored
        assert clean(stored) == stored

    def test_takes_a_long_one(self):
        cells = '<td colspan="1" rowspan="1"><p>12,5 (3–20)</p></td>' * 8
        rows = f"<tr>{cells}</tr>" * 300

        assert clean(f"<table><tbody>{rows}</tbody></table>").count("12,5") == 2400

    @pytest.mark.parametrize(
        ("source", "refusal"),
        [
            ("<table>" + "<tr><td>a</td></tr>" * 301, tables.TooLarge),
            ("<table><tr>" + "<td>a</td>" * 31, tables.TooLarge),
            ("<table><tr><td colspan=9999>a</td>", tables.TooLarge),
            ("<table><tr><td>" + "<ul><li>" * 51 + "a", html.TooDeep),
            ("<table><tr><td>" + "x" * 400_000, html.TooLong),
        ],
    )
    def test_refuses_what_no_page_could_show(self, source, refusal):
        with pytest.raises(refusal):
            clean(source)


class TestRows:
    GRID = table(
        '<tr><td></td><td><p>Dose</p></td><td colspan="2"><p>Effetti</p></td></tr>',
        '<tr><td rowspan="2"><p>A</p></td><td><p>1</p></td><td><p>x</p><p>y</p></td><td></td></tr>',
        "<tr><td><p>2</p></td><td></td><td></td></tr>",
        "<tr><td><p>B</p></td><td></td><td></td><td></td></tr>",
    )

    def test_name_their_columns_and_themselves(self):
        rows = tables.rows_of(self.GRID, header_row=True, header_column=True)

        assert rows == (
            '<thead><tr><td></td><th scope="col">Dose</th>'
            '<th scope="colgroup" colspan="2">Effetti</th></tr></thead><tbody>'
            '<tr><th scope="rowgroup" rowspan="2">A</th><td>1</td><td><p>x</p><p>y</p></td>'
            "<td></td></tr><tr><td>2</td><td></td><td></td></tr>"
            '<tr><th scope="row">B</th><td></td><td></td><td></td></tr></tbody>'
        )

    def test_name_nothing_unless_told_to(self):
        rows = tables.rows_of(self.GRID, header_row=False, header_column=False)

        assert "<th" not in rows

    def test_a_name_that_reaches_down_stays_in_the_body(self):
        tall = table('<tr><td rowspan="2"><p>A</p></td></tr>', "<tr><td><p>1</p></td></tr>")

        rows = tables.rows_of(tall, header_row=True, header_column=False)

        assert rows.startswith('<tbody><tr><th scope="col" rowspan="2">A</th><td></td></tr><tr>')


def test_the_words_of_a_table_are_parted():
    assert html.plain_text(tables.rows_of(clean("<table><td>a<td>b<tr><td>c"), header_row=True,
                                          header_column=True)) == "a\nb\nc"  # fmt: skip


def test_rows_go_out_as_wide_as_the_widest():
    source = (
        "<table><tbody>"
        '<tr><td rowspan="2">a</td><td>b</td></tr><tr><td colspan="2">c</td></tr>'
        "<tr><td>d</td></tr></tbody></table>"
    )

    rows = tables.rows_of(source, header_row=True, header_column=True)

    assert rows == (
        '<tbody><tr><th scope="col" rowspan="2">a</th><th scope="col">b</th><td></td></tr>'
        '<tr><td colspan="2">c</td></tr><tr><th scope="row">d</th><td></td><td></td></tr></tbody>'
    )
