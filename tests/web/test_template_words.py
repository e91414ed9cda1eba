import pytest
from jinja2 import Environment

from col_core.web import template_words

TEXTS = {
    "Hello": "Živijo",
    "<b>bold</b>": "<b>krepko</b>",
    "%(name)s is 100 %% here": "%(name)s je 100-%% tu",
    "Half, 50 %%": "Pol, 50 %%",
}


class Slovenian:
    """A translator of a few texts, each with something that could go wrong."""

    def gettext(self, text):
        return TEXTS[text]

    def pgettext(self, context, text):
        return f"{TEXTS[text]} ({context})"

    def ngettext(self, one, many, n):
        return one if n == 1 else many

    def npgettext(self, context, one, many, n):
        return f"{one if n == 1 else many} ({context})"


@pytest.fixture
def said():
    environment = Environment(autoescape=True)
    template_words.install(environment, Slovenian)
    return lambda template, **values: environment.from_string(template).render(**values)


def test_a_text_is_said_in_the_language_of_the_request(said):
    assert said('{{ _("Hello") }} {{ _("Hello") }} {{ pgettext("greeting", "Hello") }}') == (
        "Živijo Živijo Živijo (greeting)"
    )


def test_markup_of_the_catalogue_stays_and_what_is_filled_in_is_escaped(said):
    assert said('{{ _("<b>bold</b>") }}') == "<b>krepko</b>"
    assert said('{{ _("%(name)s is 100 %% here", name="<i>") }}') == "&lt;i&gt; je 100-% tu"


def test_a_percent_sign_is_written_twice_also_where_nothing_is_filled_in(said):
    assert said('{{ _("Half, 50 %%") }}') == "Pol, 50 %"


@pytest.mark.parametrize(("n", "shown"), [(1, "1 offer"), (3, "3 offers")])
def test_a_number_chooses_the_form_and_is_filled_in(said, n, shown):
    assert said('{{ ngettext("%(num)s offer", "%(num)s offers", n) }}', n=n) == shown
    assert said('{{ ngettext("%(n)s offer", "%(n)s offers", n, n=n) }}', n=n) == shown
    assert said('{{ npgettext("shop", "%(num)s offer", "%(num)s offers", n) }}', n=n) == f"{shown} (shop)"


def test_a_block_of_a_template_is_said_too(said):
    assert said("{% trans %}Hello{% endtrans %}") == "Živijo"


def test_a_template_that_is_no_page_escapes_nothing():
    environment = Environment(autoescape=False)
    template_words.install(environment, Slovenian)
    assert environment.from_string('{{ _("%(name)s is 100 %% here", name="<i>") }}').render() == "<i> je 100-% tu"
