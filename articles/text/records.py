"""Pasted records of sources: RIS, BibTeX, PubMed's own format, and citations as it prints them.

Pure: takes text, returns references. What cannot be read is named with its line; the rest is taken.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import ClassVar

from bibtexparser import parse_string
from bibtexparser.library import Library
from bibtexparser.middlewares import (
    LatexDecodingMiddleware,
    NameParts,
    SeparateCoAuthors,
    SplitNameParts,
)
from bibtexparser.model import (
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    Field,
    ImplicitComment,
)
from rispy import RisParser

from articles.text.references import (
    Reference,
    doi_in,
    initials,
    name_of,
    pages_of,
    plain,
    pmid_in,
    year_in,
)

MAX_LENGTH = 1_000_000  # characters of a paste
MAX_RECORDS = 100  # the unreadable ones among them
MAX_FIELD = 20_000  # characters of a field of BibTeX; only the authors of some papers fill so many
MAX_WORDS = 2_000  # characters of a title, or of a citation

Lines = list[str]


class TooLong(ValueError):
    """A paste has more than ``MAX_LENGTH`` characters. Nothing of it was read."""


class Fault(Enum):
    """Why something in a paste is no reference."""

    NO_TITLE = "no title"
    UNREADABLE = "unreadable"  # a record whose form is broken
    UNKNOWN = "unknown"  # no record at all
    ONLY_NUMBERS = "only numbers"  # a DOI or PMID without any words
    TOO_MANY = "too many"  # from here on nothing was read


@dataclass(frozen=True)
class Unread:
    """Something in a paste that is no reference: its line, from 1, its first words, and why."""

    line: int
    words: str
    fault: Fault


def read(pasted: str) -> tuple[list[Reference], list[Unread]]:
    """Return the references that a text holds, in any mixture of the formats, and what else it has.

    Raises:
        TooLong: before anything is read.
    """
    if len(pasted) > MAX_LENGTH:
        raise TooLong
    found: list[Reference] = []
    unread: list[Unread] = []
    for item in _items(re.split("\r\n?|\n", pasted.removeprefix("\ufeff"))):
        if len(found) + len(unread) == MAX_RECORDS:
            unread.append(Unread(item.line, "", Fault.TOO_MANY))
            break
        if isinstance(item, Unread):
            unread.append(item)
        else:
            found.append(item)
    return sorted(found, key=_line), sorted(unread, key=_line)


def _line(item: Reference | Unread) -> int:
    return item.line


def _items(lines: Lines) -> Iterator[Reference | Unread]:
    for kind, start, part in _parts(lines):
        for item in _READERS[kind](part):
            yield replace(item, line=item.line + start)


# How the records of each format begin.
_BEGINNINGS = {
    "ris": re.compile(r"\s*TY {1,2}-"),
    # Further in stands what goes on from the line before.
    "medline": re.compile(r" {0,3}PMID *- "),
    "bibtex": re.compile(r"\s*@\s*\w+\s*[{(]"),
}
_RIS_END = re.compile(r"\s*ER {1,2}-")


def _parts(lines: Lines) -> Iterator[tuple[str, int, Lines]]:
    """Yield the parts of a paste: the format of each, the number of its first line, and its lines.

    A part is one record, or all BibTeX up to something else: its strings belong to all.
    """
    kind, start = "printed", 0
    for number, line in enumerate(lines):
        begun = next((name for name, begins in _BEGINNINGS.items() if begins.match(line)), "")
        has_ended = (kind == "medline" and not line.strip()) or (
            kind == "ris" and number > start and bool(_RIS_END.match(lines[number - 1]))
        )
        if begun == kind == "bibtex" or not (begun or has_ended):
            continue
        yield kind, start, lines[start:number]
        kind, start = begun or "printed", number
    yield kind, start, lines[start:]


# RIS and PubMed: lines with tags


class _Ris(RisParser):
    """Reads a record that has one of each tag, or a list where a source may have several."""

    DEFAULT_DELIMITER_MAPPING: ClassVar[dict] = {}  # ";" parts no addresses

    _line = re.compile(r"\s*([A-Z][A-Z0-9]) {1,2}-\s?(.*)")

    def parse_line(self, line: str) -> tuple[str | None, str]:
        match = self._line.fullmatch(line)
        return (match[1], match[2].strip()) if match else (None, line.strip())


class _Medline(_Ris):
    """Reads what PubMed gives for citation managers (.nbib), which it calls MEDLINE."""

    START_TAG = "PMID"
    DEFAULT_MAPPING: ClassVar[dict] = {
        "PMID": "pmid", "TI": "title", "BTI": "book", "AU": "authors", "CN": "bodies",
        "TA": "journal", "JT": "journal_name", "PB": "publisher", "DP": "year", "VI": "volume",
        "PG": "pages", "LID": "places", "AID": "numbers", "ER": "end", "UK": "unknown",
    }  # fmt: skip
    DEFAULT_LIST_TAGS: ClassVar[list[str]] = ["AU", "CN", "LID", "AID"]

    _line = re.compile(r" {0,3}([A-Z]{2,4}) *- (.*)")


def _read_record(parser: type[_Ris], lines: Lines) -> Mapping:
    """Return the fields of the one record in some lines, whose last line may be missing."""
    start, *rest = (line.rstrip() for line in lines)
    start = re.sub(r"^\s*(\w+) *-", r"\1  -", start)
    ended = [*(line for line in rest if not _RIS_END.match(line)), "ER  - "]
    records = parser(skip_unknown_tags=True).parse_lines(iter([start, *ended]))
    return records[0]


def _first(record: Mapping, *names: str) -> str:
    """Return the first of some fields that has a value."""
    for name in names:
        value = record.get(name) or ""
        value = plain(value[0] if isinstance(value, list) else value)
        if value:
            return value
    return ""


def _every(record: Mapping, *names: str) -> list[str]:
    """Return all values of some fields."""
    values = (record.get(name) or [] for name in names)
    return [
        item for value in values for item in (value if isinstance(value, list) else [value]) if item
    ]


def _from_ris(lines: Lines) -> Iterator[Reference | Unread]:
    record = _read_record(_Ris, lines)
    numbers = _every(record, "doi", "urls", "accession_number", "notes", "type_of_work", "note")
    yield _whole(
        Reference(
            authors=tuple(map(name_of, _every(record, "authors", "first_authors"))),
            title=_first(record, "title", "primary_title"),
            container=_first(
                record, "alternate_title2", "alternate_title1", "journal_name", "secondary_title",
                "alternate_title3", "publisher",
            ),
            year=year_in(_first(record, "year", "publication_year", "date")),
            volume=_first(record, "volume"),
            pages=pages_of(_first(record, "start_page"), _first(record, "end_page")),
            doi=_any(doi_in, numbers),
            pmid=_any(pmid_in, numbers) or _number_in_pubmed(record),
            url=_first(record, "urls"),
        ),
        lines,
    )  # fmt: skip


def _number_in_pubmed(record: Mapping) -> str:
    """Return the accession number of a record that says to be PubMed's."""
    base = _first(record, "name_of_database", "database_provider").lower()
    is_pubmed = any(name in base for name in ("pubmed", "medline", "nlm"))
    return _number(_first(record, "accession_number")) if is_pubmed else ""


def _number(text: str) -> str:
    """Return the PubMed number in a field that is for it."""
    return pmid_in(f"PMID {text}")


def _from_medline(lines: Lines) -> Iterator[Reference | Unread]:
    record = _read_record(_Medline, lines)
    places = [text for text in _every(record, "places", "numbers") if text.endswith("[doi]")]
    yield _whole(
        Reference(
            authors=(*map(plain, _every(record, "authors")), *map(plain, _every(record, "bodies"))),
            title=_first(record, "title", "book"),
            container=_first(record, "journal", "journal_name", "publisher"),
            year=year_in(_first(record, "year")),
            volume=_first(record, "volume"),
            pages=pages_of(_first(record, "pages")),
            doi=_any(doi_in, places),
            pmid=_number(_first(record, "pmid")),
        ),
        lines,
    )


def _any(number_in: Callable[[str], str], texts: Iterable[str]) -> str:
    return next(filter(None, map(number_in, texts)), "")


def _whole(reference: Reference, lines: Lines, line: int = 0) -> Reference | Unread:
    """Return a reference that can be printed, with one address at most beside DOI and PMID."""
    if not reference.title or len(reference.title) > MAX_WORDS:
        return Unread(line + 1, _words(lines), Fault.NO_TITLE)
    title = reference.title.rstrip(".")
    url = "" if reference.doi or reference.pmid else reference.url
    return replace(reference, title=title, url=url, line=line + 1)


def _words(lines: Sequence[str]) -> str:
    """Return the first words of some lines."""
    return plain(" ".join(line for line in lines if line.strip())[:200])[:60]


# BibTeX

_BIBTEX_FIELDS = {
    "author", "title", "journal", "journaltitle", "booktitle", "publisher", "institution",
    "organization", "school", "year", "date", "volume", "pages", "doi", "url", "note", "pmid",
    "eprint", "eprinttype", "editor",
}  # fmt: skip


def _from_bibtex(lines: Lines) -> Iterator[Reference | Unread]:
    library = parse_string("\n".join(lines))
    entries: list[Entry] = list(library.entries)
    for block in library.failed_blocks:
        # Two records with one key are two records all the same.
        if isinstance(block, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock) and isinstance(
            block.ignore_error_block, Entry
        ):
            entries.append(block.ignore_error_block)
        else:
            yield Unread((block.start_line or 0) + 1, _words([block.raw or ""]), Fault.UNREADABLE)
    for comment in library.comments:
        if isinstance(comment, ImplicitComment):
            for item in _from_printed(comment.comment.split("\n")):
                yield replace(item, line=item.line + (comment.start_line or 0))
    for entry in sorted(entries, key=lambda entry: entry.start_line or 0):
        yield _from_entry(entry)


def _from_entry(entry: Entry) -> Reference | Unread:
    line, raw = entry.start_line or 0, [entry.raw or ""]
    wanted = {field.key.lower(): str(field.value) for field in entry.fields}
    fields = [
        Field(key, value)
        for key, value in wanted.items()
        if key in _BIBTEX_FIELDS and len(value) <= MAX_FIELD
    ]
    # LaTeX is decoded of what is used alone: an abstract takes long. Braces still keep the names
    # of bodies in one piece.
    library = Library([Entry(entry.entry_type, entry.key, fields)])
    for step in (
        LatexDecodingMiddleware(keep_braced_groups=True, keep_math_mode=False),
        SeparateCoAuthors(),
        SplitNameParts(),
    ):
        library = step.transform(library)
    if not library.entries:
        return Unread(line + 1, _words(raw), Fault.UNREADABLE)
    values = {field.key: field.value for field in library.entries[0].fields}
    authors: list[NameParts] = values.pop("author", None) or values.pop("editor", None) or []
    texts = {key: _unbraced(value) for key, value in values.items() if isinstance(value, str)}
    is_pubmed = wanted.get("eprinttype", "").lower() == "pubmed"
    number = wanted.get("eprint", "") if is_pubmed else ""
    return _whole(
        Reference(
            authors=tuple(filter(None, map(_name_of_parts, authors))),
            title=_first(texts, "title"),
            container=_first(
                texts, "journal", "journaltitle", "booktitle", "publisher", "institution",
                "organization", "school",
            ),
            year=year_in(_first(texts, "year", "date")),
            volume=_first(texts, "volume"),
            pages=pages_of(_first(texts, "pages")),
            doi=_any(doi_in, _every(wanted, "doi", "url", "note")),
            pmid=_any(_number, [wanted.get("pmid", ""), number])
            or _any(pmid_in, _every(wanted, "note", "url")),
            url=_first(texts, "url"),
        ),
        raw,
        line,
    )  # fmt: skip


def _unbraced(text: str) -> str:
    return text.replace("{", "").replace("}", "")


def _name_of_parts(name: NameParts) -> str:
    first, last, suffix = (
        plain(_unbraced(" ".join(parts))) for parts in (name.first, name.von + name.last, name.jr)
    )
    if last == "others":
        return ""
    return " ".join(filter(None, (last, initials(first), suffix.rstrip("."))))


# Citations as PubMed prints them

_NUMBERED = re.compile(r"\A\s*\[?\d{1,3}[.:)\]]\s+")
# What a page says with links of its own.
_NUMBERS = re.compile(
    r"\s*\b(?:doi:|https?://(?:dx\.)?doi\.org|PMID:|PMCID:|Epub \d).*", re.I | re.S
)


def _from_printed(lines: Lines) -> Iterator[Reference | Unread]:
    for start, group in _paragraphs(lines):
        text = plain(" ".join(group))
        doi, pmid = doi_in(text), pmid_in(text)
        words = _NUMBERS.sub("", _NUMBERED.sub("", text)).strip()
        if not (doi or pmid) or len(words) > MAX_WORDS:
            yield Unread(start + 1, _words(group), Fault.UNKNOWN)
        elif " " not in words:
            yield Unread(start + 1, _words(group), Fault.ONLY_NUMBERS)
        else:
            yield Reference(printed=words, doi=doi, pmid=pmid, line=start + 1)


def _paragraphs(lines: Lines) -> Iterator[tuple[int, Lines]]:
    """Yield the paragraphs of some lines, each with its first line's number.

    Numbered lines, and lines each of which names its source, are paragraphs of their own.
    """
    group: Lines = []
    start = 0
    each_named = True
    for number, line in enumerate([*lines, ""]):
        is_named = _names_one(line)
        begins = bool(_NUMBERED.match(line)) or (each_named and is_named)
        if group and (not line.strip() or begins):
            yield start, group
            group, each_named = [], True
        if line.strip():
            start = start if group else number
            group.append(line)
            each_named = each_named and is_named


def _names_one(line: str) -> bool:
    return bool(doi_in(line) or re.search(r"\bPMID\b", line))


_READERS: dict[str, Callable[[Lines], Iterator[Reference | Unread]]] = {
    "ris": _from_ris,
    "medline": _from_medline,
    "bibtex": _from_bibtex,
    "printed": _from_printed,
}
