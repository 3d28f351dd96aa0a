"""The publisher's identity."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from contact.models import Publisher
from contact.models.publisher import vat_number_is_valid
from contact.templatetags.publisher import bare_url, dialled
from immunoportal.languages import text_in

VALID = ["10756900154", "00488410010", "07643520567", "00905811006", "12345678903", "00000000000"]
INVALID = ["10756900155", "01756900154", "10756900145", "12345678901", "00488410011"]


class TestVatNumber:
    @pytest.mark.parametrize("number", VALID)
    def test_with_its_check_digit_is_valid(self, number):
        assert vat_number_is_valid(number)

    @pytest.mark.parametrize("number", INVALID)
    def test_with_another_is_not(self, number):
        assert not vat_number_is_valid(number)

    @pytest.mark.parametrize("position", range(11))
    def test_one_wrong_digit_is_always_found(self, position):
        digits = list("10756900154")

        for digit in set("0123456789") - {digits[position]}:
            wrong = [*digits[:position], digit, *digits[position + 1 :]]
            assert not vat_number_is_valid("".join(wrong))


@pytest.mark.django_db
class TestPublisherClean:
    @pytest.mark.parametrize("number", ["", "10756900154"])
    def test_takes_a_valid_number_or_none(self, number):
        Publisher(name="Effetti srl", vat_number=number).full_clean(exclude=["id"])

    @pytest.mark.parametrize(
        ("number", "message"),
        [
            ("10756900155", "a digit is wrong"),
            ("1075690015", "eleven digits"),
            ("1075690015A", "eleven digits"),
            ("IT107569001", "eleven digits"),
            ("10756900154\n", "11 characters"),
            ("107569001540", "eleven digits"),
        ],
    )
    def test_names_the_field_and_what_is_wrong(self, number, message):
        with pytest.raises(ValidationError) as refusal:
            Publisher(name="Effetti srl", vat_number=number).full_clean(exclude=["id"])

        with translation.override("en"):
            messages = refusal.value.message_dict
        assert list(messages) == ["vat_number"]
        assert message in " ".join(messages["vat_number"])

    def test_raised_digits_are_none(self):
        with pytest.raises(ValidationError) as refusal:
            Publisher(name="x", vat_number="¹²³⁴⁵⁶⁷⁸⁹⁰¹").full_clean(exclude=["id"])

        assert list(refusal.value.message_dict) == ["vat_number"]


class TestPublisher:
    @pytest.mark.parametrize(
        ("fields", "lines"),
        [
            ({}, []),
            ({"city": "Milano"}, ["Milano"]),
            (
                {
                    "street": "Via A 1",
                    "postal_code": "20151",
                    "city": "Milano",
                    "country": "IT",
                },
                ["Via A 1", "20151 Milano", "IT"],
            ),
        ],
    )
    def test_its_address_has_no_empty_lines(self, fields, lines):
        assert Publisher(**fields).postal_address == lines

    def test_its_websites_are_those_it_has(self):
        assert Publisher().websites == []
        assert Publisher(other_website="http://b.example/").websites == ["http://b.example/"]

    @pytest.mark.django_db
    def test_the_portal_starts_with_effetti(self):
        publisher = Publisher.get()

        assert publisher.name == "Effetti srl"
        assert publisher.vat_number == "10756900154"
        assert [text_in(publisher, "country", code) for code in ("it", "en")] == ["Italia", "Italy"]
        publisher.full_clean()


class TestDialled:
    @pytest.mark.parametrize(
        ("printed", "number"),
        [
            ("02.3343281", "+39023343281"),
            ("02 / 334-32 81", "+39023343281"),
            ("+39 02 3343281", "+39023343281"),
            (" +41 91 123 45 67", "+41911234567"),
        ],
    )
    def test_is_what_a_telephone_understands(self, printed, number):
        assert dialled(printed) == number


class TestBareAddress:
    @pytest.mark.parametrize(
        ("url", "printed"),
        [
            ("http://www.effetti.it/", "www.effetti.it"),
            ("https://example.org/a/b/", "example.org/a/b"),
        ],
    )
    def test_is_what_is_printed(self, url, printed):
        assert bare_url(url) == printed
