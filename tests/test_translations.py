"""Every word of the app is there in Swedish and English, and the Finnish keeps its voice.

`make words` brings new words into the catalogues; this test says what is left to write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

from olka.config import ROOT

FOLDERS: Final = ("olka", "templates")
# As `make words` says them.
KEYWORDS: Final = DEFAULT_KEYWORDS | parse_keywords(["_l", "lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2"])
PLACEHOLDER: Final = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%%")
LANGUAGES: Final = ("sv", "en")
Key = tuple[str | tuple[str, ...], str | None]


@cache
def words() -> dict[Key, str]:
    """Reads every message out of the source: (text, context) → where it is."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        mapping, options = parse_mapping_cfg(file)
    found: dict[Key, str] = {}
    for name, line, message, _comments, context in extract_from_dir(
        ROOT, mapping, options, KEYWORDS, directory_filter=_is_ours
    ):
        text = tuple(message) if isinstance(message, list | tuple) else message
        found.setdefault((text, context), f"{name}:{line}")
    return found


def _is_ours(folder: str | Path) -> bool:
    return Path(folder).relative_to(ROOT).parts[0] in FOLDERS


@cache
def catalogue(language: str) -> Catalog:
    """Reads the catalogue of a language."""
    path = ROOT / "olka" / "translations" / language / "LC_MESSAGES" / "messages.po"
    assert path.exists(), f"{path.relative_to(ROOT)} isn't there yet: `make words`"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def entries(language: str) -> Iterator[Message]:
    """Lists the entries of a language's catalogue, without its head."""
    return (message for message in catalogue(language) if message.id)


def forms(said: str | Iterable[str] | None) -> list[str]:
    """Lists the texts of a message: one, or its singular and plural."""
    return [said] if isinstance(said, str) else list(said or ())


def key_of(message: Message) -> Key:
    """Names an entry as `words` does: its first text; a plural's singular finds it too."""
    return (tuple(message.id) if message.pluralizable else str(message.id)), message.context


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_just_the_words_of_the_app(language: str) -> None:
    there = {key_of(message) for message in entries(language)}
    missing = [f"{where}: {text!r}" for (text, context), where in words().items() if (text, context) not in there]
    assert not missing, f"{len(missing)} messages aren't in {language}; `make words`:\n" + "\n".join(missing[:20])
    assert not there - set(words()), "no longer said anywhere; `make words`"
    assert not catalogue(language).obsolete


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language: str) -> None:
    empty = [str(message.id) for message in entries(language) if not all(forms(message.string)) or not message.string]
    assert not empty, f"{len(empty)} messages have no {language} text:\n" + "\n".join(empty[:20])
    assert not [message.id for message in entries(language) if message.fuzzy]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plural_has_each_of_its_forms(language: str) -> None:
    wanted = catalogue(language).num_plurals
    assert not [
        message.id for message in entries(language) if message.pluralizable and len(forms(message.string)) != wanted
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_the_same(language: str) -> None:
    wrong = []
    for message in entries(language):
        source = set(PLACEHOLDER.findall(forms(message.id)[-1]))
        texts = [set(PLACEHOLDER.findall(text)) for text in forms(message.string)]
        # A singular may say "one" instead of its figure.
        if (
            all(forms(message.string))
            and texts
            and (texts[-1] != source or not all(found <= source for found in texts))
        ):
            wrong.append(f"{message.id!r} → {message.string!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_begins_and_ends_as_its_source_does(language: str) -> None:
    wrong = []
    for message in entries(language):
        for text in forms(message.string):
            source = forms(message.id)[0]
            ends_otherwise = source[-1:] in ".:?…" and text[-1:] != source[-1:]
            if text and (ends_otherwise or (text != text.strip() and source == source.strip())):
                wrong.append(f"{source!r} → {text!r}")
    assert not wrong, "\n".join(wrong)


# ---------------------------------------------------------------- the voice

# What LOOK.md's voice leaves out, and what to write instead.
UNSAID: Final = (
    (r"\bSinun (?:tulee|pitää|täytyy)\b", "say what to do: Kirjoita …"),
    (r"\bVoitko\b", "say what to do"),
    (r"\bO[Kk]\b", "name the act"),
    (r"!", "no exclamation"),
    (r"\.\.\.", "write …"),
    (r"\b[Vv]irheellinen\b|\b[Ee]päonnistui\b", "say what is wrong and what to write"),
    (r"\b(?:tämä|kyseinen) kenttä\b|\bon pakollinen\b", "say what to write"),
    (r"\bTallenna muutokset\b|^Lähetä$", "name what is saved or sent"),
    (r"\b(?:klikkaa|paina tästä|Klikkaa|Paina tästä)\b", "name the act"),
    (r"\bklo \d+[:]\d", "write klo 9.30"),
    (r"(?<=\w) - (?=\w)", "a dash is –"),
    (r" {2,}", "one blank is enough"),
)


@pytest.mark.parametrize(("pattern", "instead"), UNSAID)
def test_the_finnish_keeps_its_voice(pattern: str, instead: str) -> None:
    found = [
        f"{where}: {text!r}: {instead}"
        for (message, _context), where in words().items()
        for text in forms(message)
        if re.search(pattern, text)
    ]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_shouts_or_trails_off_in_dots(language: str) -> None:
    wrong = [text for message in entries(language) for text in forms(message.string) if "!" in text or "..." in text]
    assert not wrong, wrong
