"""Admitting a city to a network, and reading again what members say of themselves."""

from dataclasses import replace
from datetime import datetime

from col_core.base.errors import Conflict, FetchError, InvalidInput
from col_core.federation.trust import entities, key_sets, metadata, statements
from col_core.federation.trust.asking import Asking, Moved
from col_core.federation.trust.folder import Member, NetworkFolder
from col_core.federation.trust.records import CITY_TYPE, FEDERATION_TYPE, Rules, Statement, Untrusted


def met(asking: Asking, entity: str, *, anchor: str, rules: Rules) -> Statement:
    """Return what a city says of itself, signed with its own keys.

    Raises InvalidInput where it does not answer, answers as somebody else, or does not name the network as above it.
    """
    try:
        entities.checked(entity, plain_hosts=rules.plain_hosts)
        statement = statements.configuration(asking.configuration(entity), entity=entity, rules=rules)
        metadata.read(statement.metadata(CITY_TYPE), entity=entity)
    except (FetchError, Moved) as error:
        raise InvalidInput(f"{entity} does not tell of itself: {error}") from error
    except Untrusted as error:
        raise InvalidInput(f"{entity} cannot be admitted: {error.message}.") from error
    if anchor not in statement.claims.get("authority_hints", ()):
        raise InvalidInput(
            f'{entity} does not name this network. There, city.toml needs: [network] anchor = "{anchor}".'
        )
    return statement


def admit(
    folder: NetworkFolder, statement: Statement, *, issuer: bool, new_keys: bool = False, now: datetime
) -> Member:
    """Make the city that `statement` is of a member, with the keys that it shows; call it `alone`.

    One that is a member already gets what it says now, and is a recognised issuer or none from now on. Raises Conflict
    where it shows other keys than before and not `new_keys`.
    """
    before = folder.member(statement.subject) if folder.has(statement.subject) else None
    if before is not None and not new_keys and not _known(statement, before):
        raise Conflict(
            f"{statement.subject} answers with other keys than those with which it was admitted. Ask its operator by "
            "another way whether that is right; `admit … --new-keys` then takes them."
        )
    now = now.replace(microsecond=0)
    since = (before.recognised_since if before is not None else None) or now
    member = Member(
        entity=statement.subject,
        city_id="",
        jwks={},
        member_since=before.member_since if before is not None else now,
        recognised_since=since if issuer else None,
        suspended=before.suspended if before is not None else None,
        suspended_because=before.suspended_because if before is not None else None,
        seen=now,
    )
    member = _told(member, statement, now=now)
    folder.put(member)
    return member


def refresh(folder: NetworkFolder, asking: Asking, *, rules: Rules) -> list[str]:
    """Read again what members say of themselves, with the keys that they announced; return what went wrong.

    Other keys than those that count for a member, or announced with them, are not taken. Call it `alone`.
    """
    faults: list[str] = []
    for member in folder.members():
        if member.suspended is not None:
            continue
        try:
            statement = statements.configuration(asking.configuration(member.entity), entity=member.entity, rules=rules)
            if not _known(statement, member):
                faults.append(f"{member.entity} answers with other keys than those with which it was admitted.")
                continue
            folder.put(_told(member, statement, now=rules.now.replace(microsecond=0)))
        except (FetchError, Moved) as error:
            faults.append(str(error))
        except Untrusted as error:
            faults.append(f"{member.entity}: {error.message}.")
    return faults


def _known(statement: Statement, member: Member) -> bool:
    """Return whether `statement` is signed with a key that counts for the member already."""
    return statement.signed_with in key_sets.read(dict(member.jwks)).values()


def _told(member: Member, statement: Statement, *, now: datetime) -> Member:
    city = metadata.read(statement.metadata(CITY_TYPE), entity=member.entity)
    names = city.names
    if not names and isinstance(name := statement.metadata(FEDERATION_TYPE).get("organization_name"), str):
        names = {"en": name[:200]}
    return replace(
        member,
        city_id=city.city_id,
        names=dict(names),
        country=city.country,
        did=city.did,
        jwks=key_sets.of_keys(statement.keys),
        seen=now,
    )
