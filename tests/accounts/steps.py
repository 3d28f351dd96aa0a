"""What people do with their accounts, and what arrives in their mailboxes."""

import html
import re
import time
from email import message_from_bytes, policy

from allauth.mfa.totp.internal import auth
from django.conf import settings

from accounts import resets
from accounts.models import User
from immunoportal.mail.ledger import Mail
from tests.pages import Element, page_of

PASSWORD = "correct horse battery"  # of make_user
NEW_PASSWORD = "una frase che nessuno conosce"
LOGIN = "/en/account/login/"
PROFILE = "/en/account/"


def log_in(client, user, password=PASSWORD, *, next="", at=LOGIN, **headers):
    """Fill in the log-in form; ``user`` may be an email address, and headers those of WSGI."""
    data = {"login": getattr(user, "email", user), "password": password}
    return client.post(at, data | ({"next": next} if next else {}), **headers)


def code_of(secret: str, *, periods: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30 + periods))


def is_logged_in(client) -> bool:
    return client.get(PROFILE).status_code == 200


def main_of(response) -> str:
    """What the main part of a page says."""
    return page_of(response).one("main").words


def errors_of(response) -> list[str]:
    """What a form says about its fields, in the order of the page."""
    return [error.words for error in page_of(response).all("p", class_="field-error")]


def notes_of(response) -> list[str]:
    """What the admin says on top of a page."""
    lists = page_of(response).all("ul", class_="messagelist")
    return [item.words for notes in lists for item in notes.all("li")]


def values_of(form: Element) -> dict[str, str | list[str]]:
    """What a browser sends when nothing is changed in a form and no button is named."""
    values: dict[str, str | list[str]] = {}
    for field in form.all(name=None):
        match field.name, field.attributes.get("type"):
            case "input", "submit" | "button" | "file":
                pass
            case "input", "checkbox" | "radio":
                if "checked" in field.attributes:
                    values[field["name"]] = field.attributes.get("value", "on")
            case "input", _:
                values[field["name"]] = field.attributes.get("value", "")
            case "textarea", _:
                values[field["name"]] = field.text
            case "select", _:
                chosen = [option["value"] for option in field.all("option", selected=None)]
                values[field["name"]] = chosen
    return values


def submit_in_admin(client, path: str, **changes):
    """Open a form of the admin, change these fields and save it; ``None`` unticks a box."""
    values = values_of(page_of(client.get(path)).one("form", novalidate=None)) | changes
    return client.post(path, {name: value for name, value in values.items() if value is not None})


def mails_to(email: str) -> list[Mail]:
    """The mails to an email address, in the order in which they were sent."""
    return list(Mail.objects.filter(recipient=email).order_by("pk"))


def last_mail_to(email: str) -> Mail:
    return mails_to(email)[-1]


def texts_of(mail: Mail) -> tuple[str, str]:
    """What a mail says as text and as HTML."""
    message = message_from_bytes(bytes(mail.content), policy=policy.default)
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text
    assert page
    return text.get_content(), html.unescape(page.get_content())


def language_of(mail: Mail) -> str:
    return found(r'<html lang="(\w+)"', texts_of(mail)[1])


def found(pattern: str, text: str) -> str:
    """What the first group of a pattern finds in a text."""
    match = re.search(pattern, text)
    assert match, text
    return match[1]


def links_of(mail: Mail) -> set[str]:
    """The paths that a mail leads to; all are of this site, and the same in both of its forms."""
    text, page = (
        set(re.findall(r"https?://[^\s\"'<>]+", part)) - {settings.SITE_URL}
        for part in texts_of(mail)
    )
    assert text <= page
    assert all(link.startswith(f"{settings.SITE_URL}/") for link in text | page)
    return {link.removeprefix(settings.SITE_URL) for link in text}


def link_of(mail: Mail, beginning: str = "") -> str:
    """The only path of a mail that begins so."""
    (link,) = [path for path in links_of(mail) if path.startswith(beginning)]
    return link


def send_resets() -> int:
    """Do as the worker: send what was asked for. How many requests there were."""
    count = 0
    while resets.send_next():
        count += 1
    return count


def ask_for_reset(client, email: str, **headers):
    return client.post("/en/account/password-reset/", {"email": email}, **headers)


def follow(client, link: str) -> str:
    """Open the link of a reset mail; where it leads, or nothing if it is dead."""
    return client.get(link).get("Location", "")


def set_password(client, path: str, password: str = NEW_PASSWORD):
    return client.post(path, {"password1": password})


def listed(response, field="named") -> list[str]:
    """What a column of a list shows."""
    rows = page_of(response).one("table", id="result_list").one("tbody")
    return [
        cell.words for cell in rows.all() if f"field-{field}" in cell.attributes.get("class", "")
    ]


def reserved_is_open(user: User) -> bool:
    """Whether a user may read what is reserved, as a request of theirs would find it."""
    return User.objects.get(pk=user.pk).has_perm("articles.read_reserved")
