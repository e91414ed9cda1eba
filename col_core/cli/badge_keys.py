"""`col badges keys|endorse`: the keys of issuers, and what the city vouches for."""

import argparse
import json
import os
import sys
from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_der_private_key,
)
from sqlalchemy.orm import Session

from col_core.badges.awards import endorsing
from col_core.badges.awards.office import SIGN_AGAIN_JOB
from col_core.badges.credentials.records import KeyKind
from col_core.badges.keyring import documents
from col_core.badges.keyring.identities import Identity
from col_core.badges.keyring.records import IssuerKey
from col_core.badges.keyring.sealing import Box
from col_core.base import outbox
from col_core.base.errors import InvalidInput, NotFound
from col_core.cli.frame import DONE, Subcommands, WrongUse, city_of
from col_core.house import OpenCity, open_city

_BEFORE = "COL_BADGE_KEY_BEFORE"
_PASSWORD = "COL_EXPORT_PASSWORD"
_LEAST_LENGTH = 12


def register(actions: Subcommands) -> None:
    """Add keys and endorsements to `col badges`."""
    keys = actions.add_parser("keys", help="list, rotate, give up or take along the keys of issuers")
    steps = keys.add_subparsers(dest="step", required=True, metavar="STEP")
    listing = steps.add_parser("list", help="every key that there is or was")
    _add_issuer(listing, required=False)
    rotating = steps.add_parser("rotate", help="sign with a new key from now on; what the old one signed stays good")
    _add_issuer(rotating)
    rotating.add_argument("--kind", choices=[str(each) for each in KeyKind], default=str(KeyKind.ED25519))
    lost = steps.add_parser("compromise", help="somebody else may have a key: nothing that it signed is good any more")
    lost.add_argument("id", metavar="KEY", help="the key; `col badges keys list`")
    lost.add_argument(
        "--sign-again", action="store_true", help="sign its badges again with the present key, so that they hold"
    )
    taking = steps.add_parser("export", help=f"write an issuer's keys to a file, for leaving; password in {_PASSWORD}")
    _add_issuer(taking)
    taking.add_argument("--output", required=True, type=Path, metavar="FILE.json")
    steps.add_parser("reseal", help=f"move all keys under the present COL_BADGE_KEY; the old one in {_BEFORE}")
    keys.set_defaults(run=run_keys)

    vouching = actions.add_parser("endorse", help="vouch for an organisation or a badge, as the city")
    vouching.add_argument("--organisation", metavar="SLUG")
    vouching.add_argument("--achievement", metavar="ID")
    vouching.add_argument("--comment", metavar="TEXT", help="why, for everybody to read")
    vouching.add_argument("--language", metavar="TAG", help="language of the comment; the city's if left out")
    vouching.add_argument("--list", action="store_true", help="list what the city vouches for instead")
    vouching.add_argument("--withdraw", metavar="ID", help="vouch no longer instead")
    vouching.set_defaults(run=run_endorse)


def run_keys(arguments: argparse.Namespace) -> int:
    """Do one step with the keys."""
    config = city_of(arguments)
    with open_city(config) as city, city.house.database.write() as session:
        keyring = city.office.keyring
        match arguments.step:
            case "list":
                _list(city, session, _issuer(city, session, arguments.issuer).key if arguments.issuer else None)
            case "rotate":
                issuer = _issuer(city, session, arguments.issuer)
                key = keyring.rotate(session, issuer=issuer.key, kind=KeyKind(arguments.kind))
                print(f"{issuer.did} signs with {key.id} ({key.kind}) from now on.")
            case "compromise":
                key = keyring.compromise(session, arguments.id)
                print(f"{key.id} is given up: what it signed is not good any more.")
                if arguments.sign_again:
                    outbox.enqueue(session, SIGN_AGAIN_JOB, {"key": key.id}, clock=city.house.clock)
                    print("A worker signs its badges again; holders get the new file where they keep the badge.")
            case "export":
                issuer = _issuer(city, session, arguments.issuer)
                _export(city, session, issuer, arguments.output)
            case _:
                before = os.environ.get(_BEFORE, "")
                if not before:
                    raise WrongUse(f"Set {_BEFORE} to the secret under which the keys lie now.")
                number = keyring.reseal(session, before=Box(before))
                print(f"{number} keys lie under the present secret.")
    return DONE


def run_endorse(arguments: argparse.Namespace) -> int:
    """Vouch, list, or vouch no longer."""
    config = city_of(arguments)
    with open_city(config) as city, city.house.database.write() as session:
        if arguments.list:
            for each in endorsing.listing(session):
                state = "withdrawn" if each.withdrawn else "holds"
                print(f"{each.id}  {each.subject_kind} {each.subject_id}  {state}  {each.comment}")
            return DONE
        if arguments.withdraw:
            endorsing.withdraw(session, arguments.withdraw, clock=city.house.clock)
            print(f"{arguments.withdraw} is withdrawn.")
            return DONE
        if bool(arguments.organisation) == bool(arguments.achievement) or not arguments.comment:
            raise WrongUse(
                "Write --organisation SLUG or --achievement ID, with --comment TEXT; or --list, --withdraw ID."
            )
        language = arguments.language or config.default_language
        if language not in config.languages:
            raise WrongUse(f"--language {language!r}: {config.id} speaks {', '.join(config.languages)}.")
        made = endorsing.endorse(
            session,
            subject_kind=endorsing.ORGANISATION if arguments.organisation else endorsing.ACHIEVEMENT,
            subject_id=arguments.organisation or arguments.achievement,
            comment=arguments.comment,
            language=language,
            config=config,
            keyring=city.office.keyring,
            clock=city.house.clock,
        )
    print(endorsing.address(config.base_url, made.id))
    return DONE


def _list(city: OpenCity, session: Session, issuer: str | None) -> None:
    for key in city.office.keyring.listing(session, issuer=issuer):
        whose = city.office.identities.of(session, key.issuer)
        print(f"{key.id}  {key.kind:<8} {whose.did if whose else key.issuer}  {_state(key)}")


def _state(key: IssuerKey) -> str:
    if key.compromised:
        return f"given up on {key.compromised:%Y-%m-%d}"
    return f"rotated out on {key.retired:%Y-%m-%d}" if key.retired else f"signs since {key.created:%Y-%m-%d}"


def _export(city: OpenCity, session: Session, issuer: Identity, file: Path) -> None:
    password = os.environ.get(_PASSWORD, "")
    if len(password) < _LEAST_LENGTH:
        raise WrongUse(f"Set {_PASSWORD} to a password of at least {_LEAST_LENGTH} characters for the exported keys.")
    encryption = BestAvailableEncryption(password.encode())
    keys = [
        {
            "id": key.id,
            "kind": str(key.kind),
            "created": key.created.isoformat(),
            "retired": key.retired.isoformat() if key.retired else None,
            "compromised": key.compromised.isoformat() if key.compromised else None,
            "private": load_der_private_key(der, password=None)
            .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
            .decode(),
        }
        for key, der in city.office.keyring.export(session, issuer=issuer.key)
    ]
    if not keys:
        raise NotFound(f"{issuer.did} has no keys yet: it has issued no badge.")
    document = documents.did_document(session, issuer, keyring=city.office.keyring)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump({"did": document, "keys": keys}, out, ensure_ascii=False, indent=1)
    print(f"{file}: {len(keys)} keys of {issuer.did}, encrypted with the password.", file=sys.stderr)


def _issuer(city: OpenCity, session: Session, slug: str) -> Identity:
    if slug == "city":
        return city.office.identities.city()
    found = city.office.identities.by_slug(session, slug)
    if found is None:
        raise NotFound(f"There is no organisation {slug!r}; `col organisations list` shows those there are.")
    return found


def _add_issuer(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    parser.add_argument("--issuer", required=required, metavar="SLUG", help="the organisation, or `city` for the city")
