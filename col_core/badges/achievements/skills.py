"""The skills that a city knows by name: ESCO's, as its official CSV download brings them.

Source: ESCO (European Commission, CC BY 4.0), files `…_<language>.csv` with `conceptUri`, `preferredLabel`,
`altLabels` and, in its collections, `broaderConceptUri`; `broaderRelationsSkillPillar_…` with `broaderUri`.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from col_core.badges.achievements.tables import SkillLabelRow, SkillRow
from col_core.base import bulk
from col_core.base.database import Base
from col_core.base.errors import InvalidInput
from col_core.base.fields import is_web_address
from col_core.base.html import plain_line
from col_core.catalogue.records import Skill
from col_core.organisers.directory import name_key

_FILE = re.compile(r".+?_([a-z]{2})(?:_[a-z]+)?\.csv")
_BREAK = re.compile(r"\n|\s\|\s")
_CHUNK = 500
_LONGEST_URI, _LONGEST_LABEL, _LONGEST_KEY, _LONGEST_KIND = 300, 500, 200, 20
_PREFERRED = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What came in: how many skills and names, in which languages; the files that hold no skills, by name."""

    skills: int
    labels: int
    languages: Sequence[str]
    passed_over: Sequence[str]


@dataclass(slots=True)
class _Found:
    kind: str = ""
    broader: set[str] = field(default_factory=set)
    labels: dict[str, list[str]] = field(default_factory=dict)


def labels(session: Session, uris: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
    """Return what those of `uris` that are known are called, per language."""
    wanted = sorted(set(uris))
    found: dict[str, dict[str, str]] = {}
    for start in range(0, len(wanted), _CHUNK):
        chosen = select(SkillLabelRow.uri, SkillLabelRow.language, SkillLabelRow.label).where(
            SkillLabelRow.uri.in_(wanted[start : start + _CHUNK]), SkillLabelRow.number == _PREFERRED
        )
        for uri, language, label in session.execute(chosen):
            found.setdefault(uri, {})[language] = label
    return found


def find(session: Session, text: str, *, language: str, limit: int = 20) -> list[Skill]:
    """Return skills that `text` begins the name of, in `language`, those that are called so first."""
    key = name_key(text)
    if not key:
        return []
    chosen = (
        select(SkillLabelRow.uri, SkillLabelRow.number)
        .where(SkillLabelRow.language == language, SkillLabelRow.key.startswith(key, autoescape=True))
        .order_by(SkillLabelRow.number, SkillLabelRow.key)
        .limit(limit * 4)
    )
    uris = list(dict.fromkeys(uri for uri, _ in session.execute(chosen)))[:limit]
    known = labels(session, uris)
    return [Skill(uri=uri, label=known[uri]) for uri in uris if uri in known]


def import_folder(session: Session, folder: Path, *, languages: Sequence[str]) -> Imported:
    """Take in the skills of ESCO's files in `folder`, in those of `languages` that are there.

    The names of a language replace the ones that were there before. Raises InvalidInput that names file and line.
    """
    found = dict[str, _Found]()
    passed_over, read = list[str](), set[str]()
    for file in sorted(folder.glob("*.csv")):
        match = _FILE.fullmatch(file.name)
        if match is None or match[1] not in languages or not _take_in(file, match[1], found):
            passed_over.append(file.name)
        else:
            read.add(match[1])
    # A file of relations also names what none of these languages has a name for.
    found = {uri: skill for uri, skill in found.items() if skill.labels}
    if not found:
        raise InvalidInput(
            f"{folder} holds no skills in {', '.join(languages)}: expected ESCO's CSV download, files such as "
            f"skills_{languages[0]}.csv."
        )
    _store(session, found, sorted(read))
    count = sum(len(each) for skill in found.values() for each in skill.labels.values())
    return Imported(skills=len(found), labels=count, languages=sorted(read), passed_over=passed_over)


def _take_in(file: Path, language: str, found: dict[str, _Found]) -> bool:
    """Add what `file` says; return whether it is a file of skills at all."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        try:
            columns = set(reader.fieldnames or ())
            if "conceptUri" not in columns or not columns & {"preferredLabel", "broaderUri"}:
                return False
            for row in reader:
                _take_in_row(row, language, found)
        except (csv.Error, UnicodeDecodeError) as error:
            raise InvalidInput(f"{file}:{reader.line_num + 1} cannot be read: {error}.") from error
        except ValueError as error:
            raise InvalidInput(f"{file}:{reader.line_num}: {error}") from error
    return True


def _take_in_row(row: Mapping[str, str | None], language: str, found: dict[str, _Found]) -> None:
    uri = (row["conceptUri"] or "").strip()
    if not is_web_address(uri) or len(uri) > _LONGEST_URI:
        raise ValueError(f"{uri[:60]!r} is not the address of a skill.")
    skill = found.setdefault(uri, _Found())
    wider = (*_parts(row.get("broaderConceptUri")), *_parts(row.get("broaderUri")))
    skill.broader |= {each for each in wider if is_web_address(each)}
    label = plain_line(row.get("preferredLabel") or "", max_chars=_LONGEST_LABEL)
    if not label:
        return
    skill.kind = skill.kind or (row.get("skillType") or row.get("conceptType") or "")[:_LONGEST_KIND]
    others = (plain_line(each, max_chars=_LONGEST_LABEL) for each in _parts(row.get("altLabels")))
    stated = skill.labels.setdefault(language, [label])
    stated += [each for each in dict.fromkeys(others) if each and each not in stated]


def _parts(text: str | None) -> Iterator[str]:
    return (part for each in _BREAK.split(text or "") if (part := each.strip()))


def _store(session: Session, found: Mapping[str, _Found], languages: Sequence[str]) -> None:
    known = dict(session.execute(select(SkillRow.uri, SkillRow.broader)).all())
    session.execute(delete(SkillLabelRow).where(SkillLabelRow.language.in_(languages)))
    fresh = []
    for uri, skill in found.items():
        broader = json.dumps(sorted(skill.broader))
        if uri not in known:
            fresh.append({"uri": uri, "kind": skill.kind, "broader": broader})
        elif skill.broader and known[uri] != broader:
            row = session.get(SkillRow, uri)
            assert row is not None
            row.broader = broader
    bulk.insert_many(session, _table(SkillRow), fresh)
    rows = [
        {
            "uri": uri,
            "language": language,
            "number": number,
            "label": label,
            "key": name_key(label)[:_LONGEST_KEY],
        }
        for uri, skill in found.items()
        for language, stated in skill.labels.items()
        for number, label in enumerate(stated)
    ]
    bulk.insert_many(session, _table(SkillLabelRow), rows)
    session.flush()


def _table(row: type[Base]) -> Table:
    table = row.__table__
    assert isinstance(table, Table)
    return table
