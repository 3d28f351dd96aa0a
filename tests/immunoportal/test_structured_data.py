"""The nodes of structured data that every page has, and those for any app."""

import json
from types import SimpleNamespace

import pytest
from django.urls import NoReverseMatch
from django.utils import translation

from immunoportal import registry, structured_data

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"


def publisher(**fields):
    empty = dict.fromkeys(("street", "postal_code", "city", "country", "email", "vat_number"), "")
    return SimpleNamespace(**{"name": "Effetti srl", "websites": []} | empty | fields)


class TestEncoded:
    def test_ends_no_script_and_says_the_same(self):
        node = {"name": "</script><!-- & \u2028\u2029 “è”"}

        encoded = structured_data.encoded([node, node])

        assert not set("<>&\u2028\u2029") & set(encoded)
        assert "“è”" in encoded
        assert json.loads(f"[{encoded}]") == [node, node]


class TestOrganization:
    def test_says_what_the_footer_does(self):
        node = structured_data.organization(
            publisher(
                street="Via Giorgini 16", postal_code="20151", city="Milano", country="Italia",
                email="effetti@effetti.it", vat_number="10756900154",
                websites=["http://www.effetti.it/", "http://www.makevent.it/"],
            ),
            "+39023343281",
        )  # fmt: skip

        assert node == {
            "@type": "Organization",
            "@id": f"{SITE}/#publisher",
            "name": "Effetti srl",
            "url": "http://www.effetti.it/",
            "sameAs": ["http://www.makevent.it/"],
            "address": {
                "@type": "PostalAddress",
                "streetAddress": "Via Giorgini 16",
                "postalCode": "20151",
                "addressLocality": "Milano",
                "addressCountry": "Italia",
            },
            "telephone": "+39023343281",
            "email": "effetti@effetti.it",
            "vatID": "IT10756900154",
        }

    def test_leaves_out_what_nobody_has_filled_in(self):
        assert structured_data.organization(publisher(), "") == {
            "@type": "Organization",
            "@id": f"{SITE}/#publisher",
            "name": "Effetti srl",
        }

    def test_names_the_pages_about_the_site_that_there_are(self, monkeypatch):
        pages = {("funding", "it"): "/it/informazioni/finanziamento/"}
        monkeypatch.setattr(registry, "site_page_url", lambda *about: pages.get(about))

        node = structured_data.organization(publisher(), "")

        assert node["ownershipFundingInfo"] == f"{SITE}/it/informazioni/finanziamento/"
        assert not {"publishingPrinciples", "correctionsPolicy"} & set(node)


class TestWebsite:
    @pytest.mark.parametrize("has_search", [False, True])
    def test_has_a_search_where_there_is_one(self, monkeypatch, has_search):
        def reverse(name):
            if name == "articles:search" and not has_search:
                raise NoReverseMatch
            return {"articles:home": "/it/", "articles:search": "/it/cerca/"}[name]

        monkeypatch.setattr(structured_data, "reverse", reverse)

        node = structured_data.website()

        assert (node["url"], node["inLanguage"]) == (f"{SITE}/it/", ["it", "en"])
        action = {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": f"{SITE}/it/cerca/?q={{search_term_string}}",
            },
        }
        assert node.get("potentialAction") == (action if has_search else None)


class TestDefinedTerms:
    def test_of_a_set_name_their_pages(self):
        with translation.override("en"):
            node = structured_data.defined_term_set(
                "/en/glossary/", "Glossary", "", [("T cell", "/en/glossary/t-cell/")]
            )

        assert node == {
            "@type": "DefinedTermSet",
            "@id": f"{SITE}/en/glossary/#terms",
            "url": f"{SITE}/en/glossary/",
            "name": "Glossary",
            "inLanguage": "en",
            "hasDefinedTerm": [
                {
                    "@type": "DefinedTerm",
                    "@id": f"{SITE}/en/glossary/t-cell/#term",
                    "name": "T cell",
                    "url": f"{SITE}/en/glossary/t-cell/",
                }
            ],
        }

    def test_lead_to_their_set_and_to_the_same_in_other_languages(self):
        node = structured_data.defined_term(
            "/it/glossario/linfocita-t/", "Linfocita T", "Un globulo bianco.",
            of="/it/glossario/", aliases=["cellula T"],
            translations={"it": "/it/glossario/linfocita-t/", "en": "/en/glossary/t-cell/"},
        )  # fmt: skip

        assert node == {
            "@type": "DefinedTerm",
            "@id": f"{SITE}/it/glossario/linfocita-t/#term",
            "url": f"{SITE}/it/glossario/linfocita-t/",
            "name": "Linfocita T",
            "alternateName": ["cellula T"],
            "description": "Un globulo bianco.",
            "inDefinedTermSet": {"@id": f"{SITE}/it/glossario/#terms"},
            "sameAs": [f"{SITE}/en/glossary/t-cell/#term"],
        }
