"""What stands at this city's own addresses, for checking its own badges without asking itself over the network."""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlsplit

import orjson
from sqlalchemy.orm import Session

from col_core.badges.awards import endorsing, hosting, store
from col_core.badges.awards.exporting import Exporting
from col_core.badges.awards.hosting import Hosting
from col_core.badges.awards.office import Office
from col_core.badges.awards.records import Award, AwardState
from col_core.badges.credentials.records import Got, NotReached, TakenAway
from col_core.badges.keyring import documents
from col_core.badges.keyring.identities import Identity
from col_core.base.errors import NotFound, Unavailable

_VC, _DID, _LINKED = "application/vc", "application/did+ld+json", "application/ld+json"
# The files of a badge that it can be read out of.
_FILES = frozenset({"jwt", "png", "svg"})
_MOST_DIGITS = 9


class OwnDocuments:
    """Answers for issuers' documents, status lists, endorsements, and badges that their holders opened.

    `opened` says whether a holder opened an award to whoever shows a secret.
    """

    def __init__(self, office: Office, exporting: Exporting, opened: Callable[[Session, str, str], bool]) -> None:
        self._office, self._exporting, self._opened = office, exporting, opened
        self._hosting = Hosting(office, opened)

    def get(self, url: str) -> Got | None:
        """Return what stands at `url`, or None where there is nothing.

        Raises TakenAway for a hosted badge that ended, NotReached for a file that is still being made.
        """
        address = urlsplit(url)
        secret = parse_qs(address.query).get("secret", [""])[0]
        try:
            return self._answer([each for each in address.path.split("/") if each], secret)
        except NotFound:
            return None
        except Unavailable as error:
            raise NotReached(str(error)) from error

    def _answer(self, path: list[str], secret: str) -> Got | None:
        match path:
            case [".well-known", "did.json"]:
                return self._did(self._office.identities.city())
            case ["organisations", slug, "did.json"]:
                return self._did(self._of(slug))
            case ["organisations", slug, "profile.json"] | ["organisations", slug]:
                return _got(documents.profile(self._of(slug)), "application/ld+json")
            case ["status", list_id]:
                return Got(body=self._office.lists.bitstring(list_id, "revocation"), media_type=_VC)
            case ["status", list_id, "suspension"]:
                return Got(body=self._office.lists.bitstring(list_id, "suspension"), media_type=_VC)
            case ["revocations", slug]:
                return Got(body=self._office.lists.revocations(slug), media_type="application/json")
            case ["endorsements", id_]:
                with self._office.database.read() as session:
                    found = endorsing.get(session, id_)
                return Got(body=found.body, media_type=_VC) if found is not None else None
            case ["credentials", name]:
                id_, _, ending = name.partition(".")
                return self._file(id_, ending, secret) if ending in _FILES else self._badge(name, secret)
            case [tag, "credentials", id_] if tag in self._office.config.languages:
                return self._badge(id_, secret)
            case ["ob2", *rest] if hosting.FORMAT in self._office.making.formats:
                return self._hosted(rest, secret)
        return None

    def _hosted(self, path: list[str], secret: str) -> Got | None:
        match path:
            case ["assertions", id_]:
                award = self._hosting.award(id_, secret)
                if not award.state.holds:
                    raise TakenAway("this badge has ended")
                return Got(body=self._hosting.assertion(award), media_type=_LINKED)
            case ["badges", id_, version, tag] if version.isdecimal() and len(version) <= _MOST_DIGITS:
                return Got(body=self._hosting.badge_class(id_, int(version), tag), media_type=_LINKED)
            case ["issuers", slug]:
                return Got(body=self._hosting.issuer(slug), media_type=_LINKED)
        return None

    def _file(self, id_: str, ending: str, secret: str) -> Got | None:
        award = self._shown(id_, secret)
        if award is None:
            return None
        made = self._exporting.exported(award, ending)
        return Got(body=made.body, media_type=made.media_type)

    def _shown(self, id_: str, secret: str) -> Award | None:
        with self._office.database.read() as session:
            award = store.get(session, id_)
            shown = award is not None and (award.public or (secret and self._opened(session, id_, secret)))
        return award if shown and award is not None and award.state is not AwardState.ERASED else None

    def _badge(self, name: str, secret: str) -> Got | None:
        id_ = name.removesuffix(".json")
        if self._shown(id_, secret) is None:
            return None
        with self._office.database.read() as session:
            found = next((each for each in store.documents(session, id_) if each.media_type == _VC), None)
        return None if found is None else Got(body=found.body, media_type=_VC)

    def _did(self, identity: Identity) -> Got:
        with self._office.database.read() as session:
            document = documents.did_document(session, identity, keyring=self._office.keyring)
        return _got(document, _DID)

    def _of(self, slug: str) -> Identity:
        with self._office.database.read() as session:
            found = self._office.identities.by_slug(session, slug)
        if found is None:
            raise NotFound("There is no such organisation.")
        return found


def _got(value: Mapping[str, object], media_type: str) -> Got:
    return Got(body=orjson.dumps(value), media_type=media_type)
