"""What one does to earn a badge: written in Markdown, shown as safe HTML."""

from markdown_it import MarkdownIt
from markupsafe import Markup

from col_core.base.html import clean_html


def html_of(markdown: str) -> Markup:
    """Return `markdown` as HTML of paragraphs, lists, emphasis and links. HTML in it is shown as it was typed."""
    rendered = MarkdownIt("commonmark", {"html": False}).disable(["image", "fence", "code"]).render(markdown)
    return Markup(clean_html(rendered))  # noqa: S704 (made safe)
