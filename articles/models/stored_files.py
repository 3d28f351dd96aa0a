"""Files that readers get as they were uploaded."""

from typing import ClassVar

from django.core.files.storage import Storage, storages
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.models.withdrawable import WithdrawableModel

FILES = "files"


def files() -> Storage:
    """Return the private storage of the files; readers get them through the portal's gate."""
    return storages[FILES]


def file_name(digest: str, extension: str) -> str:
    """Return the last part of a file's address."""
    return f"{digest[:20]}.{extension}"


class StoredFile(WithdrawableModel):
    """A file of a library that never changes: a new version of it is a new entry.

    So an edition shows for ever what it showed. It names the entry by its digest, and the relation
    ``Edition.<plural>`` keeps the entry for as long as there is such an edition.

    Attributes:
        content_types: what a file of the kind is sent as, by the extension of its name.
        is_attachment: whether a browser is told to keep it, where it might open it as a page.
    """

    content_types: ClassVar[dict[str, str]] = {}
    is_attachment: ClassVar[bool] = False

    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(_("file"), storage=files, max_length=200, editable=False)
    bytes = models.PositiveBigIntegerField(_("size"), editable=False)

    class Meta(WithdrawableModel.Meta):
        abstract = True

    def get_absolute_url(self) -> str:
        return reverse("file", args=[file_name(self.digest, self.extension)])

    @property
    def extension(self) -> str:
        return str(self.file.name).rpartition(".")[2]

    def all_files(self) -> list[list[str]]:
        return [[FILES, str(self.file.name)]]
