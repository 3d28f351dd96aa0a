"""Withdrawing a picture for good: what goes, what stays, and who may."""

import logging

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages

from articles.files import withdrawal
from articles.files.library import remove
from articles.images import library, sandbox
from articles.images.renditions import make_next
from articles.models import Event, Image, Rendition
from articles.publishing import verbs
from immunoportal.audit import Act, AuditEntry
from immunoportal.publication.models import PublicationClock
from tests.articles.images.steps import files_in, make_all
from tests.factories import (
    add_figure,
    make_article,
    make_editor,
    make_image,
    member_of,
    picture_file,
    publish,
)

pytestmark = pytest.mark.django_db


class TestWithdraw:
    def test_deletes_every_file_and_keeps_the_row(self, django_capture_on_commit_callbacks):
        other = make_image()
        kept = files_in("renditions")
        image = make_image()
        make_all()
        administrator = make_editor(first_name="Elena", last_name="Rossi")
        before = PublicationClock.objects.get().version

        with django_capture_on_commit_callbacks(execute=True):
            withdrawal.withdraw(image, by=administrator, reason="Consent withdrawn")

        assert all(name.startswith(other.digest[:20]) for name in files_in("renditions"))
        assert set(kept) <= set(files_in("renditions"))
        assert files_in("default") == [other.original.name]
        assert not image.renditions.exists()
        image.refresh_from_db()
        assert image.is_withdrawn
        assert (image.withdrawn_by, image.withdrawal_reason) == (administrator, "Consent withdrawn")
        assert image.doomed_files == []
        assert PublicationClock.objects.get().version > before

    def test_is_in_the_history_of_all_articles_that_showed_it_and_in_the_audit_log(self):
        image = make_image()
        shows, showed, other = make_article(), make_article(), make_article()
        add_figure(shows, image=image)
        figure = add_figure(showed, image=image)
        publish(showed)
        figure.delete()
        publish(other)

        withdrawal.withdraw(image, by=make_editor(), reason="Consent withdrawn")

        events = Event.objects.filter(verb=Event.Verb.FILE_WITHDRAWN)
        assert {(event.article, event.reason) for event in events} == {
            (shows, "Consent withdrawn"),
            (showed, "Consent withdrawn"),
        }
        entry = AuditEntry.objects.get(act=Act.FILE_WITHDRAWN)
        assert (entry.kind, entry.number) == ("articles.image", str(image.pk))

    def test_is_for_those_who_have_the_permission(self):
        image = make_image()

        with pytest.raises(PermissionDenied):
            withdrawal.withdraw(image, by=member_of("Editors"), reason="x")
        withdrawal.withdraw(image, by=member_of("Administrators"), reason="x")

    def test_cannot_be_done_twice(self):
        image = make_image()
        withdrawal.withdraw(image, by=make_editor(), reason="First")

        with pytest.raises(withdrawal.AlreadyWithdrawn):
            withdrawal.withdraw(image, by=make_editor(), reason="Second")

        assert Image.objects.get().withdrawal_reason == "First"

    def test_keeps_the_file_out_of_the_library(self):
        file = picture_file(colour=(9, 9, 9))
        image = library.add(file, title="x")
        withdrawal.withdraw(image, by=make_editor(), reason="Consent withdrawn")

        with pytest.raises(library.Withdrawn, match="Consent withdrawn"):
            library.add(file, title="y")
        with pytest.raises(library.Withdrawn):
            remove(image)

        assert not Rendition.objects.exists()

    def test_leaves_nothing_that_the_worker_is_just_making(
        self, monkeypatch, django_capture_on_commit_callbacks
    ):
        image = make_image()
        render = sandbox.render

        def meanwhile(*args, **options):
            with django_capture_on_commit_callbacks(execute=True):
                withdrawal.withdraw(image, by=make_editor(), reason="x")
            return render(*args, **options)

        monkeypatch.setattr(sandbox, "render", meanwhile)

        assert make_next()

        assert files_in("renditions") == []

    def test_tries_again_what_the_store_does_not_delete(
        self, monkeypatch, caplog, django_capture_on_commit_callbacks
    ):
        image = make_image()
        with monkeypatch.context() as away, caplog.at_level(logging.CRITICAL):

            def fail(_name):
                raise OSError("away")

            away.setattr(storages["default"], "delete", fail)
            with django_capture_on_commit_callbacks(execute=True):
                withdrawal.withdraw(image, by=make_editor(), reason="x")
        left = files_in("default")

        withdrawal.erase_rest()

        assert left == [image.original.name]
        assert files_in("default") == []
        assert Image.objects.get().doomed_files == []


class TestRepublishing:
    def test_is_refused_until_the_figure_is_mended(self):
        article = make_article()
        figure = add_figure(article)
        publish(article)
        withdrawal.withdraw(figure.image, by=make_editor(), reason="x")

        with pytest.raises(verbs.Incomplete) as refusal:
            publish(article)
        assert [(item.field, item.block) for item in refusal.value.missing] == [("image", figure)]
        figure.delete()
        assert len(publish(article)) == 2
