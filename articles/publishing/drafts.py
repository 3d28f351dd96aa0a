"""The verbs of drafts. What they change is seen by nobody but its user: no event tells of it."""

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from articles.models import Article, Draft
from articles.text import form_data
from articles.text.form_data import Fields
from immunoportal.actors import User
from immunoportal.languages import localized
from immunoportal.text import clean_line

KEPT = timedelta(days=90)
# So long a draft that was discarded can be taken back.
DISCARDED_KEPT = timedelta(days=1)


class Before(NamedTuple):
    """The draft that a form was filled with: its tab, and how often that had sent something."""

    tab: UUID
    number: int


@transaction.atomic
def keep(
    user: User,
    tab: UUID,
    number: int,
    fields: Fields,
    *,
    article: Article | None,
    continues: Before | None = None,
) -> Draft:
    """Keep what a tab's form holds. What the tab has sent before is written over.

    Args:
        number: counts what the tab has sent; what is not newer than the last changes nothing.
        article: ``None`` if there is none yet, or none any more.
        continues: the draft that this one goes on with: it moves over, unless its own tab has
            gone on with it meanwhile.
    """
    draft = _draft_of(user, tab, continues)
    if number <= draft.number:
        return draft
    held = dict(fields)
    version = held.get("version", "")
    titles = (clean_line(held.get(name, "")) for name in localized("title"))
    draft.number = number
    draft.article = article
    draft.version = int(version) if version.isdecimal() and len(version) < 10 else 0
    draft.title = next(filter(None, titles), "")[:150]
    draft.data = form_data.pack(fields)
    draft.saved_at = timezone.now()
    draft.closed_at = None
    draft.save()
    return draft


@transaction.atomic
def empty(user: User, tab: UUID, number: int, *, continues: Before | None = None) -> None:
    """Empty the draft of a tab whose form is saved.

    Args:
        number, continues: as ``keep`` has them. What arrives later with a smaller number was
            saved with the form.
    """
    draft = _draft_of(user, tab, continues)
    draft.number = max(number, draft.number)
    draft.title = draft.data = ""
    draft.closed_at = timezone.now()
    draft.save()


def _draft_of(user: User, tab: UUID, continues: Before | None) -> Draft:
    """Return the draft of a tab, locked, or a new one; the first time that of the tab before."""
    drafts = Draft.objects.filter(user=user)
    if continues and not drafts.filter(tab=tab).exists():
        drafts.open().filter(**continues._asdict()).update(tab=tab, number=0)
    draft, _is_new = Draft.objects.select_for_update().get_or_create(user=user, tab=tab)
    return draft


def discard(draft: Draft) -> None:
    """Put a draft away. It can be taken back for a day."""
    Draft.objects.open().filter(pk=draft.pk).update(closed_at=timezone.now())


def take_back(draft: Draft) -> bool:
    """Offer a draft again that was discarded.

    Returns:
        Whether there is anything in it.
    """
    return bool(Draft.objects.filter(pk=draft.pk).exclude(data="").update(closed_at=None))


def delete_old() -> bool:
    """Delete the drafts that have been kept long enough, and those that were discarded.

    Returns:
        Whether there were any.
    """
    now = timezone.now()
    discarded = Q(closed_at__lt=now - DISCARDED_KEPT) & ~Q(data="")
    return Draft.objects.filter(Q(saved_at__lt=now - KEPT) | discarded).delete()[0] > 0


def drafts_of(user: User) -> list[dict[str, Any]]:
    """Return what a user has typed and not saved, for the export of personal data."""
    return [
        {
            "article": draft.article_id,
            "kept": timezone.localtime(draft.saved_at).isoformat(timespec="seconds"),
            "fields": form_data.unpack(draft.data),
        }
        for draft in Draft.objects.filter(user=user).exclude(data="").order_by("saved_at")
    ]


def forget(user: User) -> None:
    """Delete all that a user has typed and not saved, with the account."""
    Draft.objects.filter(user=user).delete()
