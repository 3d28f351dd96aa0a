"""``manage.py import_retractions FILE``: marks our sources that Retraction Watch lists."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from articles.publishing import retraction_import
from articles.publishing.retraction_import import Step
from articles.text.retraction_records import Unreadable, lines_of


class Command(BaseCommand):
    help = (
        "Import the records of Retraction Watch (CSV, as Crossref publishes it): our sources that "
        "were retracted are marked, those that were reinstated are not any more, and expressions "
        "of concern and corrections are noted for editors. Run again, it does what is new."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done, and do nothing"
        )

    def handle(self, *, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            with file.open("rb") as opened:
                records = retraction_import.read(lines_of(opened), self.progress)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}. Nothing was changed.") from error
        except Unreadable as error:
            raise CommandError(f"{file}: {retraction_import.told(error)}") from error
        finally:
            self.stderr.write("")
        lines = (
            retraction_import.plan(records)
            if dry_run
            else retraction_import.carry_out(records, by=None)
        )
        for line in lines:
            if line.step is not Step.KNOWN:
                self.stdout.write(f"{line.step.value}: {line.source} (record {line.record.number})")
        steps = Counter(line.step for line in lines)
        would = "would be " if dry_run else ""
        self.stdout.write(
            f"{len(records)} records are about our sources: {steps[Step.MARK]} {would}marked as "
            f"retracted, {steps[Step.UNDO]} {would}reinstated, {steps[Step.NOTE]} {would}noted for "
            f"editors, {steps[Step.DOUBT]} in doubt, {steps[Step.KNOWN]} known before."
        )

    def progress(self, rows: int) -> None:
        self.stderr.write(f"\r{rows:,} records read", ending="")
