"""Endorsements: the city vouches for an organisation or for a badge, in a credential of its own that anyone verifies.

What the city says stands at its own address with its own place in a status list, and travels inside of every badge that
is issued while it holds.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from col_core.badges.achievements import reading, saying
from col_core.badges.awards import status
from col_core.badges.awards.records import Place
from col_core.badges.awards.tables import EndorsementRow
from col_core.badges.credentials import building, data_integrity
from col_core.badges.credentials.records import BitstringEntry, Document, KeyKind, RevocationListEntry
from col_core.badges.keyring.identities import Identities
from col_core.badges.keyring.keyring import Keyring, compromised
from col_core.base.clock import Clock
from col_core.base.errors import NotFound
from col_core.base.i18n import text_in
from col_core.base.settings import CityConfig
from col_core.organisers import directory

ORGANISATION, ACHIEVEMENT = "organisation", "achievement"


@dataclass(frozen=True, kw_only=True, slots=True)
class Endorsement:
    """That the city vouches for an organisation (by its id) or an achievement."""

    id: str
    subject_kind: str
    subject_id: str
    comment: str
    language: str
    body: bytes
    created: datetime
    withdrawn: datetime | None = None


def endorse(
    session: Session,
    *,
    subject_kind: str,
    subject_id: str,
    comment: str,
    language: str,
    config: CityConfig,
    keyring: Keyring,
    clock: Clock,
) -> Endorsement:
    """Vouch for an organisation (by its slug) or an achievement (by its id). Raises NotFound."""
    identities = Identities(config)
    city, base, now = identities.city(), config.base_url, clock.now().replace(microsecond=0)
    if subject_kind == ORGANISATION:
        organiser = directory.by_slug(session, subject_id)
        if organiser is None:
            raise NotFound(f"There is no organisation {subject_id!r}; `col organisations list` shows those there are.")
        stored_id, subject_address, type_, name = (
            organiser.id,
            identities.of_organiser(organiser).did,
            "Profile",
            organiser.name,
        )
    else:
        achievement = reading.current(session, subject_id)
        if achievement is None:
            raise NotFound(f"There is no badge {subject_id!r}; `col achievements list` shows those there are.")
        stored_id, type_ = achievement.id, "Achievement"
        subject_address, name = saying.address(base, achievement.id), text_in(achievement.content.name, language)
    id_ = secrets.token_hex(16)
    (place,) = status.draw(session, city.key, 1, clock=clock)
    unsigned = building.endorsement(
        id=address(base, id_),
        issuer=city.issuer,
        subject=subject_address,
        subject_type=type_,
        name=name,
        valid_from=now,
        comment=comment,
        status=(
            BitstringEntry(list_url=f"{base}/status/{place.list_id}", index=place.index),
            RevocationListEntry(list_url=f"{base}/revocations/{city.slug}"),
        ),
    )
    signer, key = keyring.signer(session, issuer=city.key, did=city.did, kind=KeyKind.ED25519)
    row = EndorsementRow(
        id=id_,
        subject_kind=subject_kind,
        subject_id=stored_id,
        comment=comment,
        language=language,
        body=orjson.dumps(data_integrity.sign(unsigned, signer, created=now)),
        key_id=key.id,
        list_id=place.list_id,
        list_index=place.index,
        created=now,
    )
    session.add(row)
    session.flush()
    return _record(row)


def withdraw(session: Session, id_: str, *, clock: Clock) -> Endorsement:
    """Vouch no longer; what travels in badges is told by the status list. Raises NotFound."""
    row = session.get(EndorsementRow, id_, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no endorsement {id_!r}; `col badges endorse --list` shows those there are.")
    if row.withdrawn is None:
        row.withdrawn = clock.now()
        status.mark(session, [Place(list_id=row.list_id, index=row.list_index)], revoked=True, clock=clock)
    return _record(row)


def sign_again(session: Session, key_id: str, *, identities: Identities, keyring: Keyring, clock: Clock) -> None:
    """Sign anew what a compromised key signed and the city still says."""
    city, now = identities.city(), clock.now().replace(microsecond=0)
    chosen = select(EndorsementRow).where(EndorsementRow.key_id == key_id, EndorsementRow.withdrawn.is_(None))
    for row in session.scalars(chosen.with_for_update()).all():
        unsigned = {name: value for name, value in json.loads(row.body).items() if name != "proof"}
        signer, key = keyring.signer(session, issuer=city.key, did=city.did, kind=KeyKind.ED25519)
        row.body, row.key_id = orjson.dumps(data_integrity.sign(unsigned, signer, created=now)), key.id
    session.flush()


def get(session: Session, id_: str) -> Endorsement | None:
    """Return an endorsement, withdrawn or not."""
    row = session.get(EndorsementRow, id_) if "\0" not in id_ else None
    return None if row is None else _record(row)


def listing(session: Session, *, withdrawn: bool = True) -> list[Endorsement]:
    """Return the city's endorsements, the newest first."""
    chosen = select(EndorsementRow).order_by(EndorsementRow.created.desc(), EndorsementRow.id)
    if not withdrawn:
        chosen = chosen.where(EndorsementRow.withdrawn.is_(None))
    return [_record(row) for row in session.scalars(chosen)]


def withdrawn_ids(session: Session) -> Sequence[str]:
    """Return the ids of what the city does not vouch for any more."""
    chosen = select(EndorsementRow.id).where(EndorsementRow.withdrawn.is_not(None)).order_by(EndorsementRow.id)
    return session.scalars(chosen).all()


def about(session: Session, *, achievement_id: str, organiser_id: str) -> list[Endorsement]:
    """Return what holds of an achievement and of the organisation that issues it, the oldest first."""
    chosen = (
        select(EndorsementRow)
        .where(
            EndorsementRow.withdrawn.is_(None),
            EndorsementRow.key_id.not_in(compromised(session)),
            or_(
                (EndorsementRow.subject_kind == ACHIEVEMENT) & (EndorsementRow.subject_id == achievement_id),
                (EndorsementRow.subject_kind == ORGANISATION) & (EndorsementRow.subject_id == organiser_id),
            ),
        )
        .order_by(EndorsementRow.created, EndorsementRow.id)
    )
    return [_record(row) for row in session.scalars(chosen)]


def bodies(session: Session, *, achievement_id: str, organiser_id: str) -> Sequence[Document]:
    """Return the signed credentials that a badge takes along."""
    return [json.loads(each.body) for each in about(session, achievement_id=achievement_id, organiser_id=organiser_id)]


def address(base_url: str, id_: str) -> str:
    """Return the address of an endorsement, which is its id."""
    return f"{base_url}/endorsements/{id_}"


def _record(row: EndorsementRow) -> Endorsement:
    return Endorsement(
        id=row.id,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        comment=row.comment,
        language=row.language,
        body=row.body,
        created=row.created,
        withdrawn=row.withdrawn,
    )
