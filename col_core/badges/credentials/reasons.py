"""Why a check came out as it did: one word a reason, the same for ever, for programs.

Each has a sentence in every language (`col_core/badges/reason_words.py`). `Unreadable` carries some of them too.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Grouped by what is checked; the first group says why nothing could be checked at all."""

    EMPTY = "empty"
    NOT_A_BADGE = "not_a_badge"
    NOT_ONE_BADGE = "not_one_badge"
    JSON = "json"
    SIZE = "size"
    CHARACTERS = "characters"
    PICTURE = "picture"
    NO_BADGE_IN_PICTURE = "no_badge_in_picture"
    NO_BADGE_AT_ADDRESS = "no_badge_at_address"
    ADDRESS_EMPTY = "address_empty"
    ADDRESS_UNREACHABLE = "address_unreachable"
    OPEN_BADGES_1 = "open_badges_1"
    NOT_CHECKED = "not_checked"

    VALID = "valid"

    PROOF_HOLDS = "proof_holds"
    PROOF_MISSING = "proof_missing"
    PROOF_BROKEN = "proof_broken"
    PROOF_UNREADABLE = "proof_unreadable"
    PROOF_KIND = "proof_kind"
    PROOF_OVER = "proof_over"
    ALGORITHM = "algorithm"
    CLAIMS_DIFFER = "claims_differ"
    CONTEXT = "context"
    UNSIGNED_WORDS = "unsigned_words"
    KEY_NOT_LISTED = "key_not_listed"
    KEY_PURPOSE = "key_purpose"
    KEY_REVOKED = "key_revoked"
    KEY_RETIRED = "key_retired"
    HOSTED_CONFIRMED = "hosted_confirmed"
    HOSTED_MISSING = "hosted_missing"
    HOSTED_UNREACHABLE = "hosted_unreachable"
    HOSTED_DIFFERS = "hosted_differs"
    HOSTED_ELSEWHERE = "hosted_elsewhere"

    ISSUER_CONFIRMED = "issuer_confirmed"
    ISSUER_COPY = "issuer_copy"
    ISSUER_DOUBTED = "issuer_doubted"
    ISSUER_IS_A_KEY = "issuer_is_a_key"
    ISSUER_MISSING = "issuer_missing"
    ISSUER_GONE = "issuer_gone"
    ISSUER_UNREACHABLE = "issuer_unreachable"
    ISSUER_UNREADABLE = "issuer_unreadable"
    ISSUER_OTHER = "issuer_other"
    ISSUER_KIND = "issuer_kind"

    IN_TIME = "in_time"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    DATES_UNREADABLE = "dates_unreadable"

    STATUS_CLEAR = "status_clear"
    STATUS_CLEAR_THEN = "status_clear_then"
    STATUS_ABSENT = "status_absent"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    STATUS_UNREACHABLE = "status_unreachable"
    STATUS_UNREADABLE = "status_unreadable"
    STATUS_UNPROVEN = "status_unproven"
    STATUS_PLACE = "status_place"
    STATUS_KIND = "status_kind"

    RECIPIENT_FITS = "recipient_fits"
    RECIPIENT_OTHER = "recipient_other"
    RECIPIENT_NOT_ASKED = "recipient_not_asked"
    RECIPIENT_UNNAMED = "recipient_unnamed"

    SCHEMA_FITS = "schema_fits"
    SCHEMA_MISSING = "schema_missing"
    SCHEMA_KIND = "schema_kind"

    NOT_ENDORSED = "not_endorsed"
    ENDORSEMENTS_HOLD = "endorsements_hold"
    ENDORSEMENT_FAILS = "endorsement_fails"
    ENDORSEMENT_UNKNOWN = "endorsement_unknown"

    NETWORK_MEMBER = "network_member"
    NETWORK_OWN = "network_own"
    NETWORK_FORMER = "network_former"
    NETWORK_STRANGER = "network_stranger"
    NETWORK_NOT_ASKED = "network_not_asked"
