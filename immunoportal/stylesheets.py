"""Joins style sheets from their parts.

A page links few style sheets, which import their parts. While developing the browser fetches them
one by one; ``collectstatic`` puts each in its place, so that a page fetches no more than it links.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Of our own style sheets.
FOLDERS = ("immunoportal/css/", "immunoportal/admin/", "articles/")
IMPORT = re.compile(r'^@import url\("(?P<part>[\w-]+\.css)"\)(?: (?P<media>\w+))?;\n', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/\n*", re.DOTALL)


def joined(text: str, read: Callable[[str], str]) -> str:
    """Return a style sheet with its parts in the place of their imports, without comments.

    The order of the rules stays what it was.

    Args:
        text: of the style sheet.
        read: returns the text of the part with a name; it stands in the same folder, so that the
            addresses within it stay right.
    """

    def part(match: re.Match[str]) -> str:
        rules = read(match["part"])
        return f"@media {match['media']} {{\n{rules}}}\n" if match["media"] else rules

    return COMMENT.sub("", IMPORT.sub(part, text))


class JoiningStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Joins our style sheets before they are named by their content and compressed."""

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if not dry_run:
            paths = paths | self.joined(paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def joined(self, paths: dict[str, Any]) -> dict[str, Any]:
        """Return where our style sheets stand once they are joined, in the shape of ``paths``."""

        def read(folder: str, name: str) -> str:
            storage, path = paths[f"{folder}/{name}"]
            with storage.open(path) as file:
                return file.read().decode()

        memory = InMemoryStorage()
        names = [name for name in paths if name.startswith(FOLDERS) and name.endswith(".css")]
        for name in names:
            folder, _slash, own = name.rpartition("/")
            text = joined(read(folder, own), partial(read, folder))
            memory.save(name, ContentFile(text.encode()))
        return {name: (memory, name) for name in names}
