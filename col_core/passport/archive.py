"""Everything that somebody keeps in one archive: each badge in every form, and a page that says what lies there.

It is made while it is sent, one badge after the other, so that a thousand of them need no more memory than one.
"""

import zipfile
from collections.abc import Iterator, Sequence
from typing import IO, Any, cast

from markupsafe import Markup, escape

from col_core.badges.awards.exporting import Exporting
from col_core.base.errors import ColError
from col_core.base.i18n import Translator
from col_core.passport import keeping
from col_core.passport.papers import Papers, file_name
from col_core.passport.records import Held, Standing
from col_core.web.house import House

# Paper and pictures take a third of a second of a processor each; beyond these, a badge comes as it was signed.
_MOST_DRAWN = 150
_SIGNED_ONLY = ("json", "jwt")


class Archive:
    """Makes the archives of one city."""

    def __init__(self, house: House, exporting: Exporting, papers: Papers) -> None:
        self._house, self._exporting, self._papers = house, exporting, papers

    def stream(self, held: Sequence[Held], *, language: str) -> Iterator[bytes]:
        """Return the archive piece by piece."""
        out = _Sink()
        with zipfile.ZipFile(cast(IO[bytes], out), "w", zipfile.ZIP_DEFLATED) as package:
            listed: list[tuple[Held, Sequence[str]]] = []
            for number, each in enumerate(held, 1):
                names = []
                for name, body in self._files(each, number, drawn=number <= _MOST_DRAWN):
                    package.writestr(_entry(name), body)
                    names.append(name)
                    yield out.taken()
                listed.append((each, names))
            package.writestr(_entry("index.html"), self._index(listed, language))
        yield out.taken()

    def _files(self, held: Held, number: int, *, drawn: bool) -> Iterator[tuple[str, bytes]]:
        folder = f"{number:03d}-{file_name(held)}"
        if held.award is None:
            with self._house.database.read() as session:
                body = keeping.body(session, held)
            yield f"{folder}/{_name_of(body)}", body
            return
        if held.standing(self._house.clock.now()) is Standing.GONE:
            return
        for suffix in self._exporting.endings if drawn else _SIGNED_ONLY:
            try:
                yield f"{folder}/badge.{suffix}", self._exporting.exported(held.award, suffix).body
            except ColError:
                # The city issues no such form, or the badge went while the archive was being made.
                continue

    def _index(self, listed: Sequence[tuple[Held, Sequence[str]]], language: str) -> bytes:
        words = self._house.i18n.translator(language)
        city = self._house.config.city_name(language)
        items = Markup("").join(
            Markup("<li><h2>{}</h2><p>{}</p><ul>{}</ul></li>").format(
                _name(each, words),
                self._papers.facts(each, words),
                Markup("").join(
                    Markup('<li><a href="{}">{}</a></li>').format(name, name.rpartition("/")[2]) for name in names
                ),
            )
            for each, names in listed
        )
        page = Markup(
            '<!doctype html>\n<html lang="{}"><meta charset="utf-8"><meta name="viewport" '
            'content="width=device-width"><title>{}</title><style>body{{font:1rem/1.5 system-ui;max-width:44rem;'
            "margin:2rem auto;padding:0 1rem}}h2{{margin-bottom:0}}</style><h1>{}</h1><p>{}</p><ol>{}</ol></html>\n"
        ).format(
            language,
            words.gettext("My badges"),
            words.gettext("My badges"),
            words.gettext(
                "Each folder holds one badge. The JSON file is the signed original: anyone can check it, also without "
                "us. The pictures carry the same badge inside."
            ),
            items,
        )
        return f"{page}<!-- {escape(city)} -->\n".encode()


class _Sink:
    """What a ZIP is written to: only forward, and taken away piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._at = 0

    def write(self, piece: Any) -> int:
        taken = bytes(piece)
        self._pieces.append(taken)
        self._at += len(taken)
        return len(taken)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None: ...

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _entry(name: str) -> zipfile.ZipInfo:
    """Every archive of the same badges is the same: what it holds has no date of its own."""
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _name(held: Held, words: Translator) -> str:
    named = held.told.names.get(words.tag) or held.told.name if held.told is not None else ""
    return named or words.gettext("A badge without a name")


def _name_of(body: bytes) -> str:
    if body.startswith(b"\x89PNG"):
        return "badge.png"
    begin = body[:200].lstrip()
    return "badge.svg" if begin.startswith(b"<") else "badge.json" if begin.startswith(b"{") else "badge.jwt"
