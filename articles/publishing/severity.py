"""How grave the change of an edition is, and what readers have to be told of it."""

from collections.abc import Mapping, Sequence

from django.db.models import Max, OuterRef, Subquery
from django.utils.translation import gettext as _

from articles.models import Article, Edition, RaisedSeverity, Severity
from articles.models.editions import EditionQuerySet
from articles.models.severity import TOLD
from articles.publishing.completeness import Missing
from immunoportal import languages
from immunoportal.languages import phrase

LONGEST: int = Edition._meta.get_field("change_note").max_length or 0


def with_severity(editions: EditionQuerySet) -> EditionQuerySet:
    """Read with editions to what severity they were raised, if they were."""
    raised = RaisedSeverity.objects.filter(edition=OuterRef("pk")).order_by("-severity")
    return editions.annotate(  # type: ignore[no-redef]  # the class says what it is
        raised_to=Subquery(raised.values("severity")[:1])
    )


def severity_of(edition: Edition) -> Severity | None:
    """Return the gravest severity that an edition was ever given; ``None`` of one without.

    Where it is asked of many editions, read them ``with_severity``.
    """
    if hasattr(edition, "raised_to"):
        raised = edition.raised_to
    else:
        raised = edition.raised.aggregate(most=Max("severity"))["most"]
    given = [edition.severity, raised]
    known = [severity for severity in given if severity is not None]
    return Severity(max(known)) if known else None


def unsaid(
    article: Article,
    new: Sequence[Edition],
    severity: Severity | None,
    notes: Mapping[str, str],
) -> list[Missing]:
    """Return what has not been said of a change before it can be published.

    Args:
        new: the editions that would be stored, numbered.
        notes: what readers are told, by language.
    """
    changed = [edition.language for edition in new if edition.number > 1]
    refused = too_long(notes)
    if refused or not changed:
        return refused
    if severity is None:
        return [Missing(_("Say how grave the change is."), "severity")]
    if severity < TOLD:
        return []
    told = set(changed)
    if severity == Severity.SAFETY:
        live = article.editions.live().values_list("language", flat=True)
        told |= {*live, *(edition.language for edition in new)}
    return [
        Missing(_message(severity, language), note_name(language))
        for language in languages.codes()
        if language in told and not notes.get(language)
    ]


def too_long(notes: Mapping[str, str]) -> list[Missing]:
    """Return the notes that are longer than what readers are told can be."""
    return [
        Missing(_("What readers are told %s is too long.") % phrase(language), note_name(language))
        for language, note in notes.items()
        if len(note) > LONGEST
    ]


def note_name(language: str) -> str:
    """Return the name of the form field for what readers are told in a language."""
    return f"note_{language}"


def _message(severity: Severity, language: str) -> str:
    words = {"language": phrase(language)}
    if severity == Severity.SAFETY:
        message = _("Tell the readers of the page %(language)s what the danger is, in a sentence.")
    else:
        message = _("Tell the readers of the page %(language)s what has changed, in a sentence.")
    return message % words
