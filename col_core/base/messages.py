"""Look up a message in a merged catalogue and fill in its values.

Filling in never fails: a placeholder that nobody gave a value stays as it is, so that one wrong word of an override
cannot take a page down. `col i18n check` finds such words before they are published.
"""

import re
from collections.abc import Callable, Mapping

from col_core.base.catalogues import Messages
from col_core.base.plurals import PluralForms

COUNT_NAMES = ("n", "num")

_PLACEHOLDER = re.compile(r"%(?:\((\w+)\)[sd]|%)")


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools know
    """Mark a text for translation where it is written; it is looked up where it is shown."""
    return message


def NP_(context: str, message: str) -> tuple[str, str]:  # noqa: N802 - beside N_
    """Mark a text with its context, for `pgettext(*marked)`."""
    return (context, message)


class MessageSource:
    """The messages of one language. Immutable; safe to share between threads.

    In a message, `%(name)s` is replaced by the keyword argument `name`, and `%%` by a percent sign. Without keyword
    arguments a text comes back exactly as written, because Jinja's own extension fills in afterwards.
    """

    def __init__(self, messages: Messages, plural_forms: PluralForms, *, number: Callable[[int], str]) -> None:
        self._messages = messages
        self._plural_forms = plural_forms
        self._count = number

    def gettext(self, message: str, /, **values: object) -> str:
        """Return `message` in this language."""
        return self._single(None, message, values)

    def pgettext(self, context: str, message: str, /, **values: object) -> str:
        """Return `message` in the meaning that `context` names."""
        return self._single(context, message, values)

    def ngettext(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """Return the form for `n` things; `%(n)s` in it is `n` as this language writes numbers."""
        return self._plural(None, singular, plural, n, values)

    def npgettext(self, context: str, singular: str, plural: str, n: int, /, **values: object) -> str:
        """Return the form for `n` things in the meaning that `context` names."""
        return self._plural(context, singular, plural, n, values)

    def has(self, context: str | None, message: str) -> bool:
        """Whether the catalogue itself says it, so that a caller may use CLDR's wording instead."""
        return (context, message) in self._messages

    def _single(self, context: str | None, message: str, values: Mapping[str, object]) -> str:
        found = self._messages.get((context, message))
        text = found[0] if found else message
        return fill(text, values) if values else text

    def _plural(self, context: str | None, singular: str, plural: str, n: int, values: Mapping[str, object]) -> str:
        forms = self._messages.get((context, singular))
        if forms is not None and len(forms) == self._plural_forms.count:
            text = forms[self._plural_forms.index(n)]
        else:
            text = singular if n == 1 else plural
        count = self._count(n)
        return fill(text, {**dict.fromkeys(COUNT_NAMES, count), **values})


def fill(text: str, values: Mapping[str, object]) -> str:
    """Replace the placeholders of `text` that have a value."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return "%"
        return str(values[name]) if name in values else match[0]

    return _PLACEHOLDER.sub(value, text)
