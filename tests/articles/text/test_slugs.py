"""Slugs from titles."""

import pytest

from articles.text.slugs import slug_from

# Also what the browser is asked, in tests/browser/test_slugs.py.
TABLE = [
    ("Il ruolo dell’immunoterapia", "il-ruolo-dell-immunoterapia"),
    ("L'età d'oro", "l-eta-d-oro"),
    ("C’è un'altra via, nell’80% dei casi", "c-e-un-altra-via-nell-80-dei-casi"),
    ("DELL’IMMUNO", "dell-immuno"),
    ("The patient’s guide: don't, they'll, I’m, we’ve", "the-patients-guide-dont-theyll-im-weve"),
    ("Patients’ rights and a po' di 'virgolette'", "patients-rights-and-a-po-di-virgolette"),
    ("C’era l’s e l’svolta", "c-era-ls-e-l-svolta"),
    ("CAR-T — what’s   next?", "car-t-whats-next"),
    ("Perché, più, già: Ångström & β", "perche-piu-gia-angstrom"),
    ("_sotto_ – linea-", "sotto_-linea"),
    ("免疫", ""),
    ("parole molto lunghe " * 3, "parole-molto-lunghe-parole-molto-lunghe"),
]


LONGEST = 40


@pytest.mark.parametrize(("title", "slug"), TABLE)
def test_parts_elisions_and_keeps_english_endings_together(title, slug):
    assert slug_from(title, LONGEST) == slug
