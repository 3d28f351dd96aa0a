"""Whatever is done in whatever order: what is behind a safety change is held, and nothing else."""

import random
from contextlib import suppress

import pytest

from articles.models import RichText, Severity
from articles.publishing.freezing import read_working_copy
from articles.publishing.raising import NotGraver, raise_severity
from articles.publishing.settling import Decision, settle
from articles.publishing.staleness import stale_columns, standing_of
from articles.publishing.states import versions_of
from articles.publishing.verbs import NotLive, withdraw
from immunoportal import languages
from tests.articles.publishing.test_settling import NOTES, How
from tests.factories import add_block, make_article, make_editor, publish

pytestmark = pytest.mark.django_db

STEPS = 25


def write(article, rng, language):
    block = rng.choice(read_working_copy(article).blocks)
    setattr(block, f"text_{language}", f"<p>{language}: {rng.randrange(3)} mg</p>")
    block.save()


def publish_one(article, rng, language, by):
    publish(article, language, by=by, severity=rng.choice(list(Severity)), notes=NOTES)


def publish_all(article, rng, _language, by):
    publish(article, by=by, severity=rng.choice(list(Severity)), notes=NOTES)


def answer(article, rng, language, by):
    (other,) = languages.others(language)
    standing = standing_of(article)
    stale = standing.stale_parts(language, other)
    if not stale:
        return
    part = rng.choice(stale)
    own, theirs = standing.steps[language][-1], standing.steps[other][-1]
    other_digest, own_digest = (step.digests.get(part.part, "") for step in (theirs, own))
    how = rng.choice([How.STILL_RIGHT, How.MENDED])
    decision = Decision(part.part, theirs.number, other_digest, own_digest, how)
    settle(read_working_copy(article), language, other, [decision], by=by)


def take_down(article, _rng, language, by):
    withdraw(article, language, by=by)


def find_graver(article, rng, language, by):
    edition = rng.choice(article.editions.filter(language=language))
    raise_severity(edition, Severity.SAFETY, by=by, notes=NOTES)


ACTS = [publish_one] * 3 + [publish_all, answer, answer, take_down, find_graver]


@pytest.mark.parametrize("seed", [3, 4])
def test_what_is_behind_a_safety_change_is_held(seed):
    rng, editor, article = random.Random(seed), make_editor(), make_article()
    add_block(article, RichText, ordering=30, text_it="<p>Due.</p>", text_en="<p>Two.</p>")
    publish(article, by=editor)
    for _step in range(STEPS):
        language = rng.choice(languages.codes())
        write(article, rng, language)
        with suppress(NotLive, NotGraver):
            rng.choice(ACTS)(article, rng, language, editor)
        standing = standing_of(article)
        behind = {
            code
            for code in standing.live
            if any(part.severity == Severity.SAFETY for part in standing.all_stale_parts(code))
        }
        held = article.holds.standing().for_safety().filter(language__in=standing.live)
        assert set(held.values_list("language", flat=True)) == behind
        for code, version in versions_of(type(article).objects.get(pk=article.pk)).items():
            columns = stale_columns(standing)[code]
            assert {name: getattr(version, name) for name in columns} == columns
