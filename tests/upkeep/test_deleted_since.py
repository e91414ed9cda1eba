"""What was taken away for good after a backup was made stays away when that is restored."""

import re
import shutil
from dataclasses import replace

import pytest
from sqlalchemy import select

from col_core.accounts import tokens
from col_core.accounts.records import Scope
from col_core.badges.awards import ending
from col_core.base import deletions, deletions_file, outbox
from col_core.base.database import Database
from col_core.base.errors import ColError, Conflict, InvalidInput
from col_core.base.outbox import OutboxRow
from col_core.base.settings import SourceConfig
from col_core.catalogue import own, store, withdrawn
from col_core.catalogue.publishing import moderation, withdrawals
from col_core.catalogue.tables import OpportunityRow
from col_core.content import feedback
from col_core.house import deletables, search_index
from col_core.organisers import directory
from col_core.passport import forgetting, holders, keeping, sharing
from col_core.testing.fakes import ListSource
from col_core.testing.opportunities import FULL
from col_core.upkeep import schema

pytestmark = pytest.mark.long

SOURCE = SourceConfig(id="library", plugin="list", name={"en": "Library"}, publish="auto")


@pytest.fixture
def full(town):
    """A filled city whose organisation has two offers of its own and two tokens."""
    with town.open() as city:
        with city.house.database.write() as session:
            organiser = directory.listing(session)[0]
            for name in ("one", "two"):
                tokens.issue(
                    session,
                    organisation_id=organiser.id,
                    scopes=[Scope.OPPORTUNITIES_WRITE],
                    clock=town.clock,
                    name=name,
                )
        for name in ("pottery", "sailing"):
            city.offering.hand_in(organiser.id, an_offer(name), under_review=False)
    return town


def an_offer(name):
    return {
        "external_id": name,
        "type": "workshop",
        "title": {"en": name.title()},
        "start": "2026-03-01T10:00:00+01:00",
        "place": {"name": "Youth centre", "address": "Main Street 1", "lat": 46.05, "lon": 14.5},
    }


def ids_of(town):
    return {each.content.title["en"]: each.id for each in town.offers()}


def statuses(town):
    return {each.content.title["en"]: each.status.value for each in town.offers()}


def revoked(town):
    with town.open() as city, city.house.database.read() as session:
        return {each.name: each.revoked for each in tokens.listing(session)}


def journal(town):
    with town.open() as city, city.house.database.read() as session:
        return deletions.listing(session)


def sync(town, **drafts):
    with town.open() as city:
        source = ListSource("library")
        source.drafts = drafts
        city.gathering.ingest.sync(source, SOURCE, default_language="en")


def take_away(town):
    """The city withdraws one offer, its organisation another; a token is revoked, a message deleted."""
    ids, (message,) = ids_of(town), town.messages()
    with town.open() as city:
        with city.house.database.write() as session:
            moderation.withdraw(session, [ids["Chess for beginners"]], index=city.index, clock=town.clock)
            organiser = directory.listing(session)[0]
            token = next(each for each in tokens.listing(session) if each.name == "one")
            tokens.revoke(session, token.id, clock=town.clock)
            feedback.forget(session, message.id, clock=town.clock)
        city.offering.withdraw(organiser.id, ids["Pottery"], versions=None)


def work(town):
    with town.open() as city:
        city.worker().drain(rounds=5)


def is_as_after_taking_away(town, at):
    return (
        statuses(town)
        == {
            "Chess for beginners": "withdrawn",
            "Graffiti workshop": "published",
            "Pottery": "withdrawn",
            "Sailing": "published",
        }
        and revoked(town) == {"one": at, "two": None}
        and town.messages() == []
        and town.found("chess") == []
    )


def test_the_database_that_goes_tells_what_was_taken_away(full, tmp_path):
    file = full.back_up(tmp_path / "a.zip").file
    full.clock.advance(hours=1)
    at = full.clock.now()
    take_away(full)
    before = journal(full)
    full.clock.advance(hours=1)
    done = full.restore(file, force=True)
    assert (done.deleted_again, done.notes) == (4, [])
    assert is_as_after_taking_away(full, at)
    assert journal(full) == before
    assert len(before) == 5, "the city's word also stands for the item of the source"


def test_what_was_taken_away_again_is_told_to_nobody_and_its_name_is_free_again(full, tmp_path):
    file = full.back_up(tmp_path / "a.zip").file
    take_away(full)
    full.restore(file, force=True)
    with full.open() as city:
        with city.house.database.read() as session:
            jobs = session.scalars(select(OutboxRow.job).where(OutboxRow.state != outbox.PARKED)).all()
            organiser = directory.listing(session)[0]
            name = session.scalar(
                select(OpportunityRow.external_id).where(OpportunityRow.id == ids_of(full)["Pottery"])
            )
        assert outbox.EVENT_JOB not in jobs
        assert name is None
        again = city.offering.hand_in(organiser.id, an_offer("pottery"), under_review=False)
    assert again.is_new


def test_where_the_database_is_lost_the_file_tells(full, tmp_path):
    file = full.back_up(tmp_path / "a.zip").file
    full.clock.advance(hours=1)
    at = full.clock.now()
    take_away(full)
    work(full)
    empty(full)
    done = full.restore(file)
    assert (done.deleted_again, done.notes) == (4, [])
    assert is_as_after_taking_away(full, at)


def test_on_another_machine_a_copy_of_the_file_tells(full, elsewhere, tmp_path):
    file = full.back_up(tmp_path / "a.zip").file
    full.clock.advance(hours=1)
    at = full.clock.now()
    take_away(full)
    work(full)
    copy = shutil.copy(full.config.var / deletions_file.FILE, tmp_path / "copy.jsonl")
    done = elsewhere.restore(file, deletions_file=copy)
    assert (done.deleted_again, done.notes) == (4, [])
    assert is_as_after_taking_away(elsewhere, at)
    work(elsewhere)
    own_file = elsewhere.config.var / deletions_file.FILE
    assert set(deletions_file.read(own_file).deletions) == set(journal(elsewhere)) == set(journal(full))


def test_where_nothing_tells_of_deletions_that_is_said(full, elsewhere, tmp_path):
    done = elsewhere.restore(full.back_up(tmp_path / "a.zip").file)
    assert done.deleted_again == 0
    assert "--deletions FILE" in done.notes[0]


def test_what_the_backup_itself_knows_is_not_counted(full, tmp_path):
    take_away(full)
    done = full.restore(full.back_up(tmp_path / "a.zip").file, force=True)
    assert done.deleted_again == 0
    assert len(journal(full)) == 5


def test_a_second_restore_deletes_again_too(full, tmp_path):
    file = full.back_up(tmp_path / "a.zip").file
    take_away(full)
    full.restore(file, force=True)
    assert full.restore(file, force=True).deleted_again == 4


def test_the_list_tells_of_nobody(full):
    take_away(full)
    assert {each.kind for each in journal(full)} == {
        tokens.REVOKED,
        feedback.DELETED,
        withdrawals.BY_CITY,
        withdrawals.BY_ORGANISATION,
        withdrawn.ITEM,
    }
    assert all(re.fullmatch("[0-9a-f]{8,40}", each.key) for each in journal(full))


def test_a_clock_that_was_set_back_revives_nothing(full, tmp_path):
    file = full.back_up(tmp_path / "a.zip").file
    full.clock.advance(days=-2)
    take_away(full)
    assert full.restore(file, force=True).deleted_again == 4


def test_what_came_and_went_after_the_backup_is_not_missed(full, tmp_path):
    file = full.back_up(tmp_path / "a.zip").file
    with full.open() as city:
        with city.house.database.read() as session:
            organiser = directory.listing(session)[0]
        late = city.offering.hand_in(organiser.id, an_offer("late"), under_review=False)
        city.offering.withdraw(organiser.id, late.own.opportunity.id, versions=None)
    assert full.restore(file, force=True).deleted_again == 0
    assert "Late" not in statuses(full)


def test_what_a_source_brought_and_the_city_withdrew_after_the_backup_is_not_brought_again(full, tmp_path):
    file = full.back_up(tmp_path / "a.zip").file
    sync(full, spam=replace(FULL, title={"en": "Spam"}))
    with full.open() as city, city.house.database.write() as session:
        moderation.withdraw(session, [ids_of(full)["Spam"]], index=city.index, clock=full.clock)
    full.restore(file, force=True)
    assert "Spam" not in statuses(full)
    sync(full, spam=replace(FULL, title={"en": "Spam, once more"}), other=replace(FULL, title={"en": "Other"}))
    assert (statuses(full)["Spam, once more"], statuses(full)["Other"]) == ("withdrawn", "published")
    assert full.found("spam") == []


def test_what_an_organisation_handed_in_and_the_city_withdrew_after_the_backup_cannot_be_handed_in_again(
    full, tmp_path
):
    file = full.back_up(tmp_path / "a.zip").file
    with full.open() as city:
        with city.house.database.read() as session:
            organiser = directory.listing(session)[0]
        late = city.offering.hand_in(organiser.id, an_offer("late"), under_review=False)
        with city.house.database.write() as session:
            moderation.withdraw(session, [late.own.opportunity.id], index=city.index, clock=full.clock)
    full.restore(file, force=True)
    with full.open() as city:
        with pytest.raises(Conflict, match="The city took this offer away"):
            city.offering.hand_in(organiser.id, an_offer("late"), under_review=False)
        assert city.offering.hand_in(organiser.id, an_offer("later"), under_review=False).is_new


def test_a_file_that_is_no_list_of_deletions_is_refused_before_anything_happens(full, tmp_path):
    file = full.back_up(tmp_path / "a.zip").file
    with pytest.raises(InvalidInput, match=r"line 1, tells of no deletion.*Nothing was touched"):
        full.restore(file, force=True, deletions_file=file)
    with pytest.raises(InvalidInput, match="There is no file"):
        full.restore(file, force=True, deletions_file=tmp_path / "nowhere")
    with pytest.raises(InvalidInput, match="cannot be read: Is a directory"):
        full.restore(file, force=True, deletions_file=tmp_path)


def test_a_list_with_kinds_of_a_newer_version_and_a_broken_line_is_used_and_both_are_said(full, tmp_path):
    file = full.back_up(tmp_path / "a.zip").file
    take_away(full)
    work(full)
    list_of_city = full.config.var / deletions_file.FILE
    with list_of_city.open("a") as out:
        out.write('{"kind":"badges.recipient_erased","key":"r1","deleted":"2026-01-07T13:00:00Z"}\n???\n')
    empty(full)
    done = full.restore(file)
    assert done.deleted_again == 4
    assert "line 7" in done.notes[0]
    assert "'badges.recipient_erased'" in done.notes[1]
    assert "badges.recipient_erased" in {each.kind for each in journal(full)}


def test_an_old_backup_is_said_to_reach_further_back_than_the_list(full, tmp_path):
    file = full.back_up(tmp_path / "a.zip").file
    full.clock.advance(days=401)
    assert "deletions_days, 400 days" in full.restore(file, force=True).notes[0]


def test_a_restore_that_fails_leaves_journal_and_file_as_they_were(full, tmp_path):
    file = full.back_up(tmp_path / "a.zip").file
    take_away(full)
    work(full)
    before, said = journal(full), (full.config.var / deletions_file.FILE).read_bytes()

    def fail(what, done, total):
        if what == "rows" and done == total:
            raise ColError("a power cut")

    with pytest.raises(ColError, match="power cut"):
        full.restore(file, force=True, progress=fail)
    assert journal(full) == before
    assert (full.config.var / deletions_file.FILE).read_bytes() == said


@pytest.mark.parametrize("damage", ["of all", "of one table"])
def test_a_database_that_cannot_be_read_is_put_aside_and_the_file_tells(a_town, tmp_path, damage):
    file = a_town.back_up(tmp_path / "a.zip").file
    chess = ids_of(a_town)["Chess for beginners"]
    with a_town.open() as city, city.house.database.write() as session:
        moderation.withdraw(session, [chess], index=city.index, clock=a_town.clock)
    work(a_town)
    broken = spoil(a_town, tmp_path / "town.db", damage)
    with pytest.raises(Conflict, match=r"cannot be read .*--force puts it aside"):
        a_town.restore(file)
    assert (tmp_path / "town.db").read_bytes() == broken
    done = a_town.restore(file, force=True)
    assert done.deleted_again == 1
    assert statuses(a_town) == {"Chess for beginners": "withdrawn", "Graffiti workshop": "published"}
    (aside,) = tmp_path.glob("town.db.damaged-*")
    assert aside.read_bytes() == broken
    assert str(aside) in done.notes[0]


def test_every_kind_that_is_written_down_can_be_deleted_again(a_town):
    known = {each.kind for each in deletables(search_index(a_town.config, clock=a_town.clock), clock=a_town.clock)}
    assert known == {
        tokens.REVOKED,
        feedback.DELETED,
        withdrawals.BY_CITY,
        withdrawals.BY_ORGANISATION,
        withdrawn.ITEM,
        ending.REVOKED,
        ending.EMPTIED,
        keeping.REMOVED,
        forgetting.FORGOTTEN,
        sharing.WITHDRAWN,
        holders.RENEWED,
        holders.LEFT,
    }


def test_an_offer_without_an_organisation_is_withdrawn_again_too(a_town, tmp_path):
    """Its organisation may have become known only after the backup was made."""
    file = a_town.back_up(tmp_path / "a.zip").file
    chess = ids_of(a_town)["Chess for beginners"]
    with a_town.open() as city, city.house.database.write() as session:
        organiser_id = store.get(session, chess).organiser.id
        withdrawals.by_organisation(
            session, organiser_id, own.locked(session, organiser_id, chess), index=city.index, clock=a_town.clock
        )
    assert a_town.restore(file, force=True).deleted_again == 1
    assert statuses(a_town)["Chess for beginners"] == "withdrawn"


def empty(town):
    """Take the whole database away, as a lost disk does, and leave the state folder."""
    database = Database(town.environ["COL_DATABASE_URL"])
    with database.write() as session:
        schema.clear(session.connection(), also=[])
    database.dispose()
    shutil.rmtree(town.config.var / "files", ignore_errors=True)


def spoil(town, file, damage):
    database = Database(town.environ["COL_DATABASE_URL"])
    with database.connection() as connection:
        connection.exec_driver_sql("PRAGMA query_only=0")
        page = connection.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name='organiser'").scalar_one()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        connection.rollback()
    pooled = database.engine.raw_connection()
    pooled.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pooled.close()
    database.dispose()
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    data = bytearray(file.read_bytes())
    where = slice(0, len(data)) if damage == "of all" else slice((page - 1) * size, page * size)
    data[where] = b"\xa5" * len(data[where])
    file.write_bytes(data)
    return bytes(data)
