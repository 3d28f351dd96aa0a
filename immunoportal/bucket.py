"""Pictures and files in one private bucket of an S3-compatible store, for several machines."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from immunoportal.unavailable import StoreAway

IN_MEMORY = 1024 * 1024  # bytes; of a larger file the rest is on the disk
PIECE = 64 * 1024  # bytes


class BucketStorage(S3Storage):
    """Stores and fetches whole objects. A name follows from its content, so one that is there
    may be written once more."""

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "file_overwrite": True,
            "default_acl": None,  # as private as the bucket
            "client_config": Config(
                connect_timeout=2,
                read_timeout=10,
                retries={"mode": "standard", "total_max_attempts": 2},
                # What all makes of store understand.
                s3={"addressing_style": "path"},
                signature_version="s3v4",
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            "transfer_config": TransferConfig(use_threads=False),
        }

    def _open(self, name: str, mode: str = "rb") -> File:
        """Fetch an object in one request, where django-storages asks three times."""
        with _store(name):
            answer = self.connection.meta.client.get_object(
                Bucket=self.bucket_name, Key=self._normalize_name(name)
            )
            # Closed by whoever closes the file.
            copy = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
            shutil.copyfileobj(answer["Body"], copy)
        copy.seek(0)
        return File(copy, name)

    def read_part(self, name: str, part: range) -> Iterator[bytes]:
        """Fetch some bytes of an object, piece by piece.

        Raises:
            FileNotFoundError: there is no such object.
            StoreAway: the store did not answer, or not to the end.
        """
        with _store(name):
            answer = self.connection.meta.client.get_object(
                Bucket=self.bucket_name,
                Key=self._normalize_name(name),
                Range=f"bytes={part.start}-{part.stop - 1}",
            )
            with closing(answer["Body"]) as body:
                yield from body.iter_chunks(PIECE)

    def _save(self, name: str, content: File) -> str:
        with _store(name):
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with _store(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _store(name):
            return super().exists(name)

    def size(self, name: str) -> int:
        with _store(name):
            return super().size(name)

    def get_modified_time(self, name: str) -> datetime:
        with _store(name):
            return super().get_modified_time(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _store(name):
            return super().listdir(name)


@contextmanager
def _store(name: str) -> Iterator[None]:
    """Turn the store's errors into those that files have."""
    try:
        yield
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            raise FileNotFoundError(name) from error
        raise StoreAway(str(error)) from error
    except BotoCoreError as error:
        raise StoreAway(str(error)) from error
