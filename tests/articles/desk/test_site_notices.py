"""The site-wide notices in the admin."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import SiteNotice
from immunoportal.audit import Act, AuditEntry
from immunoportal.languages import text_in
from tests.factories import logged_in, member_of
from tests.pages import page_of

pytestmark = pytest.mark.django_db

LIST = reverse("admin:articles_sitenotice_changelist")
ADD = reverse("admin:articles_sitenotice_add")
DAY = timedelta(days=1)


def url_of(notice: SiteNotice) -> str:
    return reverse("admin:articles_sitenotice_change", args=[notice.pk])


def moment(name: str, at=None) -> dict[str, str]:
    local = timezone.localtime(at) if at else None
    return {
        f"{name}_0": f"{local:%Y-%m-%d}" if local else "",
        f"{name}_1": f"{local:%H:%M:%S}" if local else "",
    }


def typed(begins_at, ends_at=None, **fields) -> dict[str, str]:
    texts = {"text_it": "Ritirato un lotto.", "text_en": "", "link_it": "", "link_en": ""}
    return texts | moment("begins_at", begins_at) | moment("ends_at", ends_at) | fields


def make_notice(begins_at, ends_at=None) -> SiteNotice:
    return SiteNotice.objects.create(text_it="Un lotto.", begins_at=begins_at, ends_at=ends_at)


class TestForm:
    def test_stores_what_readers_see_from_now_on(self, editor_client):
        now = timezone.now()

        editor_client.post(
            ADD, typed(now - DAY, now + DAY, text_it=" Un\x0b lotto. ", link_it="www.aifa.gov.it")
        )

        notice = SiteNotice.objects.get()
        assert text_in(notice, "text", "it") == "Un lotto."
        assert text_in(notice, "link", "it") == "https://www.aifa.gov.it"
        assert notice.begins_at >= now
        entry = AuditEntry.objects.filter(act=Act.SETTINGS_CHANGED).get()
        assert "text_it" in entry.detail["changed"]
        assert "Un lotto." in editor_client.get("/it/").text

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"text_it": "\x0b"}, "Write the text"),
            ({"text_it": "x" * 401}, "400"),
            ({"link_it": "javascript:alert(1)"}, "web address"),
            (moment("ends_at", timezone.now() + DAY), "cannot end before"),
        ],
    )
    def test_refuses_what_readers_could_not_use(self, editor_client, change, sentence):
        response = editor_client.post(ADD, typed(timezone.now() + 2 * DAY) | change)

        assert sentence in response.text
        assert not SiteNotice.objects.exists()

    def test_leaves_the_end_alone_once_it_has_begun(self, editor_client):
        now = timezone.now()
        notice = make_notice(now - DAY)
        form = page_of(editor_client.get(url_of(notice)))
        assert list(form.all("textarea")) == []
        assert form.one("input", name="ends_at_0")["aria-label"].startswith("Shown until")

        late = editor_client.post(url_of(notice), typed(now - DAY, text_it="Altro."))
        assert "begun while you were changing it" in late.text

        editor_client.post(url_of(notice), moment("ends_at", now - DAY / 2))

        notice.refresh_from_db()
        assert text_in(notice, "text", "it") == "Un lotto."
        # Readers have seen it until now.
        assert notice.is_over
        assert notice.ends_at
        assert notice.ends_at >= now
        editor_client.post(url_of(notice), moment("ends_at", now + DAY))
        notice.refresh_from_db()
        assert notice.is_over

    def test_deletes_only_what_nobody_has_seen(self, editor_client):
        begun, coming = make_notice(timezone.now()), make_notice(timezone.now() + DAY)
        delete = "admin:articles_sitenotice_delete"

        refused = editor_client.post(reverse(delete, args=[begun.pk]), {"post": "yes"})
        editor_client.post(
            LIST, {"action": "delete_selected", "_selected_action": [begun.pk], "post": "yes"}
        )
        editor_client.post(reverse(delete, args=[coming.pk]), {"post": "yes"})

        assert refused.status_code == 403
        assert list(SiteNotice.objects.all()) == [begun]
        assert AuditEntry.objects.filter(number=coming.pk).get().detail == {"deleted": True}


class TestList:
    def test_says_where_each_stands(self, editor_client):
        now = timezone.now()
        make_notice(now - DAY)
        make_notice(now + DAY)
        make_notice(now - DAY, now)

        page = page_of(editor_client.get(LIST))

        states = [cell.words for cell in page.all("td", class_="field-state")]
        assert states[1:] == ["shown now", "over"] or states[1:] == ["over", "shown now"]
        assert states[0].startswith("from ")
        assert "Italian" in page.one("main").words

    @pytest.mark.parametrize(
        ("role", "status"), [("Authors", 403), ("Editors", 200), ("Administrators", 200)]
    )
    def test_is_for_those_who_publish(self, client, role, status):
        client = logged_in(client, member_of(role))

        assert client.get(ADD).status_code == status
