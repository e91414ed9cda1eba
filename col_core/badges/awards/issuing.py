"""Issuing badges: to many by an order, chunk by chunk, or to one person at once.

An order is written down first. Whoever carries it on (the command that gave it, a worker) locks it for one chunk and
takes the next rows from where it stands: a process that is killed loses its chunk alone, and nobody gets two.
"""

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from col_core.badges.achievements import reading
from col_core.badges.achievements.records import Achievement
from col_core.badges.awards import codes, store
from col_core.badges.awards.making import Making, Wanted
from col_core.badges.awards.records import Award, Given, GivenStatus, Order, Recipient, Run
from col_core.badges.awards.tables import AwardRunRow
from col_core.badges.credentials.records import Evidence
from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import Conflict, Forbidden, InvalidInput, NotFound
from col_core.base.jobs import Job
from col_core.base.settings import CityConfig

RUN_JOB, MAIL_JOB = "awards.run", "awards.mail"
CITY = "city"
CHUNK = 500
MOST_RECIPIENTS = 100_000


class Issuing:
    """Issues the badges of one city."""

    def __init__(
        self, config: CityConfig, *, database: Database, clock: Clock, making: Making, known: codes.Codes
    ) -> None:
        self._config, self._database, self._clock = config, database, clock
        self._making, self._codes = making, known

    def jobs(self) -> list[Job]:
        # Nobody outside notices a badge before its mail, which is a job of its own.
        return [Job(name=RUN_JOB, run=self._carry_on, outside=False)]

    def order(self, order: Order, *, issuer: str | None = None) -> Run:
        """Write an order down, to be carried on by `advance` or by a worker.

        `issuer` is the organisation that orders it; None for the city, which may issue everybody's badges. Raises
        NotFound without such an achievement, Forbidden for one of another organisation, Conflict where it is archived,
        InvalidInput where the order cannot be used.
        """
        now = self._clock.now()
        _check(order, self._config)
        with self._database.write() as session:
            achievement = issuable(session, order.achievement_id, issuer=issuer)
            rows = json.dumps([_packed(each) for each in order.recipients], ensure_ascii=False)
            row = AwardRunRow(
                id=secrets.token_hex(16),
                achievement_id=achievement.id,
                issuer=achievement.content.organiser_id or CITY,
                language=order.language,
                occasion=order.occasion,
                rows=rows,
                list_digest=hashlib.sha256(rows.encode()).hexdigest(),
                total=len(order.recipients),
                mails=order.mails,
                valid_from=order.valid_from,
                created=now,
            )
            session.add(row)
            session.flush()
            outbox.enqueue(session, RUN_JOB, {"id": row.id}, clock=self._clock)
            return _run(row)

    def advance(self, run_id: str) -> Run:
        """Issue the next rows of an order in one transaction; return how far it has come. Raises NotFound."""
        with self._database.write() as session:
            row = session.get(AwardRunRow, run_id, with_for_update=True)
            if row is None:
                raise NotFound(f"There is no order {run_id!r}.")
            if row.finished is None:
                self._issue_chunk(session, row)
            return _run(row)

    def run(self, run_id: str, *, issuer: str | None = None) -> Run:
        """Return how far an order has come. Raises NotFound, also for one of another organisation."""
        with self._database.read() as session:
            row = session.get(AwardRunRow, run_id)
            if row is None or issuer not in (None, row.issuer):
                raise NotFound(f"There is no order {run_id!r}.")
            return _run(row)

    def given(self, run_id: str, *, first: int = 1, last: int | None = None) -> list[Given]:
        """Return what came of the rows `first` to `last` of an order that are done, in their order."""
        with self._database.read() as session:
            row = session.get(AwardRunRow, run_id)
            if row is None:
                raise NotFound(f"There is no order {run_id!r}.")
            recipients = [_unpacked(each) for each in json.loads(row.rows)]
            last = min(row.done, last if last is not None else row.done)
            awards = store.of_run(session, run_id, first=first, last=last)
            notes = json.loads(row.notes)
            earlier = store.by_ids(session, [notes[str(each)] for each in range(first, last + 1) if str(each) in notes])
        given = []
        for number in range(first, last + 1):
            award = awards.get(number) or earlier.get(notes.get(str(number), ""))
            given.append(
                Given(
                    row=number,
                    recipient=recipients[number - 1] if number <= len(recipients) else _recipient_of(award),
                    status=GivenStatus.ISSUED if number in awards else GivenStatus.ALREADY,
                    award=award,
                    code=self.code_of(award) if award is not None else None,
                )
            )
        return given

    def issue_one(
        self, session: Session, achievement: Achievement, recipient: Recipient, *, language: str, narrative: str | None
    ) -> Award:
        """Issue one badge in the caller's transaction, as a claim by an open link does."""
        wanted = Wanted(recipient=recipient, narrative=narrative, language=language)
        (award,) = self._making.make(session, achievement, [wanted])
        return award

    def _issue_chunk(self, session: Session, row: AwardRunRow) -> None:
        achievement = reading.current(session, row.achievement_id)
        assert achievement is not None
        recipients = [_unpacked(each) for each in json.loads(row.rows)]
        keys = self._repeat_keys(row, recipients)
        first, last = row.done, min(row.done + CHUNK, row.total)
        there = store.by_repeat_keys(session, keys[first:last])
        notes: dict[str, str] = json.loads(row.notes)
        wanted: dict[str, Wanted] = {}
        for number in range(first, last):
            key = keys[number]
            if key not in there and key not in wanted:
                wanted[key] = Wanted(
                    recipient=recipients[number],
                    narrative=recipients[number].narrative,
                    language=row.language,
                    valid_from=row.valid_from,
                    repeat_key=key,
                    run=(row.id, number + 1),
                )
        made = self._making.make(session, achievement, list(wanted.values()))
        new = {key: (each.run, award) for (key, each), award in zip(wanted.items(), made, strict=True)}
        for number in range(first, last):
            key = keys[number]
            if key in there:
                notes[str(number + 1)] = there[key]
            elif new[key][0] != (row.id, number + 1):
                notes[str(number + 1)] = new[key][1].id
        if row.mails:
            for award in made:
                if award.email:
                    outbox.enqueue(session, MAIL_JOB, {"award": award.id}, clock=self._clock, key=f"award:{award.id}:1")
        row.notes = json.dumps(notes)
        row.done = last
        if last == row.total:
            row.finished = self._clock.now()
            # For whom the badges are stands with each of them from now on, until it is claimed.
            row.rows = "[]"

    def _repeat_keys(self, row: AwardRunRow, recipients: Sequence[Recipient]) -> list[str]:
        """Return what tells each row from those that were issued before.

        An address is a person. A row without one is known by its place among its like: within the occasion by its name,
        else within this very list.
        """
        number: Counter[tuple[str, ...]] = Counter()
        keys = []
        for each in recipients:
            if each.email:
                parts: tuple[str, ...] = ("mail", row.occasion or "", each.email.casefold())
            elif row.occasion and each.name:
                parts = ("name", row.occasion, " ".join(each.name.casefold().split()))
            else:
                parts = ("list", row.occasion or "", row.list_digest, each.name or "")
            if not each.email:
                number[parts] += 1
                parts = (*parts, str(number[parts]))
            keys.append(self._codes.repeat_key(row.achievement_id, *parts))
        return keys

    def code_of(self, award: Award) -> str | None:
        """Return the code that claims `award`, or None where nobody can claim it any more."""
        return store.code_of(award, self._codes)

    def _carry_on(self, payload: Mapping[str, Any]) -> None:
        while self.advance(str(payload["id"])).finished is None:
            pass


def issuable(session: Session, achievement_id: str, *, issuer: str | None) -> Achievement:
    """Return an achievement that `issuer` (None: the city) may issue. Raises NotFound, Forbidden, Conflict."""
    achievement = reading.current(session, achievement_id)
    if achievement is None:
        raise NotFound(f"There is no badge {achievement_id!r}; `col achievements list` shows those there are.")
    if issuer is not None and achievement.content.organiser_id != issuer:
        raise Forbidden(f"The badge {achievement_id!r} belongs to another organisation.")
    if achievement.archived:
        raise Conflict(f"The badge {achievement_id!r} is archived: nobody can earn it any more.")
    return achievement


def _recipient_of(award: Award | None) -> Recipient:
    return Recipient(email=award.email, name=award.name) if award is not None else Recipient()


def _check(order: Order, config: CityConfig) -> None:
    if not order.recipients:
        raise InvalidInput("The list names nobody.")
    if len(order.recipients) > MOST_RECIPIENTS:
        raise InvalidInput(f"The list is too long: at most {MOST_RECIPIENTS} at once.")
    if order.language not in config.languages:
        raise InvalidInput(f"{order.language!r} is no language of this city; it has {', '.join(config.languages)}.")


def _packed(recipient: Recipient) -> dict[str, Any]:
    packed: dict[str, Any] = {}
    if recipient.email:
        packed["email"] = recipient.email
    if recipient.name:
        packed["name"] = recipient.name
    if recipient.narrative:
        packed["narrative"] = recipient.narrative
    if recipient.evidence:
        packed["evidence"] = [store.packed_evidence(each) for each in recipient.evidence]
    return packed


def _unpacked(packed: Mapping[str, Any]) -> Recipient:
    evidence = tuple(Evidence(**each) for each in packed.get("evidence", ()))
    return Recipient(
        email=packed.get("email"), name=packed.get("name"), narrative=packed.get("narrative"), evidence=evidence
    )


def _run(row: AwardRunRow) -> Run:
    return Run(
        id=row.id,
        achievement_id=row.achievement_id,
        issuer=row.issuer,
        total=row.total,
        done=row.done,
        created=row.created,
        finished=row.finished,
    )
