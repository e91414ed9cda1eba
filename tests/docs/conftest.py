"""Doing what a page of docs/ tells its reader to do, in an empty folder: files are written, commands are run."""

import contextlib
import io
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from col_core.cli.main import main

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WRITE = re.compile(r"Write `([^`]+)`:$")
_APPEND = re.compile(r"At the end of `([^`]+)`, add:$")
_CHANGE = re.compile(r"In `([^`]+)`, under `(\[\w+\])`, change the lines?:$")
_TRANSLATE = re.compile(r"In `([^`]+)`, change the message:$")
_PORT_IN_DOCS = "8001"
_START_S = 60


@dataclass(frozen=True, kw_only=True)
class Block:
    """One block of code of a page; `before` is the last line that stands above it."""

    language: str
    text: str
    before: str


def blocks(page: str) -> list[Block]:
    """Return the blocks of docs/`page` that name a language; the others are pictures of something."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [
        Block(language=each[1], text=each[2], before=text[: each.start()].rstrip("\n").rpartition("\n")[2])
        for each in _FENCE.finditer(text)
        if each[1]
    ]


@dataclass(kw_only=True)
class Walk:
    """Follows a page in `folder`, the working folder."""

    folder: Path
    port: int
    said: str = ""
    background: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def follow(self, page: str) -> None:
        for block in blocks(page):
            self._do(block)

    def stop(self) -> None:
        while self.background:
            each = self.background.pop()
            each.terminate()
            each.wait(30)

    def _do(self, block: Block) -> None:
        if found := _WRITE.search(block.before):
            file = self.folder / found[1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
        elif found := _APPEND.search(block.before):
            with (self.folder / found[1]).open("a", encoding="utf-8") as file:
                file.write("\n" + block.text)
        elif found := _CHANGE.search(block.before):
            self._change(self.folder / found[1], found[2], block.text.splitlines())
        elif found := _TRANSLATE.search(block.before):
            self._translate(self.folder / found[1], block.text)
        elif block.language == "sh":
            self._run(block.text)
        elif block.language == "text":
            self._expect(block.text)
        else:
            raise AssertionError(f"nothing says what to do with this block:\n{block.text}")

    def _change(self, file: Path, table: str, lines: list[str]) -> None:
        """Put each line in the place of the one line of that key, which may stand there as a comment."""
        before, header, rest = file.read_text(encoding="utf-8").partition(f"\n{table}\n")
        within, following, after = rest.partition("\n[")
        for line in lines:
            key = re.escape(line.partition("=")[0].strip())
            within, times = re.subn(rf"^(?:# )?{key} =.*$", lambda _, line=line: line, within, flags=re.MULTILINE)
            assert times == 1, f"{table} of {file.name} holds {times} lines with the key {key}"
        file.write_text(before + header + within + following + after, encoding="utf-8")

    def _translate(self, file: Path, message: str) -> None:
        asked, _, _ = message.rpartition("msgstr ")
        text = file.read_text(encoding="utf-8")
        assert text.count(f'{asked}msgstr ""') == 1, f"{file.name} has no single message\n{asked}"
        file.write_text(text.replace(f'{asked}msgstr ""\n', message), encoding="utf-8")

    def _run(self, commands: str) -> None:
        self.said = ""
        for line in commands.replace(_PORT_IN_DOCS, str(self.port)).splitlines():
            if line == "kill $!; wait $!":
                self.stop()
            elif line.endswith("&"):
                assert not self.background, "the page starts a second server on the port of the first"
                command = shlex.split(line.removesuffix("&"))
                self.background.append(subprocess.Popen(command))
            elif line.startswith("curl "):
                self.said += self._get(shlex.split(line)[-1])
            elif line.startswith("col ") and " worker" not in line:
                self._run_here(shlex.split(line)[1:])
            elif line.strip():
                done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
                self.said += done.stdout + done.stderr
                assert done.returncode == 0, f"{line}\n{self.said}"

    def _run_here(self, words: list[str]) -> None:
        """Run a command of ours in this process, which spares its start; the worker sets up logs, and stays outside."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = main(words)
        self.said += out.getvalue()
        assert code == 0, f"col {' '.join(words)}\n{self.said}"

    def _get(self, address: str) -> str:
        until = time.monotonic() + _START_S
        while True:
            try:
                with urllib.request.urlopen(address, timeout=20) as answer:
                    return answer.read().decode()
            except urllib.error.HTTPError:
                raise
            except OSError:
                assert time.monotonic() < until, f"nothing answers at {address}"
                assert self.background[-1].poll() is None, "the server ended by itself"
                time.sleep(0.1)

    def _expect(self, text: str) -> None:
        """Find the pieces of `text`, which "…" cuts, in what was said, one after the other."""
        at = 0
        for piece in (each.strip() for line in text.splitlines() for each in line.split("…")):
            found = self.said.find(piece, at)
            assert found >= 0, f"{piece!r} was not said; what was said:\n{self.said}"
            at = found + len(piece)


@pytest.fixture
def walk(tmp_path, monkeypatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for name in [each for each in os.environ if each.startswith("COL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    monkeypatch.setenv("COL_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("COL_BASE_URL", f"http://localhost:{port}")
    monkeypatch.chdir(tmp_path)
    made = Walk(folder=tmp_path, port=port)
    yield made
    made.stop()
