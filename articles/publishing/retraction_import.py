"""The import of the records of Retraction Watch: first what would be done, then doing it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from operator import attrgetter

from django.db import transaction
from django.utils.translation import gettext as _

from articles.models import Retraction, Source, SourceStatus
from articles.publishing.retractions import begin, close
from articles.text import retraction_records
from articles.text.retraction_records import Fault, Nature, Record, Unreadable, unseen
from immunoportal.actors import User
from immunoportal.publication import clock


class Step(Enum):
    """What an import does with a record."""

    MARK = "mark"  # the source is retracted from now on
    UNDO = "undo"  # it is not retracted any more
    NOTE = "note"  # editors are told
    DOUBT = "doubt"  # one number is that of our source, and the other one is not
    KNOWN = "known"  # it has been done before, or a later record says otherwise


@dataclass(frozen=True)
class Line:
    """One record about one of our sources, and what an import does with it."""

    source: Source
    record: Record
    step: Step

    @property
    def says(self) -> str:
        """Return what the record says, in words."""
        if self.record.nature is Nature.REINSTATEMENT:
            return _("reinstated")
        kind = NOTES.get(self.record.nature, Retraction.Kind.RETRACTED)
        return str(Retraction.Kind(kind).label)


NOTES = {
    Nature.CONCERN: Retraction.Kind.CONCERN,
    Nature.CORRECTION: Retraction.Kind.CORRECTION,
}


def read(lines: Iterable[bytes], seen: Callable[[int], None] = unseen) -> list[Record]:
    """Return the records about our sources; see ``articles.text.retraction_records``.

    Raises:
        Unreadable: the file is no such table, or not a whole one.
    """
    numbers = list(Source.objects.values_list("doi", "pmid"))
    dois = {doi for doi, _pmid in numbers} - {""}
    pmids = {pmid for _doi, pmid in numbers} - {""}
    return list(retraction_records.read(lines, dois, pmids, seen))


def plan(records: Collection[Record]) -> list[Line]:
    """Return what an import of some records would do, source by source."""
    dois = {record.doi for record in records} - {""}
    pmids = {record.pmid for record in records} - {""}
    by_number: dict[str, Source] = {}
    # Theirs may be more than a database takes in one question, and ours are few.
    for source in Source.objects.iterator():
        if source.doi in dois:
            by_number[source.doi] = source
        if source.pmid in pmids:
            by_number[source.pmid] = source
    kept: dict[int, list[Retraction]] = defaultdict(list)
    for row in Retraction.objects.select_related("source"):
        kept[row.source_id].append(row)
    about: dict[Source, list[Record]] = defaultdict(list)
    for record in dict.fromkeys(records):
        sources = (by_number.get(record.doi), by_number.get(record.pmid))
        for source in dict.fromkeys(filter(None, sources)):
            about[source].append(record)
    return [
        line for source, found in about.items() for line in _steps(source, found, kept[source.pk])
    ]


def _steps(source: Source, records: list[Record], kept: list[Retraction]) -> list[Line]:
    """Decide about the records of one source. Each is acted on once, so that what an editor has
    taken back stays so; of retraction and reinstatement the later one counts."""
    done = {row.record for row in kept} | {row.end_record for row in kept}
    sure = [record for record in records if not _is_doubtful(source, record)]
    sure.sort(key=lambda record: (record.day, int(record.number) if _is_number(record) else 0))
    last = next((record for record in reversed(sure) if record.nature not in NOTES), None)
    lines = [Line(source, record, Step.DOUBT) for record in records if _is_doubtful(source, record)]
    for record in sure:
        step = Step.KNOWN
        if record.number not in done:
            if record.nature in NOTES:
                step = Step.NOTE
            elif record is last and record.nature is Nature.RETRACTION:
                step = Step.KNOWN if source.status == SourceStatus.RETRACTED else Step.MARK
            elif record is last and _reinstated(record, kept):
                step = Step.UNDO
        lines.append(Line(source, record, step))
        done.add(record.number)
    return lines


def _is_number(record: Record) -> bool:
    return record.number.isascii() and record.number.isdecimal()


def _is_doubtful(source: Source, record: Record) -> bool:
    pairs = ((source.doi, record.doi), (source.pmid, record.pmid))
    return any(own and theirs and own != theirs for own, theirs in pairs)


def _reinstated(record: Record, kept: Iterable[Retraction]) -> list[Retraction]:
    """Return the standing retractions that a reinstatement ends."""
    return [
        row
        for row in kept
        if row.ended_at is None
        and row.kind == Retraction.Kind.RETRACTED
        and (row.since is None or not record.day or row.since.isoformat() <= record.day)
    ]


@transaction.atomic
def carry_out(records: Collection[Record], *, by: User | None) -> list[Line]:
    """Do what ``plan`` says, as things are now, and return it."""
    # Two who import at once take turns, and so does whoever marks a source by hand.
    clock.take_turn()
    sources = Source.objects.order_by("pk")
    list(sources.select_for_update(no_key=True).values_list("pk"))
    lines = plan(records)
    begin([_retraction(line, by) for line in lines if line.step in (Step.MARK, Step.NOTE)], by=by)
    for line in lines:
        if line.step is Step.UNDO:
            kept = Retraction.objects.standing().filter(source=line.source)
            ended = _reinstated(line.record, kept.select_related("source"))
            close(ended, by=by, record=line.record.number)
    return lines


def _retraction(line: Line, by: User | None) -> Retraction:
    record = line.record
    return Retraction(
        source=line.source,
        kind=NOTES.get(record.nature, Retraction.Kind.RETRACTED),
        since=date.fromisoformat(record.day) if record.day else None,
        reason=record.reason,
        notice_doi=record.notice_doi,
        record=record.number,
        began_by=by,
    )


def in_order(lines: Iterable[Line], step: Step) -> list[Line]:
    """Return the lines of one step, by their sources."""
    return sorted((line for line in lines if line.step is step), key=attrgetter("source.citation"))


def told(error: Unreadable) -> str:
    """Say why a file cannot be read, and what to do."""
    sentences = {
        Fault.EMPTY: _("The file is empty. Download the list of Retraction Watch once more."),
        Fault.NO_TABLE: _(
            "This is no table of plain text (CSV). Download the list of Retraction Watch as CSV, "
            "and choose that file."
        ),
        Fault.COLUMNS: _(
            "This is not the list of Retraction Watch: it lacks the columns %(columns)s. Download "
            "it as Crossref publishes it, and choose that file."
        ),
        Fault.DAMAGED: _(
            "Line %(line)d of the file is damaged, so nothing was changed. Download the list once "
            "more, and do not save it anew in a spreadsheet."
        ),
        Fault.CUT: _(
            "The file ends in the middle, at line %(line)d, so nothing was changed: it was "
            "probably not downloaded whole. Download it once more."
        ),
    }
    words = {"line": error.line, "columns": ", ".join(error.columns)}
    return sentences[error.fault] % words
