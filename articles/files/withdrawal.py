"""Withdraws a picture or a file for good, from all editions that were ever published.

For when somebody withdraws their consent. The row stays, and tells who did it, when and why; pages
that show it, old editions too, say that it has been withdrawn.
"""

import logging
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles.models import Article, Event
from articles.models.blocks import articles_with
from articles.models.editions import relation_to
from articles.models.leaflets import leaflets_showing
from articles.models.withdrawable import WITHDRAW, WithdrawableModel
from immunoportal import audit
from immunoportal.actors import User
from immunoportal.publication import clock

logger = logging.getLogger(__name__)

Row = TypeVar("Row", bound=WithdrawableModel)


class AlreadyWithdrawn(Exception):
    """Somebody else has withdrawn it before."""


class Withdrawn(Exception):
    """The file was withdrawn for good; as text it is a sentence for the editor.

    Attributes:
        row: what is left of it.
    """

    def __init__(self, row: WithdrawableModel):
        super().__init__(row.pk)
        self.row: Any = row

    def __str__(self) -> str:
        return _(
            "This file was withdrawn for good on %(date)s and must not come back. Reason: "
            "%(reason)s"
        ) % {
            "date": date_format(timezone.localtime(self.row.withdrawn_at), "SHORT_DATE_FORMAT"),
            "reason": self.row.withdrawal_reason,
        }


def demand_permission(user: User | AnonymousUser) -> None:
    """Raise ``PermissionDenied`` unless the user may withdraw pictures and files for good."""
    if not user.has_perm(WITHDRAW):
        raise PermissionDenied(_("You may not withdraw pictures and files: ask an administrator."))


@transaction.atomic
def withdraw(row: Row, *, by: User, reason: str) -> Row:
    """Withdraw an entry of a library: from now on nobody gets it, and its files are deleted.

    What cannot be deleted at once, because the store is away, the worker deletes later.

    Args:
        row: shown or not.
        by: the user; must have the permission.
        reason: for the record, for whoever uploads the file again, and for the history of the
            articles that have shown it; never empty.

    Raises:
        PermissionDenied: ``by`` may not.
        AlreadyWithdrawn: there is nothing left to withdraw.
    """
    demand_permission(by)
    row = type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)
    if row.is_withdrawn:
        raise AlreadyWithdrawn
    row.withdrawn_at, row.withdrawn_by = timezone.now(), by
    row.withdrawal_reason = reason
    leaflets = leaflets_showing(row)
    of_leaflets = [file for leaflet in leaflets for file in leaflet.files]
    row.doomed_files = [*row.all_files(), *of_leaflets]
    row.save()
    row.forget_what_was_made()
    leaflets.forget()
    Event.objects.bulk_create(
        Event(
            article=article,
            verb=Event.Verb.FILE_WITHDRAWN,
            at=row.withdrawn_at,
            by=by,
            reason=reason,
            detail={row._meta.model_name: row.pk},
        )
        for article in articles_that_showed(row)
    )
    audit.record(audit.Act.FILE_WITHDRAWN, by=by, about=row)
    clock.advance()
    transaction.on_commit(lambda: erase(row))
    return row


def articles_that_showed(row: WithdrawableModel) -> QuerySet[Article]:
    """Return the articles of which the working copy or any edition shows an entry."""
    relation = relation_to(type(row)).name
    ever = Article.objects.filter(pk__in=Article.objects.filter(**{f"editions__{relation}": row}))
    return articles_with(row) | ever


def erase(row: WithdrawableModel) -> None:
    """Delete the files of what was withdrawn, as many as can be deleted now."""
    left = []
    for alias, name in row.doomed_files:
        try:
            storages[alias].delete(name)
        except FileNotFoundError:
            continue
        except OSError:
            logger.exception("The file %s, which was withdrawn, could not be deleted.", name)
            left.append([alias, name])
    row.doomed_files = left
    type(row)._default_manager.filter(pk=row.pk).update(doomed_files=left)


def erase_rest() -> bool:
    """Delete the files of what was withdrawn that could not be deleted at once.

    Returns:
        False: what is left is for the next time.
    """
    for library in libraries():
        for row in library._default_manager.filter(withdrawn_at__isnull=False).exclude(
            doomed_files=[]
        ):
            erase(row)
    return False


def libraries() -> list[type[WithdrawableModel]]:
    """Return the models whose rows can be withdrawn."""
    return [model for model in apps.get_models() if issubclass(model, WithdrawableModel)]
