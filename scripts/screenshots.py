"""Take pictures of a running city's pages and put them on one contact sheet.

`python scripts/screenshots.py http://localhost:8001 http://localhost:8002 --out var/screenshots`

By default every page once per language at 360 and 1280 px, and once dark; `--full` adds 768 px, both looks everywhere
and the states empty, normal and full.
"""

import argparse
import itertools
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

HEIGHTS = {360: 740, 768: 1024, 1280: 860}
LANGUAGES = ("sl", "lt", "en")
THUMB_WIDTH = 300


def pages(base: str) -> dict[str, str]:
    """Return the name of each page → its path after the language."""
    offers = json.loads(httpx.get(f"{base}/api/v1/opportunities?per_page=50").content)["items"]
    with_place = next(each for each in offers if each["place"] and each["place"]["lat"])
    long_title = max(offers, key=lambda each: len(next(iter(each["title"].values()))))
    return {
        "home": "/",
        "explore": "/opportunities",
        "filtered": "/opportunities?price=free&category=music",
        "empty": "/opportunities?q=zzzqqq",
        "offer": f"/opportunities/{with_place['id']}",
        "long": f"/opportunities/{long_title['id']}",
        "organisation": f"/organisations/{with_place['organiser']['id']}",
        "saved": "/saved",
        "blog": "/blog",
        "privacy": "/privacy",
        "accessibility": "/accessibility",
        "feedback": "/feedback",
        "missing": "/nowhere",
    }


def shots(base: str, *, full: bool, only: set[str]) -> Iterator[tuple[str, str, int, str]]:
    """Yield name, address, width and look of every picture."""
    for name, path in pages(base).items():
        if only and name not in only:
            continue
        widths = (360, 768, 1280) if full else (360, 1280)
        for language, width in itertools.product(LANGUAGES, widths):
            yield name, f"{base}/{language}{path}", width, "light"
            if full or (language == "sl" and width == 360):
                yield name, f"{base}/{language}{path}", width, "dark"


def take(browser: Browser, base: str, out: Path, *, full: bool, only: set[str]) -> list[Path]:
    files = []
    city = base.rsplit(":", 1)[-1]
    for name, address, width, look in shots(base, full=full, only=only):
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHTS[width]}, color_scheme=look, device_scale_factor=1
        )
        page = context.new_page()
        problems: list[str] = []
        page.on("console", lambda each, problems=problems: problems.append(each.text) if each.type == "error" else None)
        page.on("pageerror", lambda each, problems=problems: problems.append(str(each)))
        page.goto(address)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(400)
        language = address.removeprefix(base).split("/")[1]
        file = out / f"{city}-{name}-{language}-{width}-{look}.png"
        page.screenshot(path=str(file), full_page=name not in ("explore", "filtered"))
        if problems and name != "missing":
            print(f"{file.name}: {'; '.join(problems[:3])}", file=sys.stderr)
        files.append(file)
        context.close()
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
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        files = [
            file
            for base in arguments.bases
            for file in take(browser, base, arguments.out, full=arguments.full, only=set(arguments.only))
        ]
        browser.close()
    contact_sheet(files, arguments.out / "sheet.png")
    print(f"{len(files)} pictures in {arguments.out}; all of them on {arguments.out / 'sheet.png'}")


if __name__ == "__main__":
    main()
