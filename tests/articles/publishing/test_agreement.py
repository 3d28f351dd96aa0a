"""What is behind in another language: random histories against a model, and the single rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from articles.models import Severity
from articles.models.settlements import WHOLE
from articles.publishing.agreement import Settled, Step, stale_parts

PARTS = ("title", "a", "b")
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


class History:
    """What is done to a page and to that of another language, and the rows that it leaves."""

    def __init__(self):
        self.ours, self.theirs, self.settled = [], [], []

    def publish(self, pages, texts, severity=None):
        number = len(pages) + 1
        moment = BEGINNING + timedelta(days=len(self.ours) + len(self.theirs))
        digests = {part: text for part, text in zip(PARTS, texts, strict=True) if text}
        pages.append(Step(number, severity, moment, digests))

    def settle(self, part, own_digest=None, *, later=0):
        """As what is live, or as what comes later."""
        own = self.ours[-1].digests.get(part, "") if own_digest is None else own_digest
        self.settled.append(Settled(part, len(self.theirs), own, len(self.ours) + later))

    def stale(self):
        return stale_parts(self.ours, self.theirs, self.settled)


def begun():
    """Both pages have one edition, and agree."""
    history = History()
    history.publish(history.ours, ("T", "A", "B"))
    history.publish(history.theirs, ("t", "a", "b"))
    history.settle(WHOLE, "")
    return history


class Model:
    """The rules once more, for one part, told as what happens rather than as what is stored."""

    def __init__(self, own, other):
        self.own, self.others = own, [other]
        self.agrees = {own: 0}  # by each text of ours, the place of theirs that it agrees with
        self.mended = {}
        self.severities = [0]

    def they_publish(self, text, severity):
        self.severities.append(severity if text != self.others[-1] else 0)
        self.others.append(text)

    def we_publish(self, text):
        before = self.agrees[self.own]
        self.own = text
        known = self.agrees.get(text, before)
        self.agrees[text] = max(known, self.mended.get(text, 0))

    def still_right(self):
        self.agrees[self.own] = len(self.others) - 1

    def mend(self, text):
        self.mended[text] = len(self.others) - 1

    @property
    def severity(self):
        base = self.agrees[self.own]
        if self.others[-1] in (self.others[base], self.own):
            return None
        gravest = max(self.severities[base + 1 :])
        return gravest if gravest >= Severity.SUBSTANTIVE else None


text = some.sampled_from(["", "a", "b", "c"])
texts = some.tuples(*[text] * len(PARTS))
part = some.sampled_from(PARTS)
act = some.one_of(
    some.tuples(some.just("they publish"), texts, some.sampled_from(Severity)),
    some.tuples(some.just("we publish"), texts),
    some.tuples(some.just("we restore"), some.integers(0, 9)),
    some.tuples(some.just("still right"), part),
    some.tuples(some.just("mend"), part, text),
)


@given(some.lists(act, max_size=14))
def test_the_answer_is_that_of_the_model(acts):
    history = begun()
    models = {
        part: Model(own, other)
        for part, own, other in zip(PARTS, ("T", "A", "B"), ("t", "a", "b"), strict=True)
    }
    for verb, *told in acts:
        match verb, *told:
            case "they publish", texts, severity:
                if dict(zip(PARTS, texts, strict=True)) == {
                    part: model.others[-1] for part, model in models.items()
                }:
                    continue  # what changes none of the parts has a test of its own
                history.publish(history.theirs, texts, severity)
                for model, text in zip(models.values(), texts, strict=True):
                    model.they_publish(text, severity)
            case "we publish", texts:
                history.publish(history.ours, texts, Severity.TYPO)
                for model, text in zip(models.values(), texts, strict=True):
                    model.we_publish(text)
            case "we restore", place:
                step = history.ours[place % len(history.ours)]
                texts = [step.digests.get(part, "") for part in PARTS]
                history.publish(history.ours, texts, Severity.TYPO)
                for model, text in zip(models.values(), texts, strict=True):
                    model.we_publish(text)
            case "still right", part:
                history.settle(part)
                models[part].still_right()
            case "mend", part, text:
                history.settle(part, text, later=1)
                models[part].mend(text)
    expected = {part: model.severity for part, model in models.items() if model.severity}
    assert {stale.part: stale.severity for stale in history.stale()} == expected


class TestTheRules:
    def test_a_typing_error_makes_nothing_stale(self):
        history = begun()
        history.publish(history.theirs, ("t", "x", "b"), Severity.TYPO)
        assert history.stale() == []

    def test_the_gravest_change_since_counts_and_the_first_grave_one_dates_it(self):
        history = begun()
        for text, severity in [
            ("x", Severity.MINOR),
            ("y", Severity.SUBSTANTIVE),
            ("z", Severity.SAFETY),
            ("w", Severity.TYPO),
        ]:
            history.publish(history.theirs, ("t", text, "b"), severity)
        (stale,) = history.stale()
        assert (stale.part, stale.severity) == ("a", Severity.SAFETY)
        assert stale.since == history.theirs[2].moment
        assert (stale.base, stale.number) == (1, 5)

    def test_a_change_of_no_part_asks_nothing(self):
        history = begun()
        history.publish(history.theirs, ("t", "a", "b"), Severity.SAFETY)
        assert history.stale() == []

    def test_what_is_meant_for_one_language_asks_nothing_but_of_safety(self):
        history = begun()
        for severity, stale in [(Severity.SUBSTANTIVE, []), (Severity.SAFETY, ["only"])]:
            history.publish(history.theirs, ("t", "a", "b"), severity)
            step = history.theirs[-1]
            more = {**step.digests, "only": severity.name}
            history.theirs[-1] = replace(step, digests=more, only_here=frozenset({"only"}))
            assert [each.part for each in history.stale()] == stale
        history.settle("only")
        assert history.stale() == []

    def test_what_was_mended_counts_once_it_is_live(self):
        history = begun()
        history.publish(history.theirs, ("t", "x", "b"), Severity.SAFETY)
        history.settle("a", "X", later=1)
        assert history.stale()
        history.publish(history.ours, ("T", "X", "B"))
        assert history.stale() == []

    def test_text_that_both_languages_share_agrees_by_itself(self):
        history = begun()
        history.publish(history.theirs, ("t", "a", "same"), Severity.SUBSTANTIVE)
        assert history.stale()
        history.publish(history.ours, ("T", "A", "same"))
        assert history.stale() == []

    def test_nothing_is_behind_where_there_is_one_language(self):
        history = History()
        history.publish(history.ours, ("T", "A", "B"))
        assert history.stale() == []
