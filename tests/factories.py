"""Small factories: a test names only what matters to it.

article = make_article(title_it="Solo in italiano", english=False)
publish(article, "it")
"""

import hashlib
import io
import itertools
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)
from PIL import Image as Pillow

from accounts.models import Registration
from articles.files import library as files_library
from articles.files import recordings
from articles.images import library
from articles.models import (
    Article,
    Block,
    Byline,
    Citation,
    Contributor,
    Document,
    Edition,
    Figure,
    Image,
    Player,
    Recording,
    RichText,
    Severity,
    Source,
    Term,
    Topic,
)
from articles.publishing import completeness, freezing, glossary, verbs
from articles.publishing.completeness import Missing
from contact.models import Message, Subject
from immunoportal import mail
from immunoportal.claims import Worker
from immunoportal.mail.ledger import Mail

_count = itertools.count(1)


def make_user(**fields):
    """A user who may do nothing yet, and whose address is confirmed; ``password`` is "correct
    horse battery"."""
    number = next(_count)
    defaults = {"email": f"user{number}@example.org", "password": "correct horse battery"}
    user = get_user_model().objects.create_user(**defaults | fields)
    user.confirm_email()
    return user


def make_editor(**fields):
    """Somebody with every permission."""
    return make_user(**{"is_staff": True, "is_superuser": True} | fields)


def staff_with(*codenames: str):
    """Somebody who may enter the admin, with these permissions and no others."""
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def member_of(*groups: str, **fields):
    """Somebody who may enter the admin, with the roles of these groups."""
    user = make_user(**{"is_staff": True} | fields)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def make_registration(*, state="waiting", user=None, **fields) -> Registration:
    """A health professional's registration; its address is confirmed unless the state says
    otherwise."""
    user = user or make_user(first_name="Paola", last_name="Verdi")
    if state == Registration.State.UNCONFIRMED:
        user.emailaddress_set.update(verified=False)
    defaults: dict[str, Any] = {
        "profession": "physician",
        "order": "OMCeO Milano",
        "province": "Milano",
        "number": f"{next(_count):05d}",
    }
    if state not in (Registration.State.UNCONFIRMED, Registration.State.WAITING):
        defaults["decided_at"] = timezone.now()
    return Registration.objects.create(user=user, state=state, **defaults | fields)


def add_app(user) -> tuple[str, list[str]]:
    """Set up an authenticator app for a user: its secret, and the recovery codes."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret, RecoveryCodes.activate(user).generate_codes()


def add_passkey(user, name="Telefono") -> Authenticator:
    """Give a user a passkey, made as a device would make it, with which nobody can log in."""
    identity = f"passkey {next(_count)}".encode()
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    data = AuthenticatorData.create(
        hashlib.sha256(b"localhost").digest(),
        AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT,
        counter=0,
        credential_data=bytes(AttestedCredentialData.create(Aaguid.NONE, identity, key)),
    )
    client_data = CollectedClientData.create("webauthn.create", b"challenge", "http://localhost")
    credential = {
        "id": websafe_encode(identity),
        "rawId": websafe_encode(identity),
        "type": "public-key",
        "clientExtensionResults": {"credProps": {"rk": True}},
        "response": {
            "clientDataJSON": websafe_encode(client_data),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        },
    }
    return WebAuthn.add(user, name, credential).instance


def logged_in(client, user):
    """A test client in which a user has logged in, and who reads English."""
    user.preferred_language = "en"
    user.save(update_fields=["preferred_language"])
    client.force_login(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def make_topic(**fields) -> Topic:
    number = next(_count)
    defaults = {
        "name_it": f"Argomento {number}",
        "name_en": f"Topic {number}",
        "slug_it": f"argomento-{number}",
        "slug_en": f"topic-{number}",
    }
    return Topic.objects.create(**defaults | fields)


def make_term(term="colite", definition="Un’infiammazione dell’intestino.", **fields) -> Term:
    """A term of the glossary, explained in Italian."""
    return Term.objects.create(**{"term_it": term, "definition_it": definition} | fields)


def change_term(term: Term, **fields: str) -> None:
    """Save a term with other texts."""
    for name, text in fields.items():
        setattr(term, name, text)
    term.save()


def note_terms() -> None:
    """Have the worker note where the terms of the glossary stand."""
    while glossary.note_next():
        pass


def make_contributor(**fields) -> Contributor:
    return Contributor.objects.create(**{"name_it": "Anna Bianchi"} | fields)


def picture_file(
    name="picture.png", size=(64, 40), colour=None, format="PNG", **options
) -> SimpleUploadedFile:
    """An upload with a picture of one colour; a new colour, so a new file, at each call."""
    number = next(_count)
    colour = colour or (number % 256, number // 256 % 256, 120)
    file = io.BytesIO()
    Pillow.new("RGB", size, colour).save(file, format, **options)
    return SimpleUploadedFile(name, file.getvalue(), content_type=f"image/{format.lower()}")


def make_image(*, size=(64, 40), **fields) -> Image:
    return library.add(picture_file(size=size), **{"title": "A picture"} | fields)


def make_document(**fields) -> Document:
    """A file of the library; what is in it is for those who look at it."""
    number = next(_count)
    content = SimpleUploadedFile("leaflet.pdf", f"%PDF-1.7 leaflet {number}".encode())
    defaults: dict[str, Any] = {"title": f"Leaflet {number}", "language": "it", "pages": 4}
    return files_library.add(Document, content, "pdf", **defaults | fields)


def make_recording(*, kind="video", said=("it", "en"), **fields) -> Recording:
    """A recording of the library, and what is said in it in some languages; what is in its file is
    for those who look at it."""
    number = next(_count)
    extension, sides = ("mp4", (96, 54)) if kind == "video" else ("mp3", (0, 0))
    content = SimpleUploadedFile(f"a.{extension}", f"recording {number}".encode())
    defaults: dict[str, Any] = {
        "title": f"Recording {number}", "kind": kind, "language": "it", "milliseconds": 2064,
        "width": sides[0], "height": sides[1],
    }  # fmt: skip
    row = files_library.add(Recording, content, extension, **defaults | fields)
    captions = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nCells\n" if kind == "video" else ""
    for language in said:
        text = f"<p>What is said ({language})</p>"
        recordings.write_down(row, language, text=text, captions=captions, by=None)
    row.refresh_from_db()
    return row


def add_player(article: Article, *, recording=None, ordering=20, **fields) -> Player:
    """A recording in an article, with its title and the poster of a video."""
    recording = recording or make_recording()
    defaults: dict[str, Any] = {"title_it": "Le cellule T", "title_en": "T cells"}
    if recording.is_video:
        defaults["poster"] = fields.pop("poster", None) or make_image()
    return add_block(article, Player, ordering=ordering, recording=recording, **defaults | fields)


def make_article(*, italian=True, english=True, text=True, author=True, **fields) -> Article:
    """An article that can be published in the languages that it has.

    Args:
        italian, english: whether it speaks the language at all.
        text: whether it has a block of text.
        author: whether somebody is named as its author.
        fields: of the article, such as ``title_it``.
    """
    number = next(_count)
    defaults: dict[str, str] = {}
    if italian:
        defaults |= {
            "title_it": f"Articolo {number}",
            "slug_it": f"articolo-{number}",
            "lead_it": "In breve.",
        }
    if english:
        defaults |= {
            "title_en": f"Article {number}",
            "slug_en": f"article-{number}",
            "lead_en": "In short.",
        }
    article = Article.objects.create(**defaults | fields)
    if text:
        RichText.objects.create(
            parent=article,
            region="main",
            ordering=10,
            text_it="<p>Un testo.</p>" if italian else "",
            text_en="<p>A text.</p>" if english else "",
        )
    if author:
        Byline.objects.create(article=article, contributor=make_contributor())
    remember_digests(article)
    return article


def add_figure(article: Article, *, ordering=20, **fields) -> Figure:
    """A figure in an article, with alternative texts unless told otherwise."""
    defaults = {"alternative_text_it": "Un microscopio", "alternative_text_en": "A microscope"}
    image = fields.pop("image", None) or make_image()
    return Figure.objects.create(
        parent=article, region="main", ordering=ordering, image=image, **defaults | fields
    )


def add_source(article: Article, citation="Hodi FS. A study. 2010.", **fields) -> Source:
    """A source in the list of an article."""
    source = Source.objects.create(citation=citation, **fields)
    Citation.objects.create(article=article, source=source, ordering=article.citations.count())
    return source


def marker(source: Source) -> str:
    """What a text holds where it cites a source."""
    return f'<cite data-source="{source.key}"></cite>'


def own_link(target: Article | Document, words: str, *, heading="") -> str:
    """What a text holds where it leads to an article or a file, or to a heading of the article."""
    name = f' data-heading="{heading}"' if heading else ""
    if isinstance(target, Document):
        return f'<a data-file="{target.digest}">{words}</a>'
    return f'<a data-article="{target.key}"{name}>{words}</a>'


def add_block(article: Article, model: type[Block], /, *, ordering=20, **fields) -> Block:
    """A block of any kind in an article, empty but for what is named."""
    return model.objects.create(parent=article, region="main", ordering=ordering, **fields)


def freeze(article: Article, language: str) -> Edition:
    """The edition that publishing an article as it is stored would make; not stored."""
    return freezing.freeze(freezing.read_working_copy(article), language)


def missing(article: Article, language: str) -> list[Missing]:
    """What an article as it is stored lacks in a language."""
    return obstacles(article, [language])


def obstacles(article: Article, languages: Collection[str]) -> list[Missing]:
    """What has to be mended before an article as it is stored can be published."""
    return completeness.obstacles(freezing.read_working_copy(article), languages)


def fields_of(problems: Sequence[Missing]) -> list[str]:
    return [item.field for item in problems]


def remember_digests(article: Article) -> None:
    """What saving in the admin does: know what an edition would be now."""
    verbs.remember_digests(freezing.read_working_copy(article))


def make_edition(article: Article, language="it", **fields) -> Edition:
    """An edition put into the table by hand, such as one with a future ``valid_from``."""
    edition = freeze(article, language)
    now = timezone.now()
    defaults = {
        "number": article.editions.in_language(language).count() + 1,
        "valid_from": now,
        "first_published_at": now,
    }
    for field, value in (defaults | fields).items():
        setattr(edition, field, value)
    edition.save()
    verbs.repeat_editions([article.pk])
    return edition


def publish(article: Article, *languages: str, by=None, severity=Severity.MINOR, **more):
    """The new editions; in both languages unless told otherwise."""
    chosen = languages or ("it", "en")
    return verbs.publish(article, chosen, by=by or make_editor(), severity=severity, **more)


def make_subject(**fields) -> Subject:
    number = next(_count)
    defaults = {"name_it": f"Tema {number}", "name_en": f"Theme {number}", "ordering": number}
    return Subject.objects.create(**defaults | fields)


def make_message(**fields) -> Message:
    """A message as it stands in the inbox, with no mail about it."""
    number = next(_count)
    defaults = {
        "number": f"TEST-{number:04d}",
        "submission": f"submission {number}",
        "language": "it",
        "name": "Anna Bianchi",
        "email": "anna@example.org",
        "subject_name": "Altro",
        "text": f"Buongiorno, è la domanda {number}.",
        "fingerprint": f"fingerprint {number}",
    }
    return Message.objects.create(**defaults | fields)


def make_mail(recipient="editor@example.org", subject="A mail", text="A text.", **fields) -> Mail:
    """A mail in the ledger, which waits for delivery unless told otherwise."""
    row = mail.store(recipient, subject, text, html=f"<p>{text}</p>")
    for field, value in fields.items():
        setattr(row, field, value)
    row.save()
    return row


def make_worker(*, silent=timedelta(), **fields) -> Worker:
    """A worker, of another process unless told otherwise, whose heart beat so long ago."""
    return Worker.objects.create(host="elsewhere", beat_at=Now() - silent, **fields)
