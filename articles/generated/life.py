"""The life of an article that is not stored yet: what saving, publishing and withdrawing leave.

Twin of ``articles.publishing.verbs``, for articles that are made by the batch.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import permutations
from typing import Any

from django.utils import timezone

from articles.models import (
    Correction,
    Edition,
    EditionSource,
    Event,
    Hold,
    Image,
    LanguageVersion,
    Settlement,
    Severity,
)
from articles.models.editions import EditionImage, is_valid_at
from articles.models.language_versions import NAMES
from articles.publishing.corrections import of_edition, of_hold
from articles.publishing.freezing import WorkingCopy, files_of, freeze
from articles.publishing.staleness import Standing, stale_columns, step_of
from articles.publishing.states import repeated
from immunoportal import languages
from immunoportal.actors import User
from immunoportal.audit import Act, AuditEntry
from immunoportal.audit.models import KEPT

ACTS = {Event.Verb.PUBLISHED: Act.PUBLISHED, Event.Verb.WITHDRAWN: Act.WITHDRAWN}


@dataclass
class Life:
    """An article, and the rows that tell what was done with it, in order.

    Attributes:
        copy: the working copy as it is now.
        by: who does all of it.
        frozen: by language, the edition that publishing would make now.
    """

    copy: WorkingCopy
    by: User
    frozen: dict[str, Edition] = field(default_factory=dict)
    editions: list[Edition] = field(default_factory=list)
    images: list[EditionImage] = field(default_factory=list)
    sources: list[EditionSource] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def save(self, at: datetime, *changed: dict[str, str]) -> None:
        """Keep the working copy as it is now.

        Args:
            changed: see ``articles.desk.history``.
        """
        article = self.copy.article
        is_new = not article.version
        article.version += 1
        article.changed_at = at
        if is_new:
            article.created_at = at
        self.frozen = {language: freeze(self.copy, language) for language in languages.codes()}
        verb = Event.Verb.CREATED if is_new else Event.Verb.SAVED
        self._tell(verb, at, detail={"changed": list(changed)})

    def publish(
        self,
        at: datetime,
        chosen: Iterable[str],
        *,
        severity: Severity = Severity.MINOR,
        notes: Mapping[str, str] | None = None,
        begins: datetime | None = None,
    ) -> None:
        """Publish what was saved last, to be read from ``at``, or from when it ``begins``."""
        begins = begins or at
        for language in chosen:
            edition = self.frozen[language]
            earlier = self._newest(language)
            if earlier:
                earlier.valid_until = begins
            edition.number = earlier.number + 1 if earlier else 1
            edition.valid_from = begins
            edition.first_published_at = earlier.first_published_at if earlier else begins
            edition.published_by = self.by
            edition.severity = severity if earlier else None
            edition.change_note = (notes or {}).get(language, "")
            self.editions.append(edition)
            self.images += [
                EditionImage(edition=edition, image=file)
                for file in files_of(self.copy, language)
                if isinstance(file, Image)
            ]
            self.sources += [
                EditionSource(edition=edition, source=line.source) for line in self.copy.citations
            ]
            self._tell(Event.Verb.PUBLISHED, at, edition, reason=edition.change_note)

    def withdraw(self, at: datetime, chosen: Iterable[str], notes: Mapping[str, str]) -> None:
        """End the newest editions, which are live."""
        for language in chosen:
            edition = self._newest(language)
            assert edition is not None
            edition.valid_until = at
            edition.withdrawn_by = self.by
            edition.withdrawal_note = notes[language]
            self._tell(Event.Verb.WITHDRAWN, at, edition, reason=edition.withdrawal_note)

    def hold(self, at: datetime, language: str, sentence: str) -> None:
        """Have the newest page carry a notice: that of the other language is about safety."""
        page = self._newest(language)
        assert page is not None
        cause = self.editions[-1]
        self.holds.append(
            Hold(
                article=self.copy.article,
                language=language,
                edition=page,
                sentence=sentence,
                cause=cause,
                began_at=at,
                began_by=self.by,
            )
        )
        kind = Hold.Kind.NOTICE.value
        self._tell(Event.Verb.HELD, at, page, reason=sentence, detail={"kind": kind})

    def settlements(self) -> Iterator[Settlement]:
        """Yield what has each two languages begin to agree: they were first published together."""
        first = [edition for edition in self.editions if edition.number == 1]
        for own, other in permutations(first, 2):
            yield Settlement(
                article=self.copy.article,
                language=own.language,
                edition=other,
                own_number=own.number,
                how=Settlement.How.TRANSLATED,
                at=own.valid_from,
                by=self.by,
            )

    def corrections(self) -> Iterator[Correction]:
        """Yield what readers are told of the editions, which must be stored, and of the holds."""
        yield from filter(None, map(of_edition, self.editions))
        yield from (of_hold(hold, hold.edition) for hold in self.holds if hold.edition)

    def versions(self) -> Iterator[LanguageVersion]:
        """Yield the language versions, with all that they repeat of other rows."""
        stale = stale_columns(self._standing())
        for language, frozen in self.frozen.items():
            editions = (edition for edition in self.editions if edition.language == language)
            yield LanguageVersion(
                article=self.copy.article,
                language=language,
                text_digest=frozen.text_digest,
                page_digest=frozen.page_digest,
                **repeated({name: getattr(row, name) for name in NAMES} for row in editions),
                **stale[language],
            )

    def audit_entries(self) -> Iterator[AuditEntry]:
        """Yield the entries of the audit log that are still kept; the editions and holds must be
        stored."""
        oldest = timezone.now() - KEPT
        for event in self.events:
            act = ACTS.get(Event.Verb(event.verb))
            if act and event.edition and event.at > oldest:
                detail = {"language": event.language, "edition": event.edition.number}
                yield self._audit(act, event.at, event.edition, detail)
        for hold in self.holds:
            if hold.began_at > oldest:
                detail = {"language": hold.language, "kind": hold.kind}
                yield self._audit(Act.HELD, hold.began_at, hold, detail)

    def _audit(
        self, act: Act, at: datetime, about: Edition | Hold, detail: dict[str, Any]
    ) -> AuditEntry:
        kind, number = about._meta.label_lower, str(about.pk)
        return AuditEntry(act=act, at=at, by=self.by, kind=kind, number=number, detail=detail)

    def _standing(self) -> Standing:
        now = timezone.now()
        begun = [edition for edition in self.editions if edition.valid_from <= now]
        steps = defaultdict(list)
        for edition in begun:
            edition.raised_to = None
            steps[edition.language].append(step_of(edition))
        live = {
            edition.language
            for edition in begun
            if is_valid_at(now, edition.valid_from, edition.valid_until)
        }
        standing = Standing(steps, {}, live, defaultdict(list))
        for row in self.settlements():
            standing.add(row)
        return standing

    def _newest(self, language: str) -> Edition | None:
        return next((each for each in reversed(self.editions) if each.language == language), None)

    def _tell(
        self, verb: Event.Verb, at: datetime, edition: Edition | None = None, **fields: Any
    ) -> None:
        self.events.append(
            Event(
                article=self.copy.article,
                verb=verb,
                at=at,
                by=self.by,
                edition=edition,
                language=edition.language if edition else "",
                **fields,
            )
        )
