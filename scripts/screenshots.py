"""Take pictures of a running city's pages and put them on one contact sheet.

`python scripts/screenshots.py http://localhost:8001 http://localhost:8002 --out var/screenshots`

By default every page once per language at 360 and 1280 px, and once dark; `--full` adds 768 px, both looks everywhere
and the states empty, normal and full. `--readme docs/images` takes the pictures of the README instead, Ljubljana's address
first.
"""

import argparse
import io
import itertools
import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from col_core.testing.browser import Visit, launch, visit

HEIGHTS = {360: 740, 768: 1024, 1280: 860}
LANGUAGES = ("sl", "lt", "en")
THUMB_WIDTH = 300


def pages(base: str) -> dict[str, str]:
    """Return the name of each page → its path after the language."""
    offers = json.loads(httpx.get(f"{base}/api/v1/opportunities?per_page=50").content)["items"]
    with_place = next(each for each in offers if each["place"] and each["place"]["lat"])
    long_title = max(offers, key=lambda each: len(next(iter(each["title"].values()))))
    badges = json.loads(httpx.get(f"{base}/api/v1/achievements").content)["items"]
    badge = next((each["id"] for each in badges if each["micro_credential"]), badges[0]["id"])
    return {
        "home": "/",
        "explore": "/opportunities",
        "filtered": "/opportunities?price=free&category=music",
        "empty": "/opportunities?q=zzzqqq",
        "offer": f"/opportunities/{with_place['id']}",
        "long": f"/opportunities/{long_title['id']}",
        "organisation": f"/organisations/{with_place['organiser']['id']}",
        "badges": "/badges",
        "badge": f"/badges/{badge}",
        "saved": "/saved",
        "blog": "/blog",
        "privacy": "/privacy",
        "accessibility": "/accessibility",
        "feedback": "/feedback",
        "verify": "/verify",
        "missing": "/nowhere",
    }


def shots(base: str, *, full: bool, only: set[str]) -> Iterator[tuple[str, str, int, bool]]:
    """Yield name, path, width and whether it is dark, of every picture."""
    for name, path in pages(base).items():
        if only and name not in only:
            continue
        widths = (360, 768, 1280) if full else (360, 1280)
        for language, width in itertools.product(LANGUAGES, widths):
            yield name, f"/{language}{path}", width, False
            if full or (language == "sl" and width == 360):
                yield name, f"/{language}{path}", width, True


def readme(browser: Browser, ljubljana: str, vilnius: str, out: Path) -> list[Path]:
    """Take the few pictures of the README, packed as WebP."""
    wanted = (
        ("ljubljana-map", ljubljana, "/sl/opportunities", 1280, False),
        ("vilnius-home", vilnius, "/lt/", 1280, False),
        ("ljubljana-phone", ljubljana, "/sl/opportunities", 360, False),
        ("ljubljana-offer", ljubljana, f"/sl{pages(ljubljana)['offer']}", 360, False),
        ("vilnius-phone", vilnius, "/lt/", 360, True),
    )
    files = []
    for name, base, path, width, dark in wanted:
        file = out / f"{name}.webp"
        with window(browser, base, width, dark=dark, scale=2 if width == 360 else 1) as visitor:
            page = visitor.open(path)
            settle(page)
            with Image.open(io.BytesIO(page.screenshot())) as picture:
                picture.convert("RGB").save(file, quality=82, method=6)
        files.append(file)
    return files


def window(browser: Browser, base: str, width: int, *, dark: bool, scale: float = 1) -> AbstractContextManager[Visit]:
    """Open a window `width` pixels wide."""
    viewport = ViewportSize(width=width, height=HEIGHTS[width])
    return visit(browser, base, viewport=viewport, touch=width == 360, dark=dark, scale=scale)


def settle(page: Page) -> None:
    """Wait until nothing moves or loads any more."""
    page.wait_for_load_state("networkidle")
    if page.locator("[data-map]:visible").count():
        page.locator("[data-map]").scroll_into_view_if_needed()
        page.wait_for_selector("[data-map-state=ready]")
        page.wait_for_load_state("networkidle")
        page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    page.wait_for_timeout(800)


def take(browser: Browser, base: str, out: Path, *, full: bool, only: set[str]) -> list[Path]:
    """Take every picture of one city; what went wrong in a page is said on stderr."""
    files = []
    city = base.rsplit(":", 1)[-1]
    for name, path, width, dark in shots(base, full=full, only=only):
        file = out / f"{city}-{name}-{path.split('/')[1]}-{width}-{'dark' if dark else 'light'}.png"
        with window(browser, base, width, dark=dark) as visitor:
            page = visitor.open(path)
            settle(page)
            page.screenshot(path=str(file), full_page=name not in ("explore", "filtered"))
            if visitor.errors and name != "missing":
                print(f"{file.name}: {'; '.join(visitor.errors[:3])}", file=sys.stderr)
        files.append(file)
    return files


def contact_sheet(files: list[Path], file: Path) -> None:
    """Put all pictures into one, each as wide as a thumb and at most three times as high."""
    thumbs = []
    for each in files:
        with Image.open(each) as picture:
            height = min(picture.height, picture.width * 3)
            part = picture.crop((0, 0, picture.width, height)).convert("RGB")
            thumbs.append(part.resize((THUMB_WIDTH, round(part.height * THUMB_WIDTH / part.width))))
    columns = 6
    rows = [thumbs[at : at + columns] for at in range(0, len(thumbs), columns)]
    heights = [max(each.height for each in row) + 8 for row in rows]
    sheet = Image.new("RGB", (columns * (THUMB_WIDTH + 8), sum(heights)), "#888")
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for column, thumb in enumerate(row):
            sheet.paste(thumb, (column * (THUMB_WIDTH + 8), top))
        top += height
    sheet.save(file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bases", nargs="+")
    parser.add_argument("--out", type=Path, default=Path("var/screenshots"))
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--readme", type=Path, metavar="DIR")
    arguments = parser.parse_args()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if isinstance(browser, str):
            sys.exit(f"No browser to take pictures with: {browser}.")
        if arguments.readme:
            if len(arguments.bases) != 2:
                parser.error("--readme needs two addresses, Ljubljana's first")
            arguments.readme.mkdir(parents=True, exist_ok=True)
            ljubljana, vilnius = arguments.bases
            files = readme(browser, ljubljana, vilnius, arguments.readme)
            print(f"{len(files)} pictures in {arguments.readme}")
            return
        arguments.out.mkdir(parents=True, exist_ok=True)
        files = [
            file
            for base in arguments.bases
            for file in take(browser, base, arguments.out, full=arguments.full, only=set(arguments.only))
        ]
    contact_sheet(files, arguments.out / "sheet.png")
    print(f"{len(files)} pictures in {arguments.out}; all of them on {arguments.out / 'sheet.png'}")


if __name__ == "__main__":
    main()
