"""What all pages have around their content. Pure."""

from typing import Final

from edge_agent.page.look import Look
from edge_agent.page.markup import Content, Markup, joined, tag

RENEW_S: Final = 15
_LANGUAGES: Final = {"en": "English", "zh": "中文"}
_TAGS: Final = {"en": "en", "zh": "zh-CN"}


def framed(look: Look, title: str, path: str, *content: Content) -> bytes:
    """A whole page.

    Args:
        look: How it is wanted.
        title: Of the page.
        path: Its address, for the links that change its look.
        content: Between head and foot.
    """
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title} · carbonmeter"),
        tag("link", rel="icon", href="data:,"),
        tag("link", rel="stylesheet", href="/style.css"),
    )
    body = tag("body", _bar(look, path), tag("main", *content, id="main", tabindex="-1"))
    whole = tag("html", head, body, lang=_TAGS[look.language], data_theme=look.theme or None)
    return b"<!doctype html>\n" + whole.encode()


def _bar(look: Look, path: str) -> Markup:
    skip = tag("a", look.t("skip"), class_="skip", href="#main")
    brand = tag("a", "carbonmeter", class_="brand", href=look.link("/", q="", page=""))
    json = path.replace("/devices/", "/health.json/") if path != "/" else "/health.json"
    pages = tag("nav", tag("a", look.t("json"), href=json), aria_label=look.t("pages"))
    return tag("header", skip, brand, pages, _choices(look, path), class_="bar")


def _choices(look: Look, path: str) -> Markup:
    languages = [
        tag("a", name, href=look.link(path, lang=code), lang=_TAGS[code], aria_current=_on(on=on))
        for code, name in _LANGUAGES.items()
        for on in [code == look.language]
    ]
    themes = [
        tag("a", look.t(theme), href=look.link(path, theme=theme), aria_current=_on(on=on))
        for theme in ("light", "dark")
        for on in [theme == look.theme]
    ]
    renew = tag(
        "a",
        look.t("stop" if look.renew else "renew"),
        href=look.link(path, renew="" if look.renew else "1"),
    )
    choices = joined([*languages, *themes, renew])
    return tag("nav", choices, class_="choices", aria_label=look.t("look"))


def _on(*, on: bool) -> str | None:
    return "true" if on else None
