"""``manage.py load_launch_content``: the first article and the pages of the site."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from articles import launch_content, launch_pages
from articles.models import Edition


class Command(BaseCommand):
    help = (
        "Creates the launch content, unless it is there, and publishes it. On a site on which "
        "something was published before, the pages of the site are not: somebody has to read them "
        "first. Safe to repeat."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        publisher = get_user_model().objects.filter(is_superuser=True, is_active=True).first()
        if publisher is None:
            raise CommandError("There is no administrator to publish it: create one first.")
        is_new = not Edition.objects.exists()
        pages = launch_pages.load(by=publisher, publishes=is_new)
        # The last thing done, which the first page of the desk shows first.
        created = launch_content.load(by=publisher)
        if pages and not is_new:
            self.stdout.write(
                f"{len(pages)} pages of the site wait to be read, completed and published: see "
                "“Pages of the site” above the list of articles."
            )
        loaded = created or pages
        self.stdout.write(
            "The launch content is loaded." if loaded else "The launch content is already there."
        )
