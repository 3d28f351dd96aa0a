"""Withdraws a picture for good: its files go, for all editions that were ever published.

For when somebody withdraws their consent. The row stays, and tells who did it, when and why; pages
that show the picture, old editions too, say that it has been withdrawn.
"""

import logging

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article, Event, Image
from articles.models.images import ORIGINALS, RENDITIONS, WITHDRAW
from immunoportal import audit
from immunoportal.actors import User
from immunoportal.publication import clock

logger = logging.getLogger(__name__)


class AlreadyWithdrawn(Exception):
    """Somebody else has withdrawn the picture before."""


def demand_permission(user: User | AnonymousUser) -> None:
    """Raise ``PermissionDenied`` unless the user may withdraw pictures and files for good."""
    if not user.has_perm(WITHDRAW):
        raise PermissionDenied(_("You may not withdraw pictures: ask an administrator."))


@transaction.atomic
def withdraw(image: Image, *, by: User, reason: str) -> Image:
    """Withdraw a picture: from now on nobody gets it, and its files are deleted.

    What cannot be deleted at once, because the store is away, the worker deletes later.

    Args:
        image: shown or not.
        by: the user; must have the permission.
        reason: for the record, for whoever uploads the picture again, and for the history of the
            articles that have shown it; never empty.

    Raises:
        PermissionDenied: ``by`` may not.
        AlreadyWithdrawn: there is nothing left to withdraw.
    """
    demand_permission(by)
    image = Image.objects.select_for_update(no_key=True).get(pk=image.pk)
    if image.is_withdrawn:
        raise AlreadyWithdrawn
    image.withdrawn_at, image.withdrawn_by = timezone.now(), by
    image.withdrawal_reason = reason
    # Those that are not made yet too: the worker may just be about them.
    names = [[RENDITIONS, rendition.name] for rendition in image.renditions.all()]
    image.doomed_files = [*names, [ORIGINALS, str(image.original.name)]]
    image.save()
    image.renditions.all().delete()
    Event.objects.bulk_create(
        Event(
            article=article,
            verb=Event.Verb.FILE_WITHDRAWN,
            at=image.withdrawn_at,
            by=by,
            reason=reason,
            detail={"image": image.pk},
        )
        for article in articles_that_showed(image)
    )
    audit.record(audit.Act.FILE_WITHDRAWN, by=by, about=image)
    clock.advance()
    transaction.on_commit(lambda: erase(image))
    return image


def articles_that_showed(image: Image) -> QuerySet[Article]:
    """Return the articles of which the working copy or any edition shows an image."""
    return Article.objects.filter(
        Q(pk__in=image.figures.values("parent")) | Q(pk__in=image.editions.values("article"))
    )


def erase(image: Image) -> None:
    """Delete the files of a withdrawn picture, as many as can be deleted now."""
    left = []
    for alias, name in image.doomed_files:
        try:
            storages[alias].delete(name)
        except FileNotFoundError:
            continue
        except OSError:
            logger.exception("The file %s of a withdrawn picture could not be deleted.", name)
            left.append([alias, name])
    image.doomed_files = left
    Image.objects.filter(pk=image.pk).update(doomed_files=left)


def erase_rest() -> bool:
    """Delete the files of withdrawn pictures that could not be deleted at once.

    Returns:
        False: what is left is for the next time.
    """
    for image in Image.objects.filter(withdrawn_at__isnull=False).exclude(doomed_files=[]):
        erase(image)
    return False
