"""The network of the demonstration, made with the very commands by which one is run (docs/run-a-network.md)."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from col_core.base.errors import ColError

_NAME = "Cities of Learning (demonstration)"
_COMMAND_S = 60
_LOOK_S = 0.2


def begun(url: str, *, environ: Mapping[str, str]) -> Path:
    """Return the folder of the network at `url`, which is made where there is none yet. Raises ColError."""
    folder = Path(os.environ.get("COL_VAR", "var")).resolve() / "network"
    if folder.exists() and _said(folder / "network.json").get("url") != url:
        # Its address is its name: under other ports it is another network.
        folder = folder.with_name(f"network-{url.rpartition(':')[2]}")
    if not (folder / "network.json").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        _col("init", str(folder), "--url", url, "--name", _NAME, environ=environ)
    return folder


def admit(folder: Path, cities: Sequence[str], *, environ: Mapping[str, str]) -> bool:
    """Make those cities members that are none yet; return whether there were any. Raises ColError."""
    known = {_said(each).get("entity") for each in (folder / "members").glob("*.json")}
    new = [each for each in cities if each not in known]
    for city in new:
        _col("admit", str(folder), city, "--yes", environ=environ)
    return bool(new)


def wait_until_members(cities: Sequence[str], *, within_s: float) -> None:
    """Wait until every city takes every other one for a member. Raises ColError."""
    until = time.monotonic() + within_s
    for city in cities:
        others = set(cities) - {city}
        while not others <= _members(city):
            if time.monotonic() > until:
                raise ColError(f"{city} did not come to know the other cities within {within_s:.0f} seconds.")
            time.sleep(_LOOK_S)


def _members(city: str) -> set[str]:
    try:
        with urllib.request.urlopen(f"{city}/api/v1/network", timeout=5) as answer:  # noqa: S310 (our own address)
            said = json.load(answer)
    except (urllib.error.URLError, OSError, ValueError):
        return set()
    return {each["url"] for each in said["cities"] if each["standing"] == "member"}


def _said(file: Path) -> Mapping[str, object]:
    try:
        said: Mapping[str, object] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said


def _col(*words: str, environ: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "col_core", "network", *words]
    done = subprocess.run(  # noqa: S603 (our own program)
        command, env=dict(environ), capture_output=True, text=True, timeout=_COMMAND_S, check=False
    )
    if done.returncode != 0:
        raise ColError(f"`col network {' '.join(words)}` failed: {done.stderr.strip() or done.stdout.strip()}")
