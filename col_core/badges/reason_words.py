"""What the reasons of a check say to people: one plain sentence for each, in every language through gettext."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from col_core.badges.credentials.reasons import Reason
from col_core.badges.credentials.records import Aspect, Check, Outcome, Verdict
from col_core.base.formats import Zone, local
from col_core.base.i18n import N_, NP_, Translator

VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    # translators: the answer about a badge, in one word
    Verdict.VALID: NP_("verdict", "Valid"),
    Verdict.INVALID: NP_("verdict", "Not valid"),
    Verdict.REVOKED: NP_("verdict", "Revoked"),
    Verdict.EXPIRED: NP_("verdict", "Expired"),
    # translators: nobody knows whether the badge is valid, for something could not be reached or read
    Verdict.UNKNOWN: NP_("verdict", "Cannot tell"),
}
# translators: the badge was taken back for a while, and may come into force again
SUSPENDED = NP_("verdict", "Suspended")
# translators: what was given is no badge at all
NOTHING = NP_("verdict", "No badge")

ASPECTS: Mapping[Aspect, tuple[str, str]] = {
    # translators: what was checked about a badge
    Aspect.PROOF: NP_("check", "Signature"),
    Aspect.ISSUER: NP_("check", "Issuer"),
    Aspect.STATUS: NP_("check", "Taken back?"),
    Aspect.DATES: NP_("check", "Dates"),
    Aspect.RECIPIENT: NP_("check", "Whose badge"),
    Aspect.SCHEMA: NP_("check", "Completeness"),
    Aspect.ENDORSEMENTS: NP_("check", "Who vouches for it"),
    Aspect.NETWORK: NP_("check", "Network of cities"),
}

OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    # translators: what came of one check
    Outcome.PASSED: NP_("outcome", "in order"),
    Outcome.FAILED: NP_("outcome", "not in order"),
    Outcome.UNKNOWN: NP_("outcome", "cannot tell"),
    # translators: there was nothing to check there
    Outcome.ABSENT: NP_("outcome", "nothing to check"),
}

SENTENCES: Mapping[Reason, str] = {
    Reason.EMPTY: N_("Nothing was given to check."),
    Reason.NOT_A_BADGE: N_("This is no badge that we can read. Give us a badge file, its text or its address."),
    Reason.NOT_ONE_BADGE: N_("This holds several badges, or none. Give us one at a time."),
    Reason.JSON: N_("The text of the badge is broken: it is no proper JSON. Perhaps a part of it is missing."),
    Reason.SIZE: N_("This is larger or more tangled than any badge should be, so we did not read it."),
    Reason.CHARACTERS: N_("The text holds characters that no badge may hold."),
    Reason.PICTURE: N_("The picture is broken or cannot be read."),
    Reason.NO_BADGE_IN_PICTURE: N_(
        "There is no badge in this picture. A screenshot or a copy from a chat loses it: ask for the original file."
    ),
    Reason.NO_BADGE_AT_ADDRESS: N_("There is no badge at this address."),
    Reason.ADDRESS_EMPTY: N_("There is nothing at this address."),
    Reason.ADDRESS_UNREACHABLE: N_("The address does not answer. Try again later."),
    Reason.OPEN_BADGES_1: N_(
        "This badge is in an old format (Open Badges 1) that nobody can check any more. Ask the issuer for a new one."
    ),
    Reason.NOT_CHECKED: N_("This was not checked."),
    Reason.VALID: N_("The badge is genuine, unchanged and in force."),
    Reason.PROOF_HOLDS: N_("The signature fits: nobody changed the badge after it was issued."),
    Reason.PROOF_MISSING: N_("The badge is not signed, so anybody could have written it."),
    Reason.PROOF_BROKEN: N_("The signature does not fit: somebody changed the badge after it was issued."),
    Reason.PROOF_UNREADABLE: N_("The signature cannot be read."),
    Reason.PROOF_KIND: N_("The badge is signed in a way that we cannot check."),
    Reason.PROOF_OVER: N_("The time for which the badge was signed is over."),
    Reason.ALGORITHM: N_("The badge is signed in a way that protects nothing."),
    Reason.CLAIMS_DIFFER: N_("The badge contradicts its own signature, so something was changed."),
    Reason.CONTEXT: N_("The badge uses words whose meaning we cannot be sure of, so its signature cannot be checked."),
    Reason.UNSIGNED_WORDS: N_(
        "The badge says things that its signature cannot cover, so anybody could have added them."
    ),
    Reason.KEY_NOT_LISTED: N_("The badge was signed with a key that is not the issuer's."),
    Reason.KEY_PURPOSE: N_("The issuer does not use this key for badges."),
    Reason.KEY_REVOKED: N_("The issuer has withdrawn the key: others may have used it too."),
    Reason.KEY_RETIRED: N_("The badge was signed with a key that was out of use by then."),
    Reason.HOSTED_CONFIRMED: N_("The issuer's own website shows the badge just like this."),
    Reason.HOSTED_MISSING: N_("The issuer's website does not have this badge, or no longer has it."),
    Reason.HOSTED_UNREACHABLE: N_("The issuer's website, where the badge is kept, does not answer. Try again later."),
    Reason.HOSTED_DIFFERS: N_("The issuer's website shows another badge than this one."),
    Reason.HOSTED_ELSEWHERE: N_("The badge is kept at an address that does not belong to its issuer."),
    Reason.ISSUER_CONFIRMED: N_("The issuer's own address confirms the key."),
    Reason.ISSUER_COPY: N_(
        "The issuer's address does not answer. A copy of what it said before, which this city keeps, confirms the key."
    ),
    Reason.ISSUER_DOUBTED: N_(
        "The issuer's address names other keys than before and does not say what became of those. What counts here is "
        "the copy from before, which this city keeps."
    ),
    Reason.ISSUER_IS_A_KEY: N_(
        "The issuer is known by its key alone. Its name is what it says of itself; nobody confirms it."
    ),
    Reason.ISSUER_MISSING: N_("The badge does not say who issued it."),
    Reason.ISSUER_GONE: N_("The issuer can no longer be found at its address."),
    Reason.ISSUER_UNREACHABLE: N_("The issuer's address does not answer. Try again later."),
    Reason.ISSUER_UNREADABLE: N_("What the issuer says of itself cannot be read."),
    Reason.ISSUER_OTHER: N_("The badge names one issuer and is signed by another."),
    Reason.ISSUER_KIND: N_("The issuer is named in a way that we cannot follow."),
    Reason.IN_TIME: N_("The badge is within the time for which it was issued."),
    Reason.EXPIRED: N_("The time for which the badge was issued is over."),
    Reason.NOT_YET: N_("The badge is not in force yet."),
    Reason.DATES_UNREADABLE: N_("The dates in the badge cannot be read."),
    Reason.STATUS_CLEAR: N_("The issuer has not taken it back."),
    Reason.STATUS_CLEAR_THEN: N_("As far as this city knows, the issuer has not taken it back."),
    Reason.STATUS_ABSENT: N_("The issuer keeps no list of badges that it took back."),
    Reason.REVOKED: N_("The issuer has taken the badge back. It no longer holds."),
    Reason.SUSPENDED: N_("The issuer has suspended the badge. For now it does not hold."),
    Reason.STATUS_UNREACHABLE: N_("Whether the issuer took it back could not be found out: its list does not answer."),
    Reason.STATUS_UNREADABLE: N_("Whether the issuer took it back could not be found out: its list cannot be read."),
    Reason.STATUS_UNPROVEN: N_(
        "Whether the issuer took it back could not be found out: its list is not signed by the issuer, or out of date."
    ),
    Reason.STATUS_PLACE: N_("Whether the issuer took it back could not be found out: its list has no such place."),
    Reason.STATUS_KIND: N_("Whether the issuer took it back could not be found out: we do not know this kind of list."),
    Reason.RECIPIENT_FITS: N_("The badge was given to this e-mail address."),
    Reason.RECIPIENT_OTHER: N_("The badge was not given to this e-mail address."),
    Reason.RECIPIENT_NOT_ASKED: N_("Nobody asked whose badge it is."),
    Reason.RECIPIENT_UNNAMED: N_("The badge names no e-mail address, so it cannot be compared with the one you gave."),
    Reason.SCHEMA_FITS: N_("Everything that a badge must say is there."),
    Reason.SCHEMA_MISSING: N_("Something that every badge must say is missing."),
    Reason.SCHEMA_KIND: N_("This is a signed document, and no Open Badge."),
    Reason.NOT_ENDORSED: N_("Nobody else vouches for it. That is usual."),
    Reason.ENDORSEMENTS_HOLD: N_("Others vouch for it, and their signatures fit."),
    Reason.ENDORSEMENT_FAILS: N_("Somebody is said to vouch for it, and that is not so."),
    Reason.ENDORSEMENT_UNKNOWN: N_("Whether others really vouch for it could not be found out."),
    Reason.NETWORK_MEMBER: N_("The issuer belongs to the network of cities."),
    Reason.NETWORK_OWN: N_("The issuer belongs to this city."),
    Reason.NETWORK_FORMER: N_("The issuer belonged to the network of cities before. That it left says nothing bad."),
    Reason.NETWORK_STRANGER: N_("The issuer does not belong to the network of cities. That alone says nothing bad."),
    Reason.NETWORK_NOT_ASKED: N_("Whether the issuer belongs to a network of cities was not asked."),
}


# There was no badge to give an answer about.
READING: frozenset[str] = frozenset({
    Reason.EMPTY, Reason.NOT_A_BADGE, Reason.NOT_ONE_BADGE, Reason.JSON, Reason.SIZE, Reason.CHARACTERS, Reason.PICTURE,
    Reason.NO_BADGE_IN_PICTURE, Reason.NO_BADGE_AT_ADDRESS, Reason.ADDRESS_EMPTY,
})  # fmt: skip


def sentence(reason: str, words: Translator) -> str:
    """Return what `reason` says, in the language of `words`."""
    return words.gettext(SENTENCES[Reason(reason)])


def recognition(check: Check, words: Translator, *, zone: Zone) -> Sequence[str]:
    """Return what the network of cities says of an issuer, in a few short pieces; none where it says nothing.

    `zone` is that of the days.
    """
    said = check.details
    city = city_word(check, words)
    since, until = (_day(said.get(each), words, zone) for each in ("since", "until"))
    if check.reason == Reason.NETWORK_OWN:
        return [words.gettext("Issued in this city"), city]
    if check.reason == Reason.NETWORK_FORMER:
        return [words.gettext("%(city)s, was a member of the network of cities until %(day)s", city=city, day=until)]
    if check.reason != Reason.NETWORK_MEMBER:
        return []
    where = words.gettext("%(city)s, member since %(day)s", city=city, day=since) if since else city
    # translators: in front of it stands the issuer of a badge; what vouches is the network of cities
    vouched = words.gettext("vouched for by %(network)s", network=said["vouched_by"]) if "vouched_by" in said else ""
    return [each for each in (words.gettext("Issuer verified"), where, vouched) if each]


def city_word(check: Check, words: Translator) -> str:
    """Return the name of the city of which a check of the network tells, "" where it tells of none."""
    return check.details.get(f"city:{words.tag}") or check.details.get("city", "")


def check_sentence(check: Check, words: Translator, *, zone: Zone) -> str:
    """Return what a check found, in one sentence or a line of short pieces."""
    return " · ".join(recognition(check, words, zone=zone)) or sentence(check.reason, words)


def as_of(moment: datetime | None, words: Translator, *, zone: Zone, in_doubt: bool = False) -> str:
    """Return how old what is known is, where a server of the issuer did not answer; "" where all did.

    `moment` and `in_doubt` are `as_of` and `in_doubt` of a `Verification`.
    """
    if moment is None:
        return ""
    day = words.date(local(moment, zone).date(), "medium")
    if in_doubt:
        return words.gettext(
            "The issuer's server answers otherwise than before, and does not say why; what is known is of %(day)s.",
            day=day,
        )
    return words.gettext("The issuer's server did not answer; what is known is of %(day)s.", day=day)


def _day(instant: str | None, words: Translator, zone: Zone) -> str:
    return words.date(local(datetime.fromisoformat(instant), zone).date(), "medium") if instant else ""


def verdict_word(verdict: Verdict, reason: str, words: Translator) -> str:
    """Return the answer in one word; what is suspended, or no badge at all, has a word of its own."""
    if reason in READING:
        return words.pgettext(*NOTHING)
    return words.pgettext(*(SUSPENDED if reason == Reason.SUSPENDED else VERDICTS[verdict]))


def aspect_word(aspect: Aspect, words: Translator) -> str:
    """Return what was checked."""
    return words.pgettext(*ASPECTS[aspect])


def outcome_word(check: Check, words: Translator) -> str:
    """Return what came of a check, for those who do not see its sign."""
    return words.pgettext(*OUTCOMES[check.outcome])
