"""Reading a page as a browser without JavaScript does: its forms with what is filled in, and its links."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]


@dataclass
class PageForm:
    """A form: where it goes, how, what it would send as it stands, and the words on its buttons."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)

    def filled(self, **values: str) -> dict[str, str]:
        """Gives what is sent when the fields named hold these values."""
        unknown = set(values) - set(self.fields)
        assert not unknown, f"{self.action} has no field {unknown}; it has {list(self.fields)}"
        return self.fields | values


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.forms: list[PageForm] = []
        self.links: list[tuple[str, str]] = []
        self.headings: list[str] = []
        self._form: PageForm | None = None
        self._words: list[str] | None = None
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attributes: Attributes) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._form = PageForm(found.get("action") or self.address, found.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag in {"a", "button", "h1"}:
            self._words = []
            if tag == "a":
                self.links.append((found.get("href", ""), ""))
            elif tag == "button" and self._form and found.get("name"):
                self._form.fields.setdefault(found["name"], found.get("value", ""))
        elif self._form is not None and found.get("name"):
            self._field(tag, found, self._form)
        elif tag == "option" and self._select and self._form:
            chosen = self._form.fields.get(self._select)
            self._form.fields[self._select] = (
                found.get("value", "") if chosen is None or "selected" in found else chosen
            )

    def _field(self, tag: str, found: dict[str, str], form: PageForm) -> None:
        name, kind = found["name"], found.get("type", "text")
        if tag == "select":
            self._select = name
            form.typed.append(name)
        elif tag == "textarea":
            self._area = name
            form.fields[name] = ""
            form.typed.append(name)
        elif tag == "input" and kind in {"radio", "checkbox"}:
            form.typed.append(name)
            if "checked" in found:
                form.fields[name] = found.get("value", "on")
            elif kind == "radio":
                form.fields.setdefault(name, found.get("value", ""))
        elif tag == "input":
            form.fields[name] = found.get("value", "")
            if kind != "hidden":
                form.typed.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
        elif tag in {"a", "button", "h1"} and self._words is not None:
            words = " ".join(" ".join(self._words).split())
            self._words = None
            if tag == "a":
                self.links[-1] = (self.links[-1][0], words)
            elif tag == "h1":
                self.headings.append(words)
            elif self._form is not None:
                self._form.buttons.append(words)

    def handle_data(self, data: str) -> None:
        if self._words is not None:
            self._words.append(data)
        if self._area is not None and self._form is not None:
            self._form.fields[self._area] += data.lstrip("\n")


@dataclass(frozen=True)
class ReadPage:
    """What a page offers: forms, links as (address, words), main headings."""

    forms: list[PageForm]
    links: list[tuple[str, str]]
    headings: list[str]

    def form(self, action: str) -> PageForm:
        """Finds the form that is sent to an address; the first of several."""
        found = [form for form in self.forms if form.action.partition("?")[0] == action]
        assert found, f"no form goes to {action}, only to {[form.action for form in self.forms]}"
        return found[0]

    def form_saying(self, words: str) -> PageForm:
        """Finds the form whose button says the words; the first of several."""
        found = [form for form in self.forms if any(words in said for said in form.buttons)]
        assert found, f"no button says {words!r}, only {[form.buttons for form in self.forms]}"
        return found[0]

    def link_saying(self, words: str) -> str:
        """Finds the address of the first link that says the words."""
        found = [address for address, said in self.links if words in said]
        assert found, f"no link says {words!r}, only {[said for _address, said in self.links]}"
        return found[0]


def read_page(html: str, address: str = "/") -> ReadPage:
    """Reads a page that came from the address."""
    reader = _Reader(address)
    reader.feed(html)
    return ReadPage(reader.forms, reader.links, reader.headings)
