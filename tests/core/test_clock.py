"""The zone of the house is written once."""

from __future__ import annotations

from olka.config import ROOT
from olka.core.clock import HOME_ZONE


def test_no_other_file_writes_the_zone_of_the_house() -> None:
    written = [path for path in (ROOT / "olka").rglob("*.py") if f'"{HOME_ZONE}"' in path.read_text(encoding="utf-8")]
    assert written == [ROOT / "olka" / "core" / "spans.py"]
