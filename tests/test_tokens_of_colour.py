"""The table of contrasts, worked out anew from the stylesheet: every pair in use can be read, light and dark."""

from __future__ import annotations

import re
from typing import Final

import pytest

from olka.web.static_files import FOLDER

CSS: Final = (FOLDER / "olka.css").read_text(encoding="utf-8")
TEXT, EDGE = 4.5, 3.0

# What is written on what (WCAG 1.4.3), and which edges must be seen (1.4.11).
PAIRS: Final = (
    *(("--ink", ground, TEXT) for ground in ("--paper", "--surface", "--sunk")),
    *(("--ink-2", ground, TEXT) for ground in ("--paper", "--surface", "--sunk")),
    *(("--line-2", ground, EDGE) for ground in ("--paper", "--surface", "--sunk")),
    *(("--green-ink", ground, TEXT) for ground in ("--paper", "--surface", "--sunk", "--green-soft")),
    ("--on-green", "--green", TEXT),
    ("--on-green", "--green-2", TEXT),
    ("--on-red", "--red", TEXT),
    *((f"--{hue}-ink", f"--{hue}-soft", TEXT) for hue in ("amber", "red", "plum", "blue")),
    *((f"--{hue}-ink", ground, TEXT) for hue in ("amber", "red", "plum") for ground in ("--paper", "--surface")),
    *((f"--{hue}", f"--{hue}-soft", EDGE) for hue in ("amber", "red", "plum")),
    *(("--ink", f"--{hue}-soft", TEXT) for hue in ("green", "amber", "red", "plum", "blue")),
    *((ink, cloth, TEXT) for ink in ("--vest-ink", "--vest-ink-2") for cloth in ("--vest", "--vest-2")),
    ("--band", "--vest", EDGE),
    ("#2b1c00", "--band", TEXT),  # the apricot button on cloth
    *(("--focus", ground, EDGE) for ground in ("--paper", "--surface", "--sunk")),
    *(("--focus", f"--{hue}-soft", EDGE) for hue in ("green", "amber", "red", "plum", "blue")),
)


def tokens(theme: str) -> dict[str, str]:
    """Reads the colours of a theme; the dark one says only what differs."""
    light = CSS[CSS.index(":root {") : CSS.index("@media (min-width: 48rem) { :root")]
    dark = CSS[CSS.index("@media (prefers-color-scheme: dark)") : CSS.index("@media (prefers-contrast: more)")]
    found = dict(re.findall(r"(--[a-z0-9-]+):\s*(#[0-9a-f]{3,8})\b", light))
    if theme == "dark":
        found |= dict(re.findall(r"(--[a-z0-9-]+):\s*(#[0-9a-f]{3,8})\b", dark))
    return found


def luminance(colour: str) -> float:
    """Works out the relative luminance of WCAG from #rgb or #rrggbb."""
    figures = colour[1:] if len(colour) > 4 else "".join(figure * 2 for figure in colour[1:])
    parts = [int(figures[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Works out the contrast of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_as_strong_as_can_be() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_a_pair_in_use_can_be_read(theme: str, ink: str, ground: str, least: float) -> None:
    colours = tokens(theme)
    found = contrast(colours.get(ink, ink), colours[ground])
    assert found >= least, f"{ink} on {ground} {colours[ground]}: {found:.2f}, {least} is wanted"


def test_the_dark_theme_names_no_colour_that_the_light_one_lacks() -> None:
    assert set(tokens("dark")) == set(tokens("light"))


def test_every_token_in_use_is_defined() -> None:
    defined = set(re.findall(r"(--[a-z0-9-]+)\s*:", CSS))
    used = set(re.findall(r"var\((--[a-z0-9-]+)", CSS))
    assert not used - defined
