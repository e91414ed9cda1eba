"""Find what is wrong with a translation before anybody reads it.

Babel's own check notices a wrong placeholder in some messages; it knows neither what is missing nor what is left over,
nor tags, nor a plural form that hides its number.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from babel.messages.plurals import get_plural

from col_core.base import catalogues, plurals
from col_core.base.catalogues import Entry
from col_core.base.errors import ConfigError
from col_core.base.formats import TIME_PATTERN, is_time_pattern
from col_core.base.messages import COUNT_NAMES
from col_core.base.plurals import PluralForms

_PERCENT = re.compile(r"%(?:\((\w+)\)([a-zA-Z]?)|(%)|(.?))", re.DOTALL)
_BRACE = re.compile(r"\{(\w*)\}")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def plural_rule(tag: str) -> PluralForms:
    """Return the plural rule that CLDR gives the language `tag`."""
    count, expression = get_plural(tag.replace("-", "_"))
    return plurals.parse(f"nplurals={count}; plural={expression};")


def check_file(path: Path, *, tag: str, template: Sequence[Entry], partial: bool = False) -> list[str]:
    """Return what is wrong with the catalogue at `path`, each as a sentence that names the message.

    `template` holds the messages that there are to translate. A `partial` catalogue (a city's own words) may leave
    messages out.
    """
    rule = plural_rule(tag)
    try:
        entries = catalogues.read(path, expected=rule)
    except ConfigError as problem:
        return [problem.message]
    found = {entry.key: entry for entry in entries}
    wanted = {entry.key: entry for entry in template}
    problems: list[str] = []
    for key, source in wanted.items():
        entry = found.get(key)
        if entry is not None:
            problems += [f"{_named(entry)}: {problem}" for problem in _wrong(entry, source, rule, partial=partial)]
        elif not partial:
            problems.append(f"{_named(source)}: not in the catalogue; run `col i18n update`")
    problems += [f"{_named(found[key])}: unused; run `col i18n update`" for key in found.keys() - wanted.keys()]
    if any(line.startswith("#~") for line in path.read_text("utf-8").splitlines()):
        problems.append("holds obsolete messages (#~); run `col i18n update`")
    return [f"{path}: {problem}." for problem in problems]


def _wrong(entry: Entry, source: Entry, rule: PluralForms, *, partial: bool) -> Iterator[str]:
    if entry.fuzzy:
        yield "fuzzy: look at it and take the mark away"
    if len(entry.ids) != len(source.ids) or entry.ids[1:] != source.ids[1:]:
        yield "its plural differs from the source; run `col i18n update`"
        return
    empty = [str(number) for number, form in enumerate(entry.forms) if not form.strip()]
    if len(empty) == len(entry.forms):
        if not partial:
            yield "not translated"
        return
    if empty:
        yield f"plural form {', '.join(empty)} of {rule.count} is missing"
    for number, form in enumerate(entry.forms):
        if form.strip():
            for problem in _wrong_form(form, source, _only_number(rule, number, source)):
                yield f"{form!r}: {problem}"
    if entry.context == TIME_PATTERN[0] and not is_time_pattern(entry.forms[0]):
        yield f"{entry.forms[0]!r} is no time pattern such as HH:mm"


def _wrong_form(form: str, source: Entry, only_number: bool) -> Iterator[str]:
    named = [_placeholders(text) for text in source.ids]
    allowed, needed = set().union(*named), set(named[-1])
    if only_number:
        needed -= {name for name in needed if name.strip("%()sd{}") in COUNT_NAMES}
    given = _placeholders(form)
    if wrong := given - allowed:
        yield f"placeholder {_joined(wrong)} is not in the source"
    if lost := needed - given:
        yield f"placeholder {_joined(lost)} is missing"
    tags = _tags(form)
    if all(tags != _tags(text) for text in source.ids):
        yield "its HTML tags differ from the source"
    if form[:1].isspace() != source.ids[-1][:1].isspace() or form[-1:].isspace() != source.ids[-1][-1:].isspace():
        yield "blanks at its beginning or end differ from the source"


def _only_number(rule: PluralForms, form: int, source: Entry) -> bool:
    """Whether the form stands for a single number, so that it may say "one" instead of the number."""
    return len(source.ids) > 1 and len(rule.numbers(form)) == 1


def _placeholders(text: str) -> set[str]:
    """Return the placeholders of `text`; a stray percent sign counts as one if the text has placeholders at all."""
    found: set[str] = set()
    strays: set[str] = set()
    for name, kind, percent, stray in _PERCENT.findall(text):
        if name:
            found.add(f"%({name}){kind}")
        elif not percent:
            strays.add(f"%{stray}")
    return found | {f"{{{name}}}" for name in _BRACE.findall(text)} | (strays if found else set())


def _tags(text: str) -> Counter[str]:
    return Counter(_TAG.findall(text))


def _joined(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _named(entry: Entry) -> str:
    return f"[{entry.context}] {entry.ids[0]!r}" if entry.context else repr(entry.ids[0])
