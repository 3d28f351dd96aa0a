"""``manage.py load_launch_content``: the first article, published in both languages."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from articles import launch_content


class Command(BaseCommand):
    help = "Creates the launch content, unless it is there. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        publisher = get_user_model().objects.filter(is_superuser=True, is_active=True).first()
        if publisher is None:
            raise CommandError("There is no administrator to publish it: create one first.")
        created = launch_content.load(by=publisher)
        self.stdout.write(
            "The launch content is loaded." if created else "The launch content is already there."
        )
