"""New texts come into the catalogues untranslated, and nothing is guessed."""

from babel.messages.catalog import Catalog

from col_core.cli.extraction import update


def test_a_new_text_waits_for_its_translation_whichever_language_comes_first(tmp_path):
    template = Catalog(charset="utf-8", fuzzy=False)
    template.add("Good morning")
    for tag in ("en", "lt", "sl"):
        update(tmp_path / f"{tag}.po", template, tag=tag)
    said = {tag: (tmp_path / f"{tag}.po").read_text("utf-8") for tag in ("en", "lt", "sl")}
    assert 'msgstr "Good morning"' in said["en"]
    assert "Good morning" not in said["lt"].replace('msgid "Good morning"', "")
    assert "Good morning" not in said["sl"].replace('msgid "Good morning"', "")
