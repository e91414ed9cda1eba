"""What the kinds of feedback are called on screens."""

from collections.abc import Mapping

from col_core.base.i18n import NP_
from col_core.content.records import FeedbackKind

FEEDBACK_LABELS: Mapping[FeedbackKind, tuple[str, str]] = {
    # translators: choices in a form that reports a problem with an offer
    FeedbackKind.FACTS: NP_("kind of feedback", "Something in the offer is wrong"),
    FeedbackKind.CANCELLED: NP_("kind of feedback", "It is cancelled or over"),
    FeedbackKind.UNSAFE: NP_("kind of feedback", "Something here does not feel safe"),
    FeedbackKind.ACCESSIBILITY: NP_("kind of feedback", "I cannot get in, read or use it"),
    # translators: choices in a form for feedback about the site
    FeedbackKind.IDEA: NP_("kind of feedback", "I have an idea, a wish or praise"),
    FeedbackKind.BROKEN: NP_("kind of feedback", "Something on this site does not work"),
    FeedbackKind.OTHER: NP_("kind of feedback", "Something else"),
}
