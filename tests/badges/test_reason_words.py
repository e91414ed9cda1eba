import pytest

from col_core.badges.credentials.reasons import Reason
from col_core.badges.credentials.records import Aspect, Outcome, Verdict
from col_core.badges.reason_words import ASPECTS, OUTCOMES, SENTENCES, VERDICTS, sentence, verdict_word


def test_each_reason_has_one_sentence_of_its_own():
    assert set(SENTENCES) == set(Reason)
    assert len(set(SENTENCES.values())) == len(Reason)
    assert (set(VERDICTS), set(ASPECTS), set(OUTCOMES)) == (set(Verdict), set(Aspect), set(Outcome))


@pytest.mark.parametrize("tag", ["sl", "lt"])
def test_each_sentence_is_there_in_each_language(ljubljana, tag):
    words, english = (ljubljana.house.i18n.translator(each) for each in (tag, "en"))
    for reason in Reason:
        assert sentence(reason, words) != sentence(reason, english)


def test_what_is_suspended_or_no_badge_at_all_has_a_word_of_its_own(ljubljana):
    words = ljubljana.house.i18n.translator("en")
    said = [verdict_word(Verdict.REVOKED, each, words) for each in (Reason.REVOKED, Reason.SUSPENDED)]
    assert said == ["Revoked", "Suspended"]
    assert verdict_word(Verdict.INVALID, Reason.NOT_A_BADGE, words) == "No badge"
