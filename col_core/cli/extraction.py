"""Gather the texts to translate from code and templates, and carry them into the catalogues."""

import io
from copy import deepcopy
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from col_core.base.catalogue_check import plural_rule
from col_core.base.catalogues import DOMAIN, Entry

KEYWORDS = {
    "_": None,
    "gettext": None,
    "N_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "NP_": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
COMMENT_TAGS = ("translators:",)
SOURCE_LANGUAGE = "en"
TEMPLATE = f"{DOMAIN}.pot"

_TEMPLATE_SUFFIXES = {".html", ".txt", ".xml"}
_JINJA_OPTIONS = {"silent": "false", "trimmed": "true", "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols"}
_NO_SOURCES = {"tests", "__pycache__", "node_modules", "static", "migrations"}
_NOISE = (
    "POT-Creation-Date:",
    "PO-Revision-Date:",
    "Last-Translator:",
    "Language-Team:",
    "Generated-By:",
    "Report-Msgid-Bugs-To:",
    "Project-Id-Version:",
)


def extracted(sources: Path) -> Catalog:
    """Return the messages of the package in the folder `sources`: its Python files and its Jinja templates."""
    catalogue = Catalog(project=sources.name, charset="utf-8", fuzzy=False, header_comment="# Texts to translate.")
    for path in sorted(sources.rglob("*")):
        relative = path.relative_to(sources)
        if not path.is_file() or _NO_SOURCES & set(relative.parts):
            continue
        if path.suffix == ".py":
            method = "python"
        elif path.suffix in _TEMPLATE_SUFFIXES and "templates" in relative.parts:
            method = "jinja2"
        else:
            continue
        with path.open("rb") as file:
            where = f"{sources.name}/{relative.as_posix()}"
            for _, message, comments, context in extract(
                method,
                file,
                keywords=KEYWORDS,
                comment_tags=COMMENT_TAGS,
                options=_JINJA_OPTIONS,
                strip_comment_tags=True,
            ):
                catalogue.add(message, None, [(where, 0)], auto_comments=comments, context=context)
    return catalogue


def write_template(catalogue: Catalog, folder: Path) -> bool:
    """Write `messages.pot`; return whether it changed."""
    folder.mkdir(parents=True, exist_ok=True)
    return _write(folder / TEMPLATE, catalogue)


def read_template(folder: Path) -> Catalog:
    """Read `messages.pot` of a folder of catalogues."""
    with (folder / TEMPLATE).open("rb") as file:
        return read_po(file)


def entries(catalogue: Catalog) -> tuple[Entry, ...]:
    """Return the messages of a template in the shape that the check takes."""
    return tuple(
        Entry(
            context=message.context or None,
            ids=(message.id,) if isinstance(message.id, str) else tuple(message.id),
            forms=(),
        )
        for message in catalogue
        if message.id
    )


def update(path: Path, template: Catalog, *, tag: str) -> bool:
    """Bring the catalogue at `path` (made where it is missing) up to `template`; return whether it changed.

    What is no longer used goes, what is new comes untranslated; nothing is guessed. The source language translates
    itself.
    """
    if path.is_file():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=tag.replace("-", "_"), ignore_obsolete=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = Catalog(locale=tag.replace("-", "_"), charset="utf-8")
    catalogue.project = template.project
    catalogue.fuzzy = False
    catalogue.header_comment = f"# {tag}"
    # A copy: Babel hands over the template's own messages, and the next language would find them filled in.
    catalogue.update(deepcopy(template), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    if tag == SOURCE_LANGUAGE:
        for message in catalogue:
            if message.id and not any(message.string or ()):
                message.string = message.id
    return _write(path, catalogue)


def compile_file(path: Path) -> Path:
    """Write the `.mo` beside the `.po` at `path`."""
    with path.open("rb") as file:
        catalogue = read_po(file, ignore_obsolete=True)
    compiled = path.with_suffix(".mo")
    with compiled.open("wb") as file:
        write_mo(file, catalogue)
    return compiled


def catalogue_files(folder: Path) -> dict[str, Path]:
    """Return the `.po` files of a folder by language tag."""
    found = sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    return {path.parent.parent.name.replace("_", "-"): path for path in found}


def catalogue_path(folder: Path, tag: str) -> Path:
    """Return where the catalogue of `tag` stands in `folder`. Raises `BadPluralForms`, `ValueError` for no language."""
    plural_rule(tag)
    return folder / tag / "LC_MESSAGES" / f"{DOMAIN}.po"


def _write(path: Path, catalogue: Catalog) -> bool:
    """Write without dates, addresses and line numbers, so that a change in version control is a change of words."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    lines = buffer.getvalue().decode("utf-8").splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith(tuple(f'"{name}' for name in _NOISE)))
    if path.is_file() and path.read_text("utf-8") == text:
        return False
    path.write_text(text, "utf-8")
    return True
