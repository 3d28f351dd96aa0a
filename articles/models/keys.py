"""Keys: how editions name the rows that they were made from, for as long as there are editions."""

import uuid

from django.db import models


class KeyedModel(models.Model):
    """A row with a key that no other row ever has, in this database or another.

    A primary key is one database's own affair; what is frozen into an edition must still mean
    the same after an export, an import, or a restored backup.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True
