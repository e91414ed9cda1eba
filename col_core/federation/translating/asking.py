"""Asking the translators of plugins: each alone, in time, and what they give is checked before it is believed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from col_core.base.errors import FetchError, PluginError
from col_core.base.html import plain_line
from col_core.catalogue.admission import TIDY
from col_core.federation.hooks import Passage, TextTranslator
from col_core.federation.translating.records import Original
from col_core.hooks.registry import Plugins

LONGEST_S = 60.0
_LONGEST_NAME = 100


class AskedTranslator:
    """One translator of a plugin."""

    def __init__(self, plugins: Plugins, plugin: str, translator: TextTranslator) -> None:
        self._plugins, self._plugin, self._translator = plugins, plugin, translator
        self.name = plain_line(str(translator.name), max_chars=_LONGEST_NAME) or plugin

    def can(self, source: str, target: str) -> bool:
        """Return whether it says that it translates from `source` to `target`; one that fails cannot."""
        try:
            return self._guarded("can", lambda: self._translator.can(source, target), within_s=None) is True
        except PluginError:
            return False

    def translate(self, original: Original, target: str) -> Mapping[str, str]:
        """Return the texts of `original` in `target`, tidied, by field.

        Raises FetchError where its service does not answer or refuses, PluginError where it is at fault.
        """
        passages = [Passage(text=text, is_html=name == "description") for name, text in original.texts.items()]

        def asked() -> Mapping[str, str] | FetchError:
            try:
                said = self._translator.translate(passages, source=original.language, target=target)
            except FetchError as error:
                # The plugin does what it should; that others do not answer is no fault of it.
                return error
            return _checked(list(original.texts), said)

        answer = self._guarded("translate", asked, within_s=LONGEST_S)
        if isinstance(answer, FetchError):
            raise answer
        texts: Mapping[str, str] = answer
        return texts

    def _guarded(self, what: str, function: Callable[[], Any], *, within_s: float | None) -> Any:
        return self._plugins.guard(self._plugin, f"translator {self.name}: {what}", function, within_s=within_s)


class Translators:
    """The translators of a city, those of the plugin that is enabled first in front; by default there are none."""

    def __init__(self, plugins: Plugins, made: Sequence[tuple[str, TextTranslator]]) -> None:
        self.all = tuple(AskedTranslator(plugins, plugin, each) for plugin, each in made)

    def between(self, source: str, target: str) -> AskedTranslator | None:
        """Return who translates from `source` to `target`, or None."""
        return next((each for each in self.all if each.can(source, target)), None)


def _checked(names: Sequence[str], said: object) -> Mapping[str, str]:
    """Return what was translated by field, tidied. Raises TypeError, ValueError."""
    if not isinstance(said, list | tuple) or not all(isinstance(each, str) for each in said):
        raise TypeError("it did not return a list of texts")
    if len(said) != len(names):
        raise ValueError(f"it returned {len(said)} texts for {len(names)}")
    tidied = {name: TIDY[name](text) for name, text in zip(names, said, strict=True)}
    empty = [name for name, text in tidied.items() if not text]
    if empty:
        raise ValueError(f"it returned no words for: {', '.join(empty)}")
    return tidied
