"""A page with what somebody had typed in its form again: its HTML with other values. Pure.

The page is one of ours, so its tags are whole and its text is escaped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from itertools import accumulate
from typing import Final

from collector.web.typed import Typed

_LEFT: Final = ("hidden", "password", "file", "submit", "button", "radio")
Attributes = Sequence[tuple[str, str | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What stands in the place of some of the text."""

    start: int
    end: int
    text: str


@dataclass(slots=True, kw_only=True)
class Form:
    """A form while it is read: what its values would be, if it is the one.

    Attributes:
        action: Where it is sent to.
        hidden: Fields that nobody types.
        edits: That fill it, and unfold what it stands in.
    """

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)


def filled(page: str, typed: Typed) -> str:
    """The page with its form filled; as it is where no form is the one that was sent."""
    reading = _Reading(page, typed)
    reading.feed(page)
    reading.close()
    for each in sorted(reading.edits, key=lambda one: one.start, reverse=True):
        page = page[: each.start] + each.text + page[each.end :]
    return page


class _Reading(HTMLParser):
    def __init__(self, page: str, typed: Typed) -> None:
        super().__init__(convert_charrefs=True)
        self._typed = typed
        self._lines = [0, *accumulate(len(line) + 1 for line in page.split("\n"))]
        self._unfolding: list[Edit] = []
        self._form: Form | None = None
        self._select = ""
        self._text: tuple[int, str] | None = None
        self.edits: list[Edit] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "details":
            self._unfolding.append(self._edit(tag, attrs, "open", ""))
        elif tag == "form" and dict(attrs).get("method") == "post":
            action = dict(attrs).get("action") or ""
            self._form = Form(action=action, edits=[*self._unfolding])
        elif self._form is not None:
            self._field(self._form, tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "details" and self._unfolding:
            self._unfolding.pop()
        elif tag == "textarea" and self._form is not None:
            self._written(self._form)
        elif tag == "form" and self._form is not None:
            if not self.edits and self._typed.fits(self._form.action, self._form.hidden):
                self.edits = self._form.edits
            self._form = None

    def _written(self, form: Form) -> None:
        """What is written between two tags; the first line break is none of it."""
        if self._text is not None:
            start, text = self._text
            text = f"\n{escape(text, quote=False)}"
            form.edits.append(Edit(start=start, end=self._at(), text=text))
            self._text = None

    def _field(self, form: Form, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name, kind = told.get("name", ""), told.get("type", "")
        value = self._typed.fields.get(name)
        if tag == "input" and kind == "hidden":
            form.hidden[name] = told.get("value", "")
        elif tag == "input" and kind == "checkbox":
            form.edits.append(self._marked(tag, attrs, "checked", value == told.get("value", "on")))
        elif tag == "input" and value is not None and kind not in _LEFT:
            form.edits.append(self._edit(tag, attrs, "value", value))
        elif tag == "textarea" and value is not None:
            self._text = (self._at() + len(self.get_starttag_text() or ""), value)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select in self._typed.fields:
            is_chosen = self._typed.fields[self._select] == told.get("value")
            form.edits.append(self._marked(tag, attrs, "selected", is_chosen))

    def _marked(self, tag: str, attrs: Attributes, name: str, is_so: bool) -> Edit:  # noqa: FBT001
        return self._edit(tag, attrs, name, "" if is_so else None)

    def _edit(self, tag: str, attrs: Attributes, name: str, value: str | None) -> Edit:
        """The tag with another value of an attribute; without it where there is none."""
        others = [(each, text) for each, text in attrs if each != name]
        told = [*others, *([] if value is None else [(name, value)])]
        text = "".join(f' {each}="{escape(said or "")}"' for each, said in told)
        start = self._at()
        return Edit(
            start=start, end=start + len(self.get_starttag_text() or ""), text=f"<{tag}{text}>"
        )

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column
