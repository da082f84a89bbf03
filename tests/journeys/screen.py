"""What a person does at a screen, and what a page must be: the browser's page with the house's words for it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, expect

from tests.live import Live

WIDTHS: Final = {"phone": (390, 844), "desk": (1280, 900)}
_AXE: Final = Path(__file__).parent.parent / "vendor" / "axe.min.js"
_SCRIPTS: Final = Path(__file__).parent / "page_checks.js"
expect.set_options(timeout=15_000)


@cache
def _axe() -> str:
    return _AXE.read_text(encoding="utf-8")


@cache
def _checks() -> str:
    return _SCRIPTS.read_text(encoding="utf-8")


class Screen:
    """A browser of one person's own, at one width, in Finnish unless another language is named."""

    def __init__(self, browser: Browser, live: Live, device: str = "phone", *, language: str = "fi-FI") -> None:
        width, height = WIDTHS[device]
        self.live, self.device = live, device
        self.faults: list[str] = []
        self.context: BrowserContext = browser.new_context(
            base_url=live.url,
            viewport={"width": width, "height": height},
            locale=language,
            timezone_id="Europe/Helsinki",
            has_touch=device == "phone",
            reduced_motion="reduce",
            accept_downloads=True,
        )
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("response", self._look)

    def _hear(self, message: ConsoleMessage) -> None:
        # A page that is a 4xx on purpose is told in the console too.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.faults.append(f"{self.page.url}: {message.text}")

    def _look(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.faults.append(f"{response.status} {response.url}")
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.url}")

    def close(self) -> None:
        """Closes the browser's window, unless something went wrong unseen."""
        self.context.close()
        assert not self.faults, self.faults

    # ------------------------------------------------------------ what a person does

    def sign_in_as(self, person_id: int, *, owes_second: bool = False) -> Screen:
        """Signs a person in by her cookie, where signing in isn't what the journey is about."""
        cookie = self.live.cookie_of(person_id, owes_second=owes_second)
        self.context.add_cookies([{"name": "olka", "value": cookie, "url": self.live.url}])
        return self

    def visit(self, path: str, status: int = 200) -> Screen:
        """Opens an address."""
        response = self.page.goto(path)
        assert response is not None
        assert response.status == status, f"{path}: {response.status}, {status} was expected"
        return self

    def press(self, words: str, *, within: str | None = None) -> Screen:
        """Presses the button that says the words, or follows the link."""
        self._named(words, within).click()
        self.page.wait_for_load_state()
        return self

    def _named(self, words: str, within: str | None) -> Locator:
        place: Locator | Page = self.page.locator(within) if within else self.page
        found = place.get_by_role("button", name=words).or_(place.get_by_role("link", name=words))
        return found.filter(visible=True).first

    def open_menu(self, words: str) -> Screen:
        """Opens what is folded under the words."""
        self.page.locator("summary").filter(has_text=words).filter(visible=True).first.click()
        return self

    def write(self, label: str, text: str) -> Screen:
        """Types into the field of that label."""
        self.page.get_by_label(label).filter(visible=True).first.fill(text)
        return self

    def choose(self, label: str, option: str) -> Screen:
        """Picks an option of the select of that label."""
        self.page.get_by_label(label).filter(visible=True).first.select_option(label=option)
        return self

    def expect(self, words: str) -> Screen:
        """Waits until the words are on the page, where they can be seen."""
        expect(self.page.get_by_text(words).filter(visible=True).first).to_be_visible()
        return self

    def expect_none(self, words: str) -> Screen:
        """Holds the page not to show the words."""
        expect(self.page.get_by_text(words).filter(visible=True)).to_have_count(0)
        return self

    def expect_at(self, path: str) -> Screen:
        """Waits until the address is this one, its query aside."""
        expect(self.page).to_have_url(re.compile(re.escape(self.live.url + path) + r"(?:[?#].*)?$"))
        return self

    # ------------------------------------------------------------ what a page must be

    def check(self) -> Screen:
        """Holds the page to all that every page is held to, in light and dark, at this width."""
        self.page.emulate_media(color_scheme="light")
        self._none("axe", self.axe())
        self.page.emulate_media(color_scheme="dark")
        self._none("axe in the dark", self.axe("color-contrast", "link-in-text-block"))
        self.page.emulate_media(color_scheme="light")
        self._none("targets under 24 px", self.measure("smallTargets"))
        if self.device == "phone":
            self._check_small()
        self._none("sideways at its own width", self.measure("sideways"))
        self._none("console", self.faults)
        return self

    def _none(self, what: str, faults: list[str]) -> None:
        assert not faults, f"{self.page.url}: {what}:\n" + "\n".join(faults)

    def _check_small(self) -> None:
        width, height = WIDTHS["phone"]
        self.page.set_viewport_size({"width": 320, "height": 640})
        self._none("sideways at 320 px", self.measure("sideways"))
        self.page.set_viewport_size({"width": width, "height": height})
        self.measure("enlarge", 1.5)
        self._none("sideways at 150 % text", self.measure("sideways"))
        self.measure("enlarge", 1)

    def axe(self, *rules: str) -> list[str]:
        """Runs axe and lists what it finds, in a line each."""
        self.page.evaluate(_axe())
        only = {"type": "rule", "values": list(rules)} if rules else None
        found: dict[str, Any] = self.page.evaluate(
            "only => axe.run(document, {resultTypes: ['violations'], ...(only ? {runOnly: only} : {})})", only
        )
        return [
            f"{fault['id']}: {fault['help']}: {' | '.join(node['html'][:200] for node in fault['nodes'][:4])}"
            for fault in found["violations"]
        ]

    def measure(self, what: str, *values: Any) -> Any:
        """Runs one of page_checks.js."""
        return self.page.evaluate(f"values => {{ {_checks()}; return {what}(...values); }}", list(values))

    def tab_through(self, most: int = 80) -> list[str]:
        """Walks the page by Tab and lists where the focus lands on something that can't be seen."""
        hidden = []
        for _step in range(most):
            self.page.keyboard.press("Tab")
            where = self.measure("focused")
            if where is None:
                break
            if not where["seen"]:
                hidden.append(where["what"])
        return hidden
