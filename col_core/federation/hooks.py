"""Hook and protocol of the network room: who translates what partner cities offer. By default nobody does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from col_core.hooks.city import City
from col_core.hooks.markers import hookspec


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A text to be translated. `is_html`: paragraphs, lists, emphasis and links, whose tags stay; else plain lines."""

    text: str
    is_html: bool = False


@runtime_checkable
class TextTranslator(Protocol):
    """Translates from one language to another. Readers are told its `name`; languages are BCP 47 tags."""

    name: str

    def can(self, source: str, target: str) -> bool:
        """Return whether it translates from `source` to `target`. Asked often: it asks nobody."""
        ...

    def translate(self, passages: Sequence[Passage], *, source: str, target: str) -> Sequence[str]:
        """Return each of `passages`, the texts of one offer (six at most), in `target`, in their order.

        Called in the background alone. Raises FetchError where a service outside does not answer: it is asked again
        later; `permanent` says that it refuses these texts.
        """
        ...


@hookspec
def col_translators(city: City) -> list[TextTranslator]:  # type: ignore[empty-body]
    """Return who translates the offers of partner cities into the languages of this one.

    Called at boot; where it fails, the translators of that plugin are left out. Of several that can, the one of the
    plugin that is enabled first is asked. What it gives is tidied like every text from outside, shown with its name,
    and never handed on to other cities.
    """
