"""`col bench badges`: what issuing and verifying Open Badges costs, beside the JavaScript reference in the same run."""

import json
import os
import platform
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import Any

from col_core.badges.credentials import building, dids, issuer_documents, json_text, jwt
from col_core.badges.credentials.issuer_documents import HeldKey
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.records import (
    Badge,
    BitstringEntry,
    Document,
    Got,
    HashedEmail,
    KeyKind,
    NotThere,
    Recipient,
    RevocationListEntry,
    Signer,
    Verdict,
)
from col_core.badges.credentials.status_lists import MIN_ENTRIES
from col_core.badges.credentials.templates import Templates
from col_core.badges.credentials.verify import verify
from col_core.bench import awarding
from col_core.bench.catalogue import Report
from col_core.bench.figures import Figure
from col_core.testing.badges import ISSUER, a_badge

_ROUNDS = 3
_REFERENCE_TIMES = 200
_VERIFIED = 300
_NOW = datetime(2026, 2, 1, tzinfo=UTC)
_ISSUE_GOAL = 10.0
_VERIFY_GOAL = 1.5


class _AtHand:
    """The issuer's document, as if it had just been fetched; nothing else is there."""

    def __init__(self, document: Document) -> None:
        self._body = json_text.written(document)
        self._address = dids.document_address(document["id"])

    def get(self, url: str, *, accept: str) -> Got:  # noqa: ARG002 (a city would ask by it)
        if url != self._address:
            raise NotThere(url)
        return Got(body=self._body, media_type="application/did+json")


def measure(number: int, *, engine: str, reference: Path | None, say: Callable[[str], None]) -> Report:
    """Issue `number` badges and verify some, in turns with the scripts in `reference`, where they are installed.

    Those that are stored are stored on `engine`. Raises ConfigError where it cannot be had.
    """
    key, rsa = PrivateKey.made(KeyKind.ED25519), PrivateKey.made(KeyKind.RSA)
    signer, rsa_signer = (each.signer(dids.method_id(ISSUER.id, each.public)) for each in (key, rsa))
    issuing: list[float] = []
    storing: list[float] = []
    verifying: list[float] = []
    theirs: list[Mapping[str, Any]] = []
    for turn in range(1, _ROUNDS + 1):
        say(f"round {turn} of {_ROUNDS}")
        issuing.append(_each_ms(number, lambda: Templates().sign(_awards(number), signer)))
        if reference is not None:
            theirs.append(_by_reference(reference))
        storing.append(awarding.each_ms(number, engine))
        verifying.append(_verifying_ms(theirs[-1] if theirs else _own(key, signer)))
    tokens = _each_ms(_VERIFIED, lambda: [jwt.sign(building.unsigned(each), rsa_signer) for each in _awards(_VERIFIED)])
    figures = [
        _figure("badges issued: signed, status entries drawn, not stored", issuing, theirs, "issue_ms", _ISSUE_GOAL),
        _figure(
            f"badges issued: ordered, signed, stored with code and status on {engine}",
            storing,
            theirs,
            "issue_ms",
            _ISSUE_GOAL,
        ),
        _figure("badges verified: proof, issuer's document, dates", verifying, theirs, "verify_ms", _VERIFY_GOAL),
        Figure(what="badges issued as tokens (RS256)", ours=1000 / tokens, unit="a second"),
    ]
    return Report(figures=figures, facts=_facts(number))


def _awards(number: int) -> list[Badge]:
    """Return badges of one achievement, each with its own recipient, salt, narrative and places in status lists."""
    drawn: set[int] = set()
    while len(drawn) < number:
        drawn.add(secrets.randbelow(max(MIN_ENTRIES, 4 * number)))
    return [_award(each) for each in drawn]


def _award(place: int) -> Badge:
    email = HashedEmail(digest_hex=secrets.token_hex(32), salt=secrets.token_hex(8))
    return a_badge(
        place,
        recipient=Recipient(id=f"urn:uuid:{place}", email=email),
        status=[
            BitstringEntry(list_url="https://city.example/status/1", index=place),
            BitstringEntry(list_url="https://city.example/status/2", index=place, purpose="suspension"),
            RevocationListEntry(list_url="https://city.example/revoked/1"),
        ],
    )


def _own(key: PrivateKey, signer: Signer) -> dict[str, Any]:
    (body,) = Templates().sign([a_badge(status=[])], signer)
    return {"credential": json.loads(body), "issuer": issuer_documents.document(ISSUER.id, [HeldKey(key=key.public)])}


def _verifying_ms(made: Mapping[str, Any]) -> float:
    body, documents = json_text.written(made["credential"]), _AtHand(made["issuer"])

    def several() -> None:
        for _ in range(_VERIFIED):
            found = verify(body, documents=documents, now=_NOW)
            assert found.verdict == Verdict.VALID, found

    verify(body, documents=documents, now=_NOW)
    return _each_ms(_VERIFIED, several)


def _each_ms(number: int, work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000 / number


def _by_reference(folder: Path) -> Mapping[str, Any]:
    node = shutil.which("node", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if node is None:
        raise FileNotFoundError("there is no node to run the reference")
    contexts = files("col_core.badges.credentials") / "bundled" / "contexts.json"
    # It does not ask status lists, and neither do we then.
    unsigned = building.unsigned(a_badge(status=[], recipient=_award(1).recipient))
    given = {"credential": unsigned, "times": _REFERENCE_TIMES, "contexts": str(contexts)}
    done = subprocess.run(  # noqa: S603 (our own script, in the folder that was named)
        [node, str(folder / "reference.mjs")], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    answer: Mapping[str, Any] = json.loads(done.stdout)
    return answer


def _figure(what: str, ours: Sequence[float], theirs: Sequence[Mapping[str, Any]], name: str, least: float) -> Figure:
    if not theirs:
        return Figure(what=what, ours=1000 / median(ours), unit="a second")
    beside = median(each[name] for each in theirs)
    ratio = beside / median(ours)
    return Figure(
        what=what,
        ours=1000 / median(ours),
        unit="a second",
        beside="JavaScript reference",
        theirs=1000 / beside,
        ratio=ratio,
        goal=f"≥ {least:g} ×",
        reached=ratio >= least,
    )


def _facts(number: int) -> dict[str, object]:
    return {"badges": number, "python": platform.python_version(), "cores": os.cpu_count()}
