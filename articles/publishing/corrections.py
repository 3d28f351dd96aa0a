"""Keeps what readers are told of corrections: rows that stay, whatever becomes of the page."""

from collections.abc import Iterable
from datetime import datetime

from articles.models import Correction, Edition, Hold, RaisedSeverity, Severity
from articles.models.severity import TOLD


def is_told(severity: int | None, note: str) -> bool:
    """Tell whether readers are told of a change: a grave one, or a minor one with a note."""
    return severity is not None and (
        severity >= TOLD or (severity == Severity.MINOR and note != "")
    )


def of_edition(edition: Edition) -> Correction | None:
    """Return what readers are told of a new edition, not stored; ``None`` if it is nothing."""
    if not is_told(edition.severity, edition.change_note):
        return None
    return _about(
        edition,
        Correction.Kind.CORRECTION,
        severity=edition.severity,
        note=edition.change_note,
        at=edition.valid_from,
    )


def tell(editions: Iterable[Edition]) -> None:
    """Tell readers of new editions; call it in the transaction that stores them, after that."""
    Correction.objects.bulk_create(filter(None, map(of_edition, editions)))


def tell_raised(raised: RaisedSeverity) -> None:
    """Tell readers that a change was graver; what they were told of it before is replaced."""
    edition = raised.edition
    earlier = Correction.objects.filter(
        edition=edition, kind=Correction.Kind.CORRECTION, replaced_at=None
    )
    before = earlier.first()
    note = raised.note or (before.note if before else edition.change_note)
    earlier.update(replaced_at=raised.at)
    if is_told(raised.severity, note):
        about = {"severity": raised.severity, "note": note, "at": raised.at}
        _about(edition, Correction.Kind.CORRECTION, **about).save()


def of_hold(hold: Hold, page: Edition) -> Correction:
    """Return what tells readers that a page carries a safety notice, or not its body; not
    stored."""
    return _about(page, Correction.Kind.NOTICE, note=hold.sentence, at=hold.began_at)


def tell_withdrawn(edition: Edition, at: datetime, sentence: str) -> None:
    """Tell readers that a page was withdrawn as wrong."""
    _about(edition, Correction.Kind.WITHDRAWN, note=sentence, at=at).save()


def call_off(editions: Iterable[Edition], at: datetime) -> None:
    """Tell nothing of editions that are called off before they come to be live."""
    called_off = list(editions)
    if called_off:
        rows = Correction.objects.filter(edition__in=called_off, replaced_at=None)
        rows.update(replaced_at=at)


def _about(edition: Edition, kind: Correction.Kind, **told: object) -> Correction:
    return Correction(
        article_id=edition.article_id,
        edition=edition,
        language=edition.language,
        audience=edition.audience,
        kind=kind,
        **told,
    )
