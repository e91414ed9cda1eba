"""Thousands of altered badges: none is accepted."""

import copy
import json
import random

import pytest

from col_core.badges.credentials import base64url, building, data_integrity, json_text, jwt
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.records import KeyKind
from col_core.testing.badges import a_badge

pytestmark = pytest.mark.long

TIMES = 1_500
STRANGE = [None, True, 0, 7, "", "x", [], {}, ["x"], {"id": "urn:x:1"}, "https://evil.example/", "2030-01-01T00:00:00Z"]


def places(value, path=()):
    """Return the path of every value within a document."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield (*path, name)
            yield from places(each, (*path, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield (*path, index)
            yield from places(each, (*path, index))


def altered(document, chance):
    """Return `document` with one thing changed: a value replaced, moved, copied, left out, or a letter of it."""
    made = copy.deepcopy(document)
    *way, last = path = chance.choice([each for each in places(made) if each[0] != "@context"])
    holder = made
    for step in way:
        holder = holder[step]
    value = holder[last]
    match chance.randrange(6):
        case 0:
            holder[last] = chance.choice(STRANGE)
        case 1:
            del holder[last]
        case 2 if isinstance(holder, dict):
            holder[chance.choice(["unknown", "name", "id", "validUntil", "@id", f"x{last}"])] = holder.pop(last)
        case 3 if isinstance(value, str) and value:
            place = chance.randrange(len(value))
            holder[last] = value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]
        case 4 if isinstance(holder, list):
            holder.append(chance.choice(STRANGE))
        case _:
            other = chance.choice(list(places(document)))
            source = document
            for step in other:
                source = source[step]
            holder[last] = copy.deepcopy(source)
    return made, path


def meaning(document):
    """Return what a document says to people: JSON, in which the order of a list does not count."""
    if isinstance(document, dict):
        return {name: meaning(each) for name, each in document.items()}
    if isinstance(document, list):
        return sorted((meaning(each) for each in document), key=lambda each: json.dumps(each, sort_keys=True))
    return document


def is_accepted(text, key):
    try:
        read = json_text.parsed(text)
        return any(data_integrity.holds(read, each, key) for each in data_integrity.read_proofs(read))
    except Unreadable:
        return False


def without_lists(value):
    """Return a value where a list of one is that one: JSON-LD says the same by both."""
    if isinstance(value, dict):
        return {name: without_lists(each) for name, each in value.items()}
    if isinstance(value, list):
        unique = [json.loads(each) for each in dict.fromkeys(json.dumps(without_lists(each)) for each in value)]
        said = [each for each in unique if each not in (None, [])]
        return said[0] if len(said) == 1 else said
    return value


@pytest.fixture(scope="module")
def tried():
    """The badges that were tried already: the same change comes up more than once."""
    return set()


@pytest.mark.parametrize("seed", range(4))
def test_no_altered_badge_is_accepted(signed, keys, tried, seed):
    chance = random.Random(seed)
    key = keys[KeyKind.ED25519].public
    same = meaning(without_lists(signed))
    accepted = 0
    for _ in range(TIMES):
        document, path = altered(signed, chance)
        text = json.dumps(document)
        if text not in tried:
            tried.add(text)
            if is_accepted(text, key):
                assert meaning(without_lists(document)) == same, path
                accepted += 1
    assert accepted < TIMES * 0.1


@pytest.mark.parametrize("seed", range(2))
def test_no_altered_token_is_accepted(keys, signers, seed):
    chance = random.Random(seed)
    token = jwt.sign(building.unsigned(a_badge()), signers[KeyKind.ED25519])
    key = keys[KeyKind.ED25519].public
    read = jwt.read(token)
    for _ in range(TIMES):
        if chance.random() < 0.5:
            document, _ = altered(read.payload, chance)
            head, _, signature = token.split(".")
            other = f"{head}.{base64url.encoded(json.dumps(document).encode())}.{signature}"
        else:
            place = chance.randrange(len(token))
            other = token[:place] + chance.choice("ABCxyz019-_.= ") + token[place + 1 :]
        if other != token:
            try:
                assert not jwt.holds(jwt.read(other), key), other
            except Unreadable:
                continue
