"""A real Chromium for tests: Debian's, else the one that Playwright installs."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, ViewportSize, expect

PHONE = ViewportSize(width=360, height=740)
DESK = ViewportSize(width=1280, height=800)
# A test machine has no graphics card, and often no room in /dev/shm.
_ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--enable-unsafe-swiftshader", "--use-angle=swiftshader")


# What is waited for comes in a moment, or on a busy machine in a minute.
_PATIENCE_MS = 120_000
expect.set_options(timeout=_PATIENCE_MS)


def launch(playwright: Playwright) -> Browser | str:
    """Start Chromium and return it, or say why there is none."""
    installed = shutil.which("chromium") or shutil.which("chromium-browser")
    if installed is None and not Path(playwright.chromium.executable_path).exists():
        return "no chromium on PATH, and none that `playwright install chromium` brings"
    try:
        return playwright.chromium.launch(executable_path=installed, args=list(_ARGUMENTS))
    except Error as error:
        return f"a chromium that does not start ({error.message.splitlines()[0]})"


@contextmanager
def with_camera(browser: Browser, film: Path) -> Iterator[Browser]:
    """Start another Chromium, whose camera sees the frames of `film` (Motion JPEG) again and again."""
    seen = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}")
    installed = shutil.which("chromium") or shutil.which("chromium-browser")
    launched = browser.browser_type.launch(executable_path=installed, args=[*_ARGUMENTS, *seen])
    try:
        yield launched
    finally:
        launched.close()


@dataclass(kw_only=True)
class Visit:
    """One page of a browser, and what went wrong in it.

    `errors` are what its console says: errors of scripts, refusals of the content policy, failed loads. `foreign` are
    requests that would have left for another origin than the one of `address`.
    """

    page: Page
    address: str
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a path of the city and return the page."""
        self.page.goto(self.address + path)
        return self.page


@contextmanager
def visit(
    browser: Browser,
    address: str,
    *,
    viewport: ViewportSize = DESK,
    touch: bool = False,
    dark: bool = False,
    scale: float = 1,
    scripts: bool = True,
) -> Iterator[Visit]:
    """Open a window of its own for as long as the block lasts, with nothing kept from another.

    `touch` makes it a phone's; `scale` is how many points of the screen one CSS pixel is wide. Without
    `scripts`, the browser runs none.
    """
    context: BrowserContext = browser.new_context(
        viewport=viewport,
        has_touch=touch,
        is_mobile=touch,
        device_scale_factor=scale,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        java_script_enabled=scripts,
    )
    context.set_default_timeout(_PATIENCE_MS)
    try:
        made = Visit(page=context.new_page(), address=address)
        made.page.on("pageerror", lambda error: made.errors.append(str(error)))
        made.page.on(
            "console", lambda said: made.errors.append(said.text) if said.type in ("error", "warning") else None
        )
        made.page.on("request", lambda asked: _note_foreign(made, asked.url))
        yield made
    finally:
        context.close()


def _note_foreign(made: Visit, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme in ("http", "https") and f"{parts.scheme}://{parts.netloc}" != made.address:
        made.foreign.append(url)
