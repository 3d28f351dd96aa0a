"""The search of a language: what a page of results shows, and what is suggested meanwhile.

What is wanted in the title comes before what is wanted in the lead, in headings and in the text;
among equals the fresh comes first. Where no page has all that is wanted, mistyped words are mended,
and then fewer words are wanted.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, combinations
from operator import itemgetter

from django.db.models import F, Q
from django.utils.html import escape
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from rapidfuzz.distance import OSA

from articles.models import Edition, SearchEntry, SearchWord, Term, Topic, searches_in_vain
from articles.models.search_words import AllOf, AnyOf, Level, Phrase, Tier, Wish, ranked
from articles.publishing.search_index import KINDS, kind_mark, topic_mark
from articles.reading import pages
from articles.reading.glossary import Entry, glossary_in
from articles.reading.holds import findable, listed, set_holds
from articles.text.excerpts import Pieces, excerpt, marked
from articles.text.search_query import (
    MOST_CHARACTERS,
    MOST_WORDS,
    Query,
    Synonyms,
    Wanted,
    opening,
    parse,
    phrase_of,
    subject,
    synonyms_of,
    with_words,
)
from articles.text.stemming import stem, stop_words, words_of
from immunoportal import languages
from immunoportal.publication import clock
from immunoportal.text import clean_line

PER_PAGE = 12
# So far results are counted, and shown.
MOST = 1000
LAST_PAGE = -(-MOST // PER_PAGE)
# Of many words, any is enough where no page has all but one.
MOST_COMBINED = 4

# A mistyped word has so many letters, and of so many at most one is wrong; so many are mended.
_SHORTEST_MISTYPED = 4
_ONE_WRONG = 7
_MOST_WRONG = 2
_MOST_MISTYPED = 4
_MOST_CANDIDATES = 10_000

# Letters that have to be typed before anything is suggested.
_SHORTEST_BEGINNING = 3
_TITLES, _TERMS = 6, 3


@dataclass
class Result:
    """A page that was found.

    Attributes:
        title: with what is looked for marked.
        excerpt: the part of its text that says most of it; of its lead where nothing does.
    """

    edition: Edition
    title: SafeString
    excerpt: SafeString


@dataclass
class Results:
    """What a page of results shows.

    Attributes:
        asked: what was typed.
        query: how that was understood.
        topic, kind: what it was narrowed down to.
        total: how many pages were found, counted up to ``MOST``.
        number: of the page of results.
        mended: what was looked for in the place of mistyped words; else empty.
        is_partial: whether no page has all of the words.
        term: the one that was asked for by its name, as the glossary explains it.
    """

    asked: str
    query: Query
    topic: Topic | None
    kind: str
    rows: list[Result] = field(default_factory=list)
    total: int = 0
    number: int = 1
    mended: str = ""
    is_partial: bool = False
    term: Entry | None = None

    @property
    def is_more(self) -> bool:
        return self.total > MOST

    @property
    def shown(self) -> int:
        """How many pages can be shown."""
        return min(self.total, MOST)

    @property
    def last(self) -> int:
        return -(-self.shown // PER_PAGE)

    def address(self, *, number: int = 1, **other: str) -> str:
        """Return the address of another page of these results, or of others for the same words."""
        narrowed = {"topic": self.topic.slug if self.topic else "", "kind": self.kind} | other
        said = {"q": self.asked, **narrowed, "page": number if number > 1 else ""}
        return "?" + urlencode({name: value for name, value in said.items() if value})

    @property
    def previous_url(self) -> str:
        return self.address(number=self.number - 1) if self.number > 1 else ""

    @property
    def next_url(self) -> str:
        return self.address(number=self.number + 1) if self.number < self.last else ""

    @property
    def wider_url(self) -> str:
        """The address of the same search, narrowed down to nothing."""
        return self.address(topic="", kind="") if self.topic or self.kind else ""

    @property
    def mended_url(self) -> str:
        return "?" + urlencode({"q": self.mended})


def search(
    asked: str, language: str, *, topic: str = "", kind: str = "", page: str = ""
) -> Results:
    """Look for what somebody has typed.

    Args:
        asked: whatever it is.
        topic: the slug of a topic, to which it is narrowed down; one that is none is left out.
        kind: likewise one of ``KINDS``.
        page: the number of a page of results; the nearest one is shown.
    """
    asked = clean_line(asked)
    query = parse(asked, _stemmer(language), synonyms(language))
    chosen = next((t for t in pages.topics_with_articles(language) if t.slug == topic), None)
    results = Results(asked, query, chosen, kind if kind in KINDS else "")
    if not query.wanted:
        return results
    number = min(max(int(page), 1), LAST_PAGE) if page.isascii() and page.isdigit() else 1
    look = partial(_look, language=language, results=results, number=number)
    found, results.total = look(_tiers(query, _stemmer(language)))
    if not results.total:
        found = _look_for_less(language, results, look)
    results.number = max(1, min(number, results.last))
    if results.number == 1:
        results.term = _term(query, language) or _term(results.query, language)
    start = (results.number - 1) * PER_PAGE
    results.rows = _read(found[start : start + PER_PAGE], results.query, language)
    return results


Look = Callable[[Sequence[Tier]], tuple[list[int], int]]


def _look(
    tiers: Sequence[Tier], *, language: str, results: Results, number: int
) -> tuple[list[int], int]:
    marks = [topic_mark(results.topic.pk)] if results.topic else []
    marks += [kind_mark(results.kind)] if results.kind else []
    rows = findable(SearchEntry.objects.live().public(), language)
    wanted = min(number * PER_PAGE, MOST)
    return ranked(tiers, marks, language, rows, wanted=wanted, most=MOST)


def _look_for_less(language: str, results: Results, look: Look) -> list[int]:
    """Look for what was meant, or for some of the words; note what was looked for in vain."""
    query = results.query
    mended = _mended(results.asked, query, language)
    if mended:
        meant = parse(mended, _stemmer(language), synonyms(language))
        found, results.total = look(_tiers(meant, _stemmer(language)))
        if results.total:
            results.query, results.mended = meant, mended
            return found
        query = meant
    if not (results.topic or results.kind):
        searches_in_vain.note(results.asked, language)
    if len(query.wanted) < 2:
        return []
    found, results.total = look(list(_lesser_tiers(query)))
    results.query, results.is_partial = query, bool(results.total)
    return found


def _stemmer(language: str) -> str:
    return languages.TABLE[language].stemmer


def synonyms(language: str) -> Synonyms:
    """Return which names of the glossary mean the same in a language."""
    return clock.remember(("synonyms", language), lambda: _synonyms(language))


def _synonyms(language: str) -> Synonyms:
    others = languages.others(language)
    return synonyms_of(
        (
            (term.names_in(language), [name for code in others for name in term.names_in(code)])
            for term in Term.objects.only(*languages.localized("term", "aliases"))
        ),
        _stemmer(language),
    )


# What the glossary explains


def _term(query: Query, language: str) -> Entry | None:
    """Return the term of which what is wanted is a name; ``None`` if it is none."""
    if len(query.wanted) != 1:
        return None
    words, stemmer = query.wanted[0].words, _stemmer(language)
    named = clock.remember(("terms by name", language), lambda: _terms_by_name(language))
    return named.get("".join(words)) or named.get("".join(stem(word, stemmer) for word in words))


def _terms_by_name(language: str) -> dict[str, Entry]:
    """Return the terms by their names, written as one word: to the letter before by their stems,
    and by what each is called first before by what else it is called."""
    entries, stemmer = glossary_in(language).entries, _stemmer(language)
    names = [(entry.term, entry) for entry in entries]
    names += [(name, entry) for entry in entries for name in entry.others]
    found: dict[str, Entry] = {}
    for name, entry in names:
        found.setdefault("".join(chain.from_iterable(words_of(name))), entry)
    for name, entry in names:
        found.setdefault("".join(phrase_of(name, stemmer)), entry)
    return found


# How it is looked for


def _wish(wanted: Wanted) -> Wish:
    return AnyOf(
        tuple(
            AllOf(tuple(Phrase(phrase) for phrase in alternative))
            for alternative in wanted.alternatives
        )
    )


def _openings(query: Query, stemmer: str) -> Iterator[Wish]:
    """Yield how to look for titles that are about what is wanted and nothing else, and for those
    that begin with it, as it was typed or under another name."""
    phrases = [tuple(stem(word, stemmer) for each in query.wanted for word in each.words)]
    if len(query.wanted) == 1:
        phrases += [name[0] for name in query.wanted[0].alternatives if len(name) == 1]
    about = dict.fromkeys((subject(phrase, stemmer),) for phrase in phrases)
    begun = dict.fromkeys(opening(phrase, stemmer) for phrase in phrases)
    for each in (about, begun):
        if any(chain.from_iterable(each)):
            yield AnyOf(tuple(Phrase(phrase) for phrase in each if any(phrase)))


def _tiers(query: Query, stemmer: str) -> list[Tier]:
    """Return how to look for all that is wanted, the best place first."""
    wishes = tuple(_wish(wanted) for wanted in query.wanted)
    everything = AllOf(wishes)
    tiers: list[Tier] = [((Level.TITLE, wish),) for wish in _openings(query, stemmer)]
    tiers += [((Level.TITLE, everything),), ((Level.LEAD, everything),)]
    if len(wishes) > 2:
        but_one = AnyOf(tuple(AllOf(some) for some in combinations(wishes, len(wishes) - 1)))
        tiers.append(((Level.TITLE, but_one), (Level.TEXT, everything)))
    if len(wishes) > 1:
        tiers.append(((Level.TITLE, AnyOf(wishes)), (Level.TEXT, everything)))
    return [*tiers, ((Level.HEADINGS, everything),), ((Level.TEXT, everything),)]


def _lesser_tiers(query: Query) -> Iterator[Tier]:
    """Yield how to look for some of what is wanted, the most first."""
    wishes = tuple(_wish(wanted) for wanted in query.wanted)
    most = len(wishes) - 1
    for size in range(most, 0, -1):
        if most >= MOST_COMBINED and 1 < size < most:
            continue
        some = AnyOf(tuple(AllOf(part) for part in combinations(wishes, size)))
        for level in (Level.TITLE, Level.LEAD, Level.HEADINGS, Level.TEXT):
            yield ((level, some),)


# What is shown of what was found


def _read(numbers: Sequence[int], query: Query, language: str) -> list[Result]:
    # The pages of the site are in no list, and are found all the same.
    live = Edition.objects.live().public().in_language(language)
    editions = listed(live).filter(search_entry__in=numbers)
    rows = {
        edition.entry: edition  # type: ignore[attr-defined]
        for edition in editions.for_lists().annotate(
            entry=F("search_entry"), said=F("plain_text"), more=F("search_entry__more")
        )
    }
    found = [rows[number] for number in numbers if number in rows]
    pages.set_topics(found)
    set_holds(found)
    return [_result(edition, query, _stemmer(language)) for edition in found]


def _result(edition: Edition, query: Query, stemmer: str) -> Result:
    phrases = query.phrases
    said: str = edition.said  # type: ignore[attr-defined]  # annotated, and the next one as well
    more: str = edition.more  # type: ignore[attr-defined]
    # The text begins with the title.
    text = said.partition("\n")[2]
    parts = chain([text], more.splitlines())
    shown = next(filter(None, (excerpt(part, phrases, stemmer) for part in parts)), None)
    title = marked(edition.title, phrases, stemmer)
    return Result(edition, _as_html(title), _as_html(shown or [(edition.lead, False)]))


def _as_html(pieces: Pieces) -> SafeString:
    return mark_safe(  # noqa: S308  each piece is escaped
        "".join(
            f"<mark>{escape(text)}</mark>" if is_marked else escape(text)
            for text, is_marked in pieces
        )
    )


# What was meant by mistyped words


def _mended(asked: str, query: Query, language: str) -> str:
    """Return what was typed with the words of the texts that are most like its unknown ones; empty
    where all are known, or nothing is like them."""
    typed = [word for wanted in query.wanted for word in wanted.words]
    typed = [word for word in typed if word.isalpha() and len(word) >= _SHORTEST_MISTYPED]
    stems = {word: stem(word, _stemmer(language)) for word in typed[:_MOST_MISTYPED]}
    if not stems:
        return ""
    like = Q(stem__in=set(stems.values()))
    for word in stems:
        lengths = {"length__range": (len(word) - _wrong(word), len(word) + _wrong(word))}
        like |= Q(beginning=word[0], **lengths) | Q(ending=word[-4:], **lengths)
    rows = SearchWord.objects.filter(like, language=language, editions__gt=0)
    found = list(rows.values_list("word", "folded", "stem", "editions")[:_MOST_CANDIDATES])
    known = {its_stem for _written, _folded, its_stem, _editions in found}
    instead = {}
    for word, its_stem in stems.items():
        if its_stem not in known and (meant := _most_like(word, found)):
            instead[word] = meant
    return with_words(asked, instead) if instead else ""


def _most_like(word: str, candidates: Sequence[tuple[str, str, str, int]]) -> str:
    """Return the word that is most like one, among equals the most frequent; empty if none is."""
    wrong = _wrong(word)
    best: list[tuple[int, int, str]] = []
    for written, folded, _stem, editions in candidates:
        if abs(len(folded) - len(word)) <= wrong:
            distance = OSA.distance(word, folded, score_cutoff=wrong)
            if distance <= wrong:
                best.append((distance, -editions, written))
    return min(best)[2] if best else ""


def _wrong(word: str) -> int:
    return 1 if len(word) <= _ONE_WRONG else _MOST_WRONG


# What is suggested while somebody types


@dataclass(frozen=True)
class Suggestion:
    """What somebody may be about to type, and where it leads."""

    text: str
    url: str


def suggestions(begun: str, language: str) -> list[Suggestion]:
    """Return what begins with what has been typed so far: names of the glossary, and titles."""
    words = [part for parts in words_of(clean_line(begun)[:MOST_CHARACTERS]) for part in parts]
    if not words or len(words) > MOST_WORDS or len(words[-1]) < _SHORTEST_BEGINNING:
        return []
    return [*_terms(" ".join(words), language), *_titles(words, language)]


def _terms(begun: str, language: str) -> Iterator[Suggestion]:
    names = clock.remember(("names of terms", language), lambda: _names_of_terms(language))
    found: dict[str, str] = {}
    for folded, name, entry in names:
        if len(found) < _TERMS and folded.startswith(begun):
            found.setdefault(entry.url, name)
    for url, name in found.items():
        yield Suggestion(name, url)


def _names_of_terms(language: str) -> list[tuple[str, str, Entry]]:
    return sorted(
        (
            (" ".join(chain.from_iterable(words_of(name))), name, entry)
            for entry in glossary_in(language).entries
            for name in (entry.term, *entry.others)
        ),
        key=itemgetter(0),
    )


def _titles(words: Sequence[str], language: str) -> Iterator[Suggestion]:
    stemmer = _stemmer(language)
    *typed, last = words
    telling = [word for word in typed if word not in stop_words(stemmer)]
    begun = AnyOf((Phrase((last,), goes_on=True), Phrase((stem(last, stemmer),))))
    wish = AllOf((*(Phrase((stem(word, stemmer),)) for word in telling), begun))
    rows = findable(SearchEntry.objects.live().public(), language)
    numbers, _total = ranked([((Level.TITLE, wish),)], [], language, rows, wanted=_TITLES, most=0)
    for result in _read(numbers, Query(()), language):
        yield Suggestion(result.edition.title, result.edition.get_absolute_url())
