"""The words of templates: `_`, `ngettext`, `pgettext` and `npgettext` by the rules of Jinja's own extension.

A page has dozens of them, and the extension looks each function up by its name, wraps every text and fills it in, also
where there is nothing to fill in. Most texts hold no place for a value: those are wrapped once.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from jinja2 import Environment, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from col_core.base.i18n import Translator

_plain = lru_cache(maxsize=4096)(Markup)


def install(environment: Environment, translator: Callable[[], Translator]) -> None:
    """Let the templates of `environment` say their words in the language that `translator` gives for each request.

    Values are named (`_("%(n)s left", n=3)`) and escaped; a percent sign is written twice (`100 %%`).
    """
    environment.add_extension("jinja2.ext.i18n")
    # For the block {% trans %}, which is compiled for one kind of functions or the other.
    environment.newstyle_gettext = True  # type: ignore[attr-defined]

    def said(eval_context: EvalContext, text: str, values: dict[str, Any]) -> str:
        if not eval_context.autoescape:
            return text % values
        if values or "%" in text:
            return Markup(text) % values  # noqa: S704 (a text of a catalogue; values are escaped)
        return _plain(text)

    @pass_eval_context
    def gettext(eval_context: EvalContext, text: str, /, **values: Any) -> str:
        return said(eval_context, translator().gettext(text), values)

    @pass_eval_context
    def ngettext(eval_context: EvalContext, one: str, many: str, n: int, /, **values: Any) -> str:
        return said(eval_context, translator().ngettext(one, many, n), {"num": n, **values})

    @pass_eval_context
    def pgettext(eval_context: EvalContext, context: str, text: str, /, **values: Any) -> str:
        return said(eval_context, translator().pgettext(context, text), values)

    @pass_eval_context
    def npgettext(eval_context: EvalContext, context: str, one: str, many: str, n: int, /, **values: Any) -> str:
        return said(eval_context, translator().npgettext(context, one, many, n), {"num": n, **values})

    environment.globals.update(
        {"_": gettext, "gettext": gettext, "ngettext": ngettext, "pgettext": pgettext, "npgettext": npgettext}
    )
