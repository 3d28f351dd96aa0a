"""What readers have said, as the desk shows it: the sentences, and the report of the answers."""

import csv
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.desk.feedback_chart import BOTTOM, TOP, Answers, chart_of
from articles.models import Article, Edition, FeedbackCount, FeedbackSentence
from immunoportal.audit.models import Act, AuditEntry
from tests.articles.desk.steps import change_url
from tests.factories import logged_in, make_article, make_editor, member_of, publish, staff_with
from tests.pages import Element, links_of, page_of

pytestmark = pytest.mark.django_db

LIST = reverse("admin:articles_feedbacksentence_changelist")
REPORT = reverse("admin:articles_feedbacksentence_report")
TABLE = reverse("admin:articles_feedbacksentence_table")


@pytest.fixture(scope="class")
def shared_article(shared_rows) -> Article:
    article = make_article(title_it="Il melanoma", slug_it="melanoma", title_en="Melanoma")
    publish(article)
    Article.objects.filter(pk=article.pk).update(lead_it="Corretto.")
    publish(article, "it", notes={"it": "Più chiaro."})
    return article


@pytest.fixture
def article(shared_article) -> Article:
    return Article.objects.get(pk=shared_article.pk)


@pytest.fixture
def editor_client(client):
    return logged_in(client, member_of("Editors"))


def of_article(article: Article) -> str:
    return reverse("admin:articles_feedbacksentence_article", args=[article.pk])


def count(language: str, helpful: int, unhelpful: int, *, number=1, ago=0) -> None:
    FeedbackCount.objects.create(
        edition=Edition.objects.get(language=language, number=number),
        day=timezone.localdate() - timedelta(days=ago),
        helpful=helpful,
        unhelpful=unhelpful,
    )


def add(text: str, language="it", **fields) -> FeedbackSentence:
    edition = Edition.objects.filter(language=language).latest("number")
    defaults = {"day": timezone.localdate(), "is_helpful": False}
    return FeedbackSentence.objects.create(edition=edition, text=text, **defaults | fields)


def listed(client, query="") -> list[str]:
    page = page_of(client.get(f"{LIST}{query}"))
    return [cell.words for cell in page.all("th", class_="field-text")]


def rows(table: Element) -> list[list[str]]:
    body = table.one("tbody")
    return [[cell.words for cell in row.children if cell != "\n"] for row in body.all("tr")]


def act(client, action: str, *sentences: FeedbackSentence, **more):
    chosen = [sentence.pk for sentence in sentences]
    return client.post(LIST, {"action": action, "_selected_action": chosen} | more)


@pytest.mark.usefixtures("article")
class TestSentences:
    def test_are_listed_with_the_newest_first_and_filtered(self, editor_client, article):
        add("Prima.", day=timezone.localdate() - timedelta(days=1))
        add("Seconda.", is_done=True)
        add("Third.", "en", is_helpful=True)

        assert listed(editor_client) == ["Third.", "Seconda.", "Prima."]
        assert links_of(page_of(editor_client.get(LIST)))["Melanoma"] == of_article(article)
        assert listed(editor_client, "?state=new") == ["Third.", "Prima."]
        assert listed(editor_client, "?is_helpful__exact=1") == ["Third."]
        assert listed(editor_client, f"?article={article.pk}&language=it") == ["Seconda.", "Prima."]
        for nothing in ("?article=0", "?article=x", "?article=" + "9" * 40, "?language=xx"):
            assert listed(editor_client, nothing) == []

    def test_are_marked_as_done_and_as_new_again(self, editor_client):
        first, second = add("Prima."), add("Seconda.", is_done=True)

        act(editor_client, "mark_done", first, second)
        assert not FeedbackSentence.objects.new().exists()

        act(editor_client, "mark_new", second)
        assert list(FeedbackSentence.objects.new()) == [second]

    def test_can_be_deleted_which_is_recorded(self, editor_client):
        first, second = add("Sono Anna."), add("Sono Ugo.")
        url = reverse("admin:articles_feedbacksentence_delete", args=[first.pk])

        assert editor_client.post(url, {"post": "yes"}).status_code == 302
        act(editor_client, "delete_selected", second, post="yes")

        assert not FeedbackSentence.objects.exists()
        entries = AuditEntry.objects.filter(act=Act.ERASED, kind="articles.feedbacksentence")
        assert [entry.detail for entry in entries] == [{}, {}]

    def test_are_opened_without_a_way_to_rewrite_them(self, editor_client):
        sentence = add("<b>Prima</b>")
        url = reverse("admin:articles_feedbacksentence_change", args=[sentence.pk])

        assert "&lt;b&gt;Prima&lt;/b&gt;" in editor_client.get(url).text
        editor_client.post(url, {"text": "Altra", "is_done": "on"})

        sentence.refresh_from_db()
        assert (sentence.text, sentence.is_done) == ("<b>Prima</b>", True)

    def test_are_exported_and_act_as_no_formula(self, editor_client):
        sentence = add('=HYPERLINK("http://x.example")')

        response = act(editor_client, "export_as_csv", sentence)

        [_header, row] = csv.reader(response.text.lstrip("\ufeff").splitlines())
        assert row[1:] == ["it", "Il melanoma", "2", "no", f"'{sentence.text}", "no"]
        assert AuditEntry.objects.filter(act=Act.EXPORTED).count() == 1

    def test_that_are_new_wait_on_the_first_page(self, editor_client):
        assert "new sentence" not in editor_client.get("/admin/").text
        add("Prima.")
        add("Seconda.", is_done=True)

        page = page_of(editor_client.get("/admin/"))

        assert links_of(page)["1 new sentence from readers"] == f"{LIST}?state=new"

    def test_are_for_authors_to_read(self, client):
        sentence = add("Prima.")
        author = logged_in(client, member_of("Authors"))

        assert listed(author) == ["Prima."]
        act(author, "mark_done", sentence)
        act(author, "delete_selected", sentence, post="yes")

        assert list(FeedbackSentence.objects.new()) == [sentence]
        assert "new sentence" not in author.get("/admin/").text


@pytest.mark.usefixtures("article")
class TestReport:
    def test_shows_where_most_say_no_first(self, editor_client, article):
        count("it", 3, 1)
        count("it", 0, 1, number=2)
        count("en", 1, 0)
        count("en", 50, 50, ago=400)
        add("Prima.")

        page = page_of(editor_client.get(REPORT))

        assert rows(page.one("table", class_="feedback-pages")) == [
            ["Il melanoma", "Italian", "3", "2", "60 % (3 of 5)", "1"],
            ["Melanoma", "English", "1", "0", "100 % (1 of 1)", "0"],
        ]
        assert "yes: 67 % (4 of 6)" in page.one("main").words
        assert links_of(page)["1"] == f"{LIST}?article={article.pk}&language=it&state=new"

    def test_of_an_article_tells_whether_an_edition_made_it_better(self, editor_client, article):
        count("it", 1, 3, ago=1)
        count("it", 4, 0, number=2)

        response = editor_client.get(of_article(article))

        page = page_of(response)
        [numbers, editions] = page.all("table")
        assert [row[:1] + row[2:] for row in rows(editions)] == [
            ["no. 2", "4", "0", "100 % (4 of 4)", "Più chiaro."],
            ["no. 1", "1", "3", "25 % (1 of 4)", "–"],
        ]
        assert len(rows(numbers)) == 12
        chart = page.one("svg", role="img")
        names = [page.one(kind, id=name).words for kind, name in zip(
            ("title", "desc"), chart["aria-labelledby"].split(), strict=True
        )]  # fmt: skip
        assert names[0] == "Answers of readers of the page in Italian, by month"
        assert "62 % (5 of 8)" in names[1]
        assert "style=" not in response.text

    def test_says_so_when_nobody_has_answered(self, editor_client, article):
        assert "No reader has answered" in page_of(editor_client.get(REPORT)).one("main").words
        assert "No reader of this article" in editor_client.get(of_article(article)).text
        assert "No reader has left a sentence" in editor_client.get(LIST).text

        count("it", 1, 0, ago=500)

        words = page_of(editor_client.get(of_article(article))).one("main").words
        assert "Nobody has answered in the last twelve months." in words

    def test_is_exported_by_month_and_edition(self, editor_client):
        count("it", 1, 3)
        count("it", 4, 0, number=2)

        response = editor_client.get(TABLE)

        month = f"{timezone.localdate():%Y-%m}"
        assert list(csv.reader(response.text.lstrip("\ufeff").splitlines()))[1:] == [
            [month, "it", "Il melanoma", "1", "1", "3"],
            [month, "it", "Il melanoma", "2", "4", "0"],
        ]

    def test_is_found_from_the_article_and_its_history(self, client, article):
        logged_in(client, make_editor())
        history = reverse("admin:articles_article_history", args=[article.pk])

        for url in (change_url(article), history, LIST):
            links = links_of(page_of(client.get(url))).values()
            assert (REPORT if url == LIST else of_article(article)) in links

    @pytest.mark.parametrize(
        ("codenames", "status"),
        [
            (["view_article"], 403),
            (["view_feedbacksentence"], 403),
            (["view_article", "view_feedbacksentence"], 200),
        ],
    )
    def test_is_for_those_who_may_see_articles(self, client, article, codenames, status):
        logged_in(client, staff_with(*codenames))

        asked = [client.get(url).status_code for url in (REPORT, TABLE, of_article(article))]

        assert asked == [status] * 3

    def test_of_no_article_is_not_found(self, editor_client):
        for number in ("0", "9" * 30):
            assert editor_client.get(f"{REPORT}{number}/").status_code == 404
        assert editor_client.get(f"{REPORT}?p=x").status_code == 200
        assert editor_client.post(REPORT).status_code == 405


class TestChart:
    def test_shows_the_twelve_months_up_to_today(self):
        chart = chart_of([(date(2026, 2, 1), 3, 1), (date(2026, 1, 1), 40, 13)], date(2026, 2, 28))

        assert [month.first for month in chart.months][::11] == [date(2025, 3, 1), date(2026, 2, 1)]
        assert [month.answers for month in chart.months][8:] == [
            Answers(), Answers(), Answers(40, 13), Answers(3, 1)
        ]  # fmt: skip
        assert [line.answers for line in chart.lines] == [0, 30, 60]
        january = chart.bars[10]
        assert january.year == "2026"
        assert january.helpful_y + january.helpful_height == BOTTOM
        assert january.unhelpful_y + january.unhelpful_height == january.helpful_y
        assert round((BOTTOM - january.unhelpful_y) / (BOTTOM - TOP) * 60) == 53

    def test_of_nothing_has_its_lines(self):
        assert [line.answers for line in chart_of([], date(2026, 2, 28)).lines] == [0, 1, 2]
