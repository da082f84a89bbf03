"""A text edited in the app, in three languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Language = Literal["fi", "sv", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("fi", "sv", "en")


@dataclass(frozen=True, slots=True)
class Text3:
    """The same text in Finnish, Swedish and English; Finnish is there, the others may be empty."""

    fi: str = ""
    sv: str = ""
    en: str = ""

    def in_(self, language: str) -> str:
        """Reads the text in the language asked for, else in Finnish."""
        return (self.sv if language == "sv" else self.en if language == "en" else self.fi) or self.fi

    def __bool__(self) -> bool:
        return bool(self.fi or self.sv or self.en)
