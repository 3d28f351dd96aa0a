"""The list of Retraction Watch, read line by line."""

import tracemalloc

import pytest

from articles.text.retraction_records import (
    LONGEST_LINE,
    Fault,
    Nature,
    Unreadable,
    day_of,
    lines_of,
    read,
)
from tests.retraction_watch import HEAD, listing, row


def faults(data: bytes) -> tuple[Fault, int]:
    """What is said of a file, and of which line."""
    with pytest.raises(Unreadable) as error:
        list(read(data.splitlines(keepends=True), {"10.1000/x"}, set()))
    return error.value.fault, error.value.line


class TestRecords:
    def test_are_found_by_either_number(self):
        data = listing(
            row(1, doi="https://doi.org/10.1000/X", reason="+Error in Data;+Unreliable;"),
            row(2, doi="unavailable", pmid="0"),
            row(3, doi="10.1000/other", pmid="205", nature="Expression of concern"),
            row(4, doi="10.1000/x", nature="Something new"),
        )

        one, other = read(data.splitlines(keepends=True), {"10.1000/x"}, {"205", "0"})

        assert (one.number, one.doi, one.day) == ("1", "10.1000/x", "2019-03-25")
        assert (one.nature, one.reason) == (Nature.RETRACTION, "Error in Data; Unreliable")
        assert (other.number, other.pmid, other.nature) == ("3", "205", Nature.CONCERN)

    @pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "latin-1"])
    def test_are_read_in_any_of_the_encodings(self, coding):
        data = listing(row(1, doi="10.1000/x", reason="Città")).decode().encode(coding)

        [record] = read(data.splitlines(keepends=True), {"10.1000/x"}, set())

        assert record.reason == "Città"

    def test_are_read_as_a_spreadsheet_of_another_country_saves_them(self):
        # It leaves empty cells at the end away.
        data = f"{HEAD}\n{row(1, doi='10.1000/x')}\n".replace(",", ";").replace(";No;", "")

        [record] = read(data.encode().splitlines(keepends=True), {"10.1000/x"}, set())

        assert record.number == "1"

    @pytest.mark.parametrize(
        ("written", "day"),
        [
            ("3/25/2019 0:00", "2019-03-25"),
            ("25/3/2019", "2019-03-25"),
            ("2019-03-25", "2019-03-25"),
            ("1/1/1753 0:00", ""),
            ("2/30/2019", ""),
            ("soon", ""),
        ],
    )
    def test_have_days_in_any_of_the_forms(self, written, day):
        assert day_of(written) == day


class TestFile:
    def test_that_is_cut_anywhere_within_a_row_is_refused(self):
        whole = listing(*(row(number, doi="10.1000/x") for number in range(3)))
        last = len(whole) - len(row(2, doi="10.1000/x"))

        for length in range(last + 2, len(whole)):
            assert faults(whole[:length]) == (Fault.CUT, 4), whole[:length]

    def test_that_is_cut_behind_its_columns_is_refused(self):
        assert faults(f"{HEAD}\n".encode())[0] is Fault.CUT

    def test_that_is_damaged_is_refused_with_the_line(self):
        broken = row(2).replace('"A, title"', '"A, "title"')

        assert faults(listing(row(1), broken, row(3))) == (Fault.DAMAGED, 3)
        assert faults(listing(row(1), "a,b", row(3))) == (Fault.DAMAGED, 3)

    @pytest.mark.parametrize(
        ("data", "fault"),
        [
            (b"", Fault.EMPTY),
            (b"\n", Fault.EMPTY),
            (b"PK\x03\x04\x00\x00", Fault.NO_TABLE),
            (HEAD.encode("utf-16"), Fault.NO_TABLE),
            (b"Name,Year\nx,2010\n", Fault.COLUMNS),
            (b"x" * 200_000, Fault.CUT),
        ],
        ids=["nothing", "blank", "spreadsheet", "utf-16", "other table", "one long line"],
    )
    def test_of_another_kind_is_refused(self, data, fault):
        assert faults(data)[0] is fault

    def test_has_no_line_that_fills_the_memory(self, tmp_path):
        path = tmp_path / "long"
        path.write_bytes(b"x" * (2 * LONGEST_LINE + 1))

        with path.open("rb") as file:
            assert [*map(len, lines_of(file))] == [LONGEST_LINE, LONGEST_LINE, 1]

    def test_takes_no_more_memory_however_long_it_is(self):
        def peak(rows: int) -> int:
            text = f"{row(1, doi='10.1000/none', reason='+Error;' * 60)}\n".encode()
            lines = (text if number else f"{HEAD}\n".encode() for number in range(rows + 1))
            tracemalloc.start()
            assert list(read(lines, {"10.1000/x"}, set())) == []
            used = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return used

        peak(10)

        assert peak(3_000) < peak(300) + 50_000
