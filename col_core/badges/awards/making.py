"""Making awards: drawing their places in a status list, saying what they say, signing, storing. One transaction."""

import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dateutil.relativedelta import relativedelta
from sqlalchemy.orm import Session

from col_core.badges.achievements import reading, saying
from col_core.badges.achievements.records import Achievement
from col_core.badges.awards import background, codes, endorsing, status, store
from col_core.badges.awards.records import Award, AwardState, Document, Place, Recipient
from col_core.badges.awards.tables import AwardDocumentRow, AwardRow
from col_core.badges.credentials.records import (
    Achieved,
    Badge,
    BitstringEntry,
    HashedEmail,
    RevocationListEntry,
    Signer,
)
from col_core.badges.credentials.records import Recipient as Subject
from col_core.badges.hooks import BadgeIssuer, SignedCredential
from col_core.badges.keyring.identities import CITY, Identities, Identity
from col_core.badges.keyring.keyring import Keyring
from col_core.base.bulk import insert_many
from col_core.base.clock import Clock
from col_core.base.errors import Gone, NotFound, Unavailable
from col_core.base.i18n import I18n
from col_core.base.settings import CityConfig

# After so long somebody may ask again for what an outside service makes.
_MAKING_S = 60
# In these states an award says what it was issued with.
_KEPT = (AwardState.ISSUED, AwardState.CLAIMED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A badge to be made. `run` is the order and the number of its row, where there is one."""

    recipient: Recipient
    language: str
    narrative: str | None = None
    valid_from: datetime | None = None
    repeat_key: str | None = None
    run: tuple[str, int] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A badge and what signs it, where anything of ours does."""

    badge: Badge
    signer: Signer | None = None
    key_id: str | None = None


class Making:
    """Makes the badges of one city, in each format that its plugins bring."""

    def __init__(
        self,
        config: CityConfig,
        *,
        i18n: I18n,
        clock: Clock,
        keyring: Keyring,
        known: codes.Codes,
        back_ends: Sequence[BadgeIssuer],
    ) -> None:
        self._config, self._i18n, self._clock = config, i18n, clock
        self._keyring, self._codes = keyring, known
        self._identities = Identities(config)
        self._back_ends = {each.format: each for each in back_ends}

    @property
    def formats(self) -> Mapping[str, BadgeIssuer]:
        """The formats of the city's badges, in the order of its plugins."""
        return self._back_ends

    def make(self, session: Session, achievement: Achievement, wanted: Sequence[Wanted]) -> list[Award]:
        """Make a badge for each of `wanted`, signed in every format that is made at once."""
        if not wanted:
            return []
        issuer = self._issuer(session, achievement)
        places = status.draw(session, issuer.key, len(wanted), clock=self._clock)
        now = self._clock.now()
        awards, rows = [], []
        for each, place in zip(wanted, places, strict=True):
            award = self._award(achievement, issuer, each, place, now)
            awards.append(award)
            rows.append(self._row(award, each))
        insert_many(session, AwardRow.__table__, rows)  # type: ignore[arg-type]  # it is a table
        at_once = [each for each in self._back_ends.values() if each.at_once]
        self._sign(session, achievement, issuer, awards, at_once)
        for back_end in self._back_ends.values():
            if background.is_in_background(back_end):
                background.ask_for(session, [award.id for award in awards], back_end.format, clock=self._clock)
        return awards

    def document(self, session: Session, award: Award, format_: str) -> Document:
        """Return `award` in one format; it is signed here where nobody asked for it before.

        `session` is one that writes. Raises NotFound for a format that the city does not issue, Unavailable for one
        that an outside service has not made yet, Gone where the award lost what it says meanwhile.
        """
        # Locked and read again: of two who ask first one signs, and what was erased since is not signed again.
        row = store.locked(session, award.id)
        found = store.document(session, award.id, format_)
        if found is not None:
            return found
        award = _with_content(session, row)
        back_end = self._back_ends.get(format_)
        if back_end is None:
            raise NotFound(f"This city issues no badges in the format {format_!r}.")
        if background.is_in_background(back_end):
            raise Unavailable("This form of the badge is being made; ask for it again later.", retry_after_s=_MAKING_S)
        achievement = reading.version(session, award.achievement_id, award.achievement_version)
        assert achievement is not None
        self._sign(session, achievement, self._issuer(session, achievement), [award], [back_end])
        made = store.document(session, award.id, format_)
        assert made is not None
        return made

    def sign_again(self, session: Session, awards: Sequence[Award]) -> None:
        """Sign `awards` with the present keys in the formats that are made at once; others are signed when asked for.

        For badges of a key that was compromised: what they say stays, word for word. What no key of the city signed is
        left as it is.
        """
        rows = [store.locked(session, each.id) for each in awards]
        awards = [store.record(row) for row in rows if row is not None and AwardState(row.state) in _KEPT]
        store.drop_signed(session, [each.id for each in awards])
        by_version: dict[tuple[str, int], list[Award]] = {}
        for each in awards:
            by_version.setdefault((each.achievement_id, each.achievement_version), []).append(each)
        at_once = [each for each in self._back_ends.values() if each.at_once and each.key_kind is not None]
        for (achievement_id, version), group in by_version.items():
            achievement = reading.version(session, achievement_id, version)
            assert achievement is not None
            self._sign(session, achievement, self._issuer(session, achievement), group, at_once)

    def said(self, session: Session, achievement: Achievement, language: str) -> tuple[Identity, Achieved]:
        """Return who issues the badges of a version, and what they say of it in `language`. Raises NotFound."""
        issuer = self._issuer(session, achievement)
        return issuer, self._said(achievement, issuer, language)

    def prepared(self, session: Session, award: Award, back_end: BadgeIssuer) -> Prepared:
        """Return what `back_end` needs to make `award`, so that it can be asked outside of a transaction."""
        achievement = reading.version(session, award.achievement_id, award.achievement_version)
        assert achievement is not None
        issuer = self._issuer(session, achievement)
        (badge,) = self._badges(session, achievement, issuer, [award])
        if back_end.key_kind is None:
            return Prepared(badge=badge)
        signer, key = self._keyring.signer(session, issuer=issuer.key, did=issuer.did, kind=back_end.key_kind)
        return Prepared(badge=badge, signer=signer, key_id=key.id)

    def naming(self, session: Session, award: Award, email: str) -> SignedCredential:
        """Return an edition of `award` that holds the salted hash of `email`: only for its holder, and not stored."""
        achievement = reading.version(session, award.achievement_id, award.achievement_version)
        assert achievement is not None
        issuer = self._issuer(session, achievement)
        back_end = next(each for each in self._back_ends.values() if each.at_once and each.key_kind is not None)
        (badge,) = self._badges(session, achievement, issuer, [award], email=codes.hashed_email(email))
        (signed,), _ = self._signed(session, issuer, back_end, [badge])
        return signed

    def _sign(
        self,
        session: Session,
        achievement: Achievement,
        issuer: Identity,
        awards: Sequence[Award],
        back_ends: Sequence[BadgeIssuer],
    ) -> None:
        badges = self._badges(session, achievement, issuer, awards)
        now = self._clock.now()
        for back_end in back_ends:
            signed, key_id = self._signed(session, issuer, back_end, badges)
            rows = [
                {
                    "award_id": award.id,
                    "format": back_end.format,
                    "body": made.body,
                    "media_type": made.media_type,
                    "key_id": key_id,
                    "reference": made.reference,
                    "created": now,
                }
                for award, made in zip(awards, signed, strict=True)
            ]
            insert_many(session, AwardDocumentRow.__table__, rows)  # type: ignore[arg-type]  # it is a table

    def _signed(
        self, session: Session, issuer: Identity, back_end: BadgeIssuer, badges: Sequence[Badge]
    ) -> tuple[Sequence[SignedCredential], str | None]:
        if back_end.key_kind is None:
            return back_end.issue(badges, signer=None), None
        signer, key = self._keyring.signer(session, issuer=issuer.key, did=issuer.did, kind=back_end.key_kind)
        return back_end.issue(badges, signer=signer), key.id

    def _badges(
        self,
        session: Session,
        achievement: Achievement,
        issuer: Identity,
        awards: Sequence[Award],
        *,
        email: HashedEmail | None = None,
    ) -> list[Badge]:
        said = {each: self._said(achievement, issuer, each) for each in {award.language for award in awards}}
        endorsements = endorsing.bodies(session, achievement_id=achievement.id, organiser_id=issuer.key)
        base = self._config.base_url
        return [
            Badge(
                id=address(base, award.id),
                achieved=said[award.language],
                issuer=issuer.issuer,
                recipient=Subject(id=award.recipient_id, email=email),
                valid_from=award.valid_from,
                valid_until=award.valid_until,
                narrative=award.narrative,
                evidence=award.evidence,
                status=(
                    BitstringEntry(list_url=f"{base}/status/{award.place.list_id}", index=award.place.index),
                    BitstringEntry(
                        list_url=f"{base}/status/{award.place.list_id}/suspension",
                        index=award.place.index,
                        purpose="suspension",
                    ),
                    RevocationListEntry(list_url=f"{base}/revocations/{issuer.slug}"),
                ),
                endorsements=endorsements,
            )
            for award in awards
        ]

    def _said(self, achievement: Achievement, issuer: Identity, language: str) -> Achieved:
        return saying.achieved(
            achievement,
            language=language,
            base_url=self._config.base_url,
            issuer=issuer.issuer,
            words=self._i18n.translator(language),
            fall_back=(self._config.default_language, *self._config.languages),
        )

    def _issuer(self, session: Session, achievement: Achievement) -> Identity:
        issuer = self._identities.of(session, achievement.content.organiser_id or CITY)
        if issuer is None:
            raise NotFound(f"The organisation of the badge {achievement.id!r} is not there any more.")
        return issuer

    def _award(self, achievement: Achievement, issuer: Identity, wanted: Wanted, place: Place, now: datetime) -> Award:
        valid_from = (wanted.valid_from or now).replace(microsecond=0)
        months = achievement.content.valid_months
        return Award(
            id=secrets.token_hex(16),
            achievement_id=achievement.id,
            achievement_version=achievement.version,
            issuer=issuer.key,
            state=AwardState.ISSUED,
            suspended=False,
            public=False,
            recipient_id=f"urn:uuid:{uuid.uuid4()}",
            language=wanted.language,
            valid_from=valid_from,
            valid_until=valid_from + relativedelta(months=months) if months else None,
            narrative=wanted.narrative,
            evidence=wanted.recipient.evidence,
            name=wanted.recipient.name,
            email=wanted.recipient.email,
            place=place,
            created=now,
        )

    def _row(self, award: Award, wanted: Wanted) -> dict[str, object]:
        run_id, run_row = wanted.run or (None, None)
        return {
            "id": award.id,
            "achievement_id": award.achievement_id,
            "achievement_version": award.achievement_version,
            "issuer": award.issuer,
            "run_id": run_id,
            "run_row": run_row,
            "repeat_key": wanted.repeat_key,
            "recipient_id": award.recipient_id,
            "language": award.language,
            "name": award.name,
            "email": award.email,
            "narrative": award.narrative,
            "evidence": json.dumps([store.packed_evidence(each) for each in award.evidence], ensure_ascii=False),
            "valid_from": award.valid_from,
            "valid_until": award.valid_until,
            "list_id": award.place.list_id,
            "list_index": award.place.index,
            "state": award.state.value,
            "suspended": False,
            "public": False,
            "reason": None,
            "code_digest": codes.digest(self._codes.of_award(award.id, 1)),
            "code_number": 1,
            "code_expires": None,
            "created": award.created,
            "claimed": None,
            "shared": None,
            "ended": None,
        }


def _with_content(session: Session, row: AwardRow | None) -> Award:
    """Return an award that still says something. Raises Gone."""
    if row is not None:
        award = store.record(row)
        revoked = award.state is AwardState.REVOKED and store.has_documents(session, award.id)
        if award.state in _KEPT or revoked:
            return award
    raise Gone("This badge is not there any more.")


def address(base_url: str, award_id: str) -> str:
    """Return the address of a badge, which is its id in every format of Open Badges 3.0."""
    return f"{base_url}/credentials/{award_id}"
