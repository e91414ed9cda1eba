"""The step that needs the anchor's keys: everything that the network says, signed for a few days and laid ready.

What is served is signed beforehand, also how each mark stands (section 8.4 asks for a key of the anchor's own, and the
standard knows no key that may tell a status and nothing else): so the host that serves needs no key at all, and whoever
takes it over can keep silent, but not lie.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from col_core.badges.credentials import building, data_integrity, dids, instants, issuer_documents
from col_core.badges.credentials.issuer_documents import HeldKey
from col_core.badges.credentials.records import Issuer
from col_core.federation.trust import marks, statements
from col_core.federation.trust.anchor_keys import AnchorKeys
from col_core.federation.trust.folder import Issued, Member, Network, NetworkFolder, file_name, write_json, write_text
from col_core.federation.trust.records import FEDERATION_TYPE, MarkKind, Status

ENTITY_FILE, DID_FILE, INDEX_FILE = "entity.jwt", "did.json", "members.json"
STATEMENTS, MARKS, STATUSES, ENDORSEMENTS = "statements", "marks", "status", "endorsements"


def sign(folder: NetworkFolder, keys: AnchorKeys, *, now: datetime, days: int | None = None) -> datetime:
    """Sign everything anew, to hold for `days` (else as the network says); return until when. Call it `alone`.

    Raises ConfigError for a folder that cannot be read.
    """
    network, members, now = folder.network(), folder.members(), now.replace(microsecond=0)
    until = now + timedelta(days=days or network.days)
    signer, public = keys.signer(), folder.public
    write_text(public / ENTITY_FILE, _configuration(network, keys, now=now, until=until))
    write_json(public / DID_FILE, _did_document(network, keys))
    good = [each for each in members if each.suspended is None]
    issued = [_as_it_stands(each, good, now=now) for each in folder.issued() if each.expires > now]
    kept: set[Path] = set()
    for member in good:
        name = file_name(member.entity)
        statement = statements.sign(
            issuer=network.url,
            subject=member.entity,
            issued=now,
            expires=until,
            jwks=member.jwks,
            signer=signer,
            more={"source_endpoint": f"{network.url}/fetch", "constraints": {"max_path_length": 0}},
        )
        kept.add(_put(public / STATEMENTS / f"{name}.jwt", statement))
        for kind, since in _kinds(member):
            mark = marks.sign(
                type=kind.type_of(network.url),
                issuer=network.url,
                subject=member.entity,
                issued=now,
                expires=until,
                since=since,
                signer=signer,
            )
            kept.add(_put(public / MARKS / kind.value / f"{name}.jwt", mark))
            issued.append(Issued(type=kind.value, subject=member.entity, expires=until, text=mark))
        if member.recognised_since is not None and member.did is not None:
            document = _endorsement(network, member, keys, now=now, until=until)
            kept.add(_put(public / ENDORSEMENTS / f"{name}.json", json.dumps(document, ensure_ascii=False)))
    for each in issued:
        status = marks.sign_status(
            mark=each.text,
            status=Status.ACTIVE if each.revoked is None else Status.REVOKED,
            issuer=network.url,
            issued=now,
            expires=until,
            signer=signer,
        )
        kept.add(_put(public / STATUSES / f"{digest(each.text)}.jwt", status))
    folder.put_issued(issued)
    for place in (STATEMENTS, MARKS, STATUSES, ENDORSEMENTS):
        for file in (public / place).rglob("*.*"):
            if file.is_file() and file not in kept:
                file.unlink()
    write_json(public / INDEX_FILE, _index(network, good, now=now, until=until))
    return until


def digest(mark: str) -> str:
    """Return the name under which the status of a mark lies."""
    return hashlib.sha256(mark.encode()).hexdigest()


def _put(file: Path, text: str) -> Path:
    write_text(file, text)
    return file


def _kinds(member: Member) -> list[tuple[MarkKind, datetime]]:
    kinds = [(MarkKind.MEMBER, member.member_since)]
    if member.recognised_since is not None:
        kinds.append((MarkKind.RECOGNISED_ISSUER, member.recognised_since))
    return kinds


def _as_it_stands(issued: Issued, good: Sequence[Member], *, now: datetime) -> Issued:
    """Return a mark of before, revoked where its subject has no such mark any more."""
    held = {(each.entity, kind.value) for each in good for kind, _ in _kinds(each)}
    if issued.revoked is not None or (issued.subject, issued.type) in held:
        return issued
    return replace(issued, revoked=now)


def _configuration(network: Network, keys: AnchorKeys, *, now: datetime, until: datetime) -> str:
    url = network.url
    return statements.sign(
        issuer=url,
        subject=url,
        issued=now,
        expires=until,
        jwks=keys.jwks,
        signer=keys.signer(),
        more={
            "metadata": {
                FEDERATION_TYPE: {
                    "organization_name": network.name,
                    "organization_uri": f"{url}/",
                    "federation_fetch_endpoint": f"{url}/fetch",
                    "federation_list_endpoint": f"{url}/list",
                    "federation_trust_mark_endpoint": f"{url}/trust_mark",
                    "federation_trust_mark_list_endpoint": f"{url}/trust_marked",
                    "federation_trust_mark_status_endpoint": f"{url}/trust_mark_status",
                }
            },
            "trust_mark_issuers": {kind.type_of(url): [url] for kind in MarkKind},
        },
    )


def did_of(network: Network) -> str:
    """Return the DID in whose name the network endorses issuers."""
    return dids.web_did(network.url)


def _did_document(network: Network, keys: AnchorKeys) -> dict[str, Any]:
    held = [HeldKey(key=keys.endorsing.private.public)]
    return issuer_documents.document(did_of(network), held, also_known_as=[network.url])


def _endorsement(
    network: Network, member: Member, keys: AnchorKeys, *, now: datetime, until: datetime
) -> dict[str, Any]:
    """Return the portable copy of the mark: an EndorsementCredential about the issuer (Open Badges 3.0)."""
    did = did_of(network)
    unsigned = building.endorsement(
        id=f"{network.url}/endorsements/{file_name(member.entity)}",
        issuer=Issuer(id=did, name=network.name, url=network.url),
        subject=member.did or "",
        subject_type="Profile",
        name=member.name(),
        valid_from=now,
        valid_until=until,
        comment=f"{member.name()} is a recognised issuer of badges in {network.name}.",
    )
    return data_integrity.sign(unsigned, keys.endorser(did), created=now)


def _index(network: Network, members: Sequence[Member], *, now: datetime, until: datetime) -> dict[str, Any]:
    return {
        "url": network.url,
        "name": network.name,
        "signed": instants.written(now),
        "until": instants.written(until),
        "members": [
            {
                "entity": each.entity,
                "file": file_name(each.entity),
                "names": dict(each.names),
                "country": each.country,
                "member_since": instants.written(each.member_since),
                "recognised_since": each.recognised_since and instants.written(each.recognised_since),
            }
            for each in members
        ],
    }
