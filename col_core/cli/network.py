"""`col network`: run a network of cities (its anchor), and check from outside who is a member. No city is needed."""

import argparse
import json
import os
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from col_core.base import logs
from col_core.base.clock import SystemClock
from col_core.base.errors import ConfigError, FetchError
from col_core.base.fetch import HttpClient
from col_core.cli import ports
from col_core.cli.frame import DONE, FAILED, Subcommands, WrongUse
from col_core.federation.trust import admitting, anchor_keys, checking, entities, folder, key_sets, signing, statements
from col_core.federation.trust.asking import Asking, Moved
from col_core.federation.trust.folder import KEYS_FILE, Member, Network, NetworkFolder
from col_core.federation.trust.records import Keys, MarkKind, Rules, Status, Untrusted

CANNOT_TELL = 3
_DAYS, _MOST_DAYS = 7, 90


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("network", help="run a network of cities, or check who is a member of one")
    steps = parser.add_subparsers(dest="what", required=True, metavar="WHAT")

    init = _step(steps, "init", "begin a network in DIR", keys=True)
    init.add_argument("--url", required=True, metavar="URL", help="address and name of the network, for good")
    init.add_argument("--name", default="Cities of Learning", help='what people call it ("Cities of Learning")')
    init.add_argument("--days", type=int, default=_DAYS, help=f"for how long what it signs holds ({_DAYS})")
    init.set_defaults(run=begin)

    admit = _step(steps, "admit", "make a city a member, with the keys that it shows", city=True, keys=True)
    admit.add_argument(
        "--issuer", action=argparse.BooleanOptionalAction, default=True, help="recognise its badges (yes), or not"
    )
    admit.add_argument("--new-keys", action="store_true", help="take other keys than before, after you asked the city")
    admit.add_argument("--yes", action="store_true", help="do not ask whether what is shown is right")
    admit.set_defaults(run=let_in)

    suspend = _step(steps, "suspend", "let a member's marks end at once", city=True, keys=True)
    suspend.add_argument("--reason", required=True, help="why, for those who ask later; it stays in the folder")
    suspend.set_defaults(run=hold_off)
    readmit = _step(steps, "readmit", "take a suspension back", city=True, keys=True)
    readmit.set_defaults(run=take_back)
    _step(steps, "list", "show the members").set_defaults(run=show)
    _step(steps, "refresh", "read again what members say of themselves; needs no keys").set_defaults(run=refresh)
    sign = _step(steps, "sign", "sign everything anew into DIR/public; needs the keys and no network", keys=True)
    sign.add_argument("--days", type=int, help="for how long it holds; as at init if left out")
    sign.set_defaults(run=sign_anew)
    _step(steps, "keys", "print the public keys, to hand them over to cities", keys=True).set_defaults(run=show_keys)
    rotate = _step(steps, "rotate", "replace the key that signs, in three steps with time between", keys=True)
    rotate.add_argument("--step", required=True, choices=["announce", "switch", "drop"])
    rotate.set_defaults(run=replace_key)

    serve = _step(steps, "serve", "answer for the network, until SIGTERM", keys=True)
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=int, default=8003, help="port to listen on (8003)")
    serve.add_argument("--renew", action="store_true", help="sign anew by itself, with the keys at hand")
    serve.set_defaults(run=answer)

    check = steps.add_parser("check", help="check a city from outside; ends with 0 member, 1 none, 3 cannot tell")
    check.add_argument("city_url", metavar="CITY_URL", help="address of the city")
    check.add_argument("--anchor", required=True, metavar="URL", help="address of the network")
    check.add_argument("--keys", type=Path, metavar="FILE", help="the network's public keys as you were given them")
    check.add_argument("--json", action="store_true", help="print the answer as JSON")
    check.set_defaults(run=check_city)


def begin(arguments: argparse.Namespace) -> int:
    """Make the folder and the keys."""
    url, place, now = _entity(arguments.url), NetworkFolder(arguments.dir), SystemClock().now()
    days = _days(arguments.days)
    with place.alone():
        place.begin(Network(url=url, name=arguments.name, days=days, created=now))
        anchor_keys.write(_keys_file(arguments), anchor_keys.made(now), new=True)
        signing.sign(place, anchor_keys.read(_keys_file(arguments)), now=now)
    print(f"{arguments.name} ({url}) begins in {place.path}. Its keys are in {_keys_file(arguments)}: keep them safe.")
    return DONE


def let_in(arguments: argparse.Namespace) -> int:
    """Show what a city says of itself, and make it a member."""
    place, rules = NetworkFolder(arguments.dir), _rules()
    entity = _entity(arguments.city_url)
    statement = admitting.met(_asking(), entity, anchor=place.network().url, rules=rules)
    print(json.dumps(statement.claims["metadata"], ensure_ascii=False, indent=2, sort_keys=True))
    print("Its keys: " + ", ".join(statement.keys))
    if not arguments.yes and not _agreed(f"Make {entity} a member?"):
        print("Nothing was changed.")
        return FAILED
    with place.alone():
        member = admitting.admit(place, statement, issuer=arguments.issuer, new_keys=arguments.new_keys, now=rules.now)
    recognised = "a recognised issuer" if member.recognised_since else "no recognised issuer"
    print(f"{member.name()} is a member since {member.member_since:%Y-%m-%d} and {recognised}.")
    return _signed_if_keys(arguments, place)


def hold_off(arguments: argparse.Namespace) -> int:
    """Suspend a member."""
    place = NetworkFolder(arguments.dir)
    with place.alone():
        member = place.member(_entity(arguments.city_url))
        place.put(folder.suspended(member, reason=arguments.reason, now=SystemClock().now()))
    print(f"{member.name()} is suspended.")
    return _signed_if_keys(arguments, place)


def take_back(arguments: argparse.Namespace) -> int:
    """End a suspension."""
    place = NetworkFolder(arguments.dir)
    with place.alone():
        member = place.member(_entity(arguments.city_url))
        place.put(folder.readmitted(member))
    print(f"{member.name()} is a member again, since {member.member_since:%Y-%m-%d} as before.")
    return _signed_if_keys(arguments, place)


def show(arguments: argparse.Namespace) -> int:
    """Print one line a member."""
    place = NetworkFolder(arguments.dir)
    network = place.network()
    print(f"{network.name} ({network.url})")
    for each in place.members():
        state = f"suspended: {each.suspended_because}" if each.suspended else _standing(each)
        print(f"{each.entity:<45} {each.name():<25} {state}")
    return DONE


def refresh(arguments: argparse.Namespace) -> int:
    """Read members again; what is taken counts once it is signed."""
    place = NetworkFolder(arguments.dir)
    with place.alone():
        faults = admitting.refresh(place, _asking(), rules=_rules())
    for each in faults:
        print(each)
    print("Members were read again; `col network sign` publishes what they say now.")
    return FAILED if faults else DONE


def sign_anew(arguments: argparse.Namespace) -> int:
    """Sign everything."""
    place = NetworkFolder(arguments.dir)
    days = None if arguments.days is None else _days(arguments.days)
    with place.alone():
        until = signing.sign(place, anchor_keys.read(_keys_file(arguments)), now=SystemClock().now(), days=days)
    print(f"{place.public} holds until {until:%Y-%m-%d %H:%M} UTC; sign again before.")
    return DONE


def show_keys(arguments: argparse.Namespace) -> int:
    """Print the public keys as a JWK Set."""
    print(json.dumps(anchor_keys.read(_keys_file(arguments)).jwks, indent=2))
    return DONE


def replace_key(arguments: argparse.Namespace) -> int:
    """Do one step of replacing the key that signs."""
    place, file, now = NetworkFolder(arguments.dir), _keys_file(arguments), SystemClock().now()
    with place.alone():
        keys = anchor_keys.read(file)
        match arguments.step:
            case "announce":
                keys = keys.announced(now)
            case "switch":
                keys = keys.switched()
            case _:
                keys = keys.dropped()
        anchor_keys.write(file, keys)
        signing.sign(place, keys, now=now)
    wait = {
        "announce": f"Cities learn of the new key within {place.network().days} days; then --step switch.",
        "switch": f"The new key signs. What the old one signed ends in {place.network().days} days; then --step drop.",
        "drop": "The old key counts no more.",
    }
    print(wait[arguments.step])
    return DONE


def answer(arguments: argparse.Namespace) -> int:
    """Serve what is published."""
    from col_core.cli import serving  # takes a second, which the other steps do not need
    from col_core.federation.trust import hosting

    place = NetworkFolder(arguments.dir)
    place.network()
    ports.refuse_unusable(arguments.host, arguments.port, way_out="--port 8080")
    os.environ[hosting.FOLDER] = str(place.path.resolve())
    os.environ.pop(hosting.KEYS, None)
    if arguments.renew:
        anchor_keys.read(_keys_file(arguments))
        os.environ[hosting.KEYS] = str(_keys_file(arguments).resolve())
    logs.set_up(city="network")
    serving.run("col_core.federation.trust.hosting:from_environment", host=arguments.host, port=arguments.port)
    return DONE


def check_city(arguments: argparse.Namespace) -> int:
    """Say whether a city is a member, and how one knows."""
    city, anchor, rules, asking = _entity(arguments.city_url), _entity(arguments.anchor), _rules(), _asking()
    keys = _given_keys(arguments.keys)
    told: dict[str, object] = {"city": city, "network": anchor, "member": None, "recognised_issuer": None}
    try:
        top = checking.anchor_of(asking, anchor, rules=rules, keys=keys)
        own = statements.configuration(asking.configuration(city), entity=city, rules=rules)
        superior = checking.superior_says(asking, top, city, rules=rules)
        found = checking.judge(
            asking, own, superior=superior, anchor=top, anchor_keys=top.keys if keys is None else keys, rules=rules
        )
    except (FetchError, Moved) as error:
        return _told(arguments, told | {"reason": str(error)}, CANNOT_TELL)
    except checking.NotListed as error:
        shown = checking.judged_marks(asking, own, anchor=top, rules=rules)[0].get(MarkKind.MEMBER)
        suspended = shown is not None and shown.status is Status.REVOKED
        reason = "It is suspended: the network revoked its mark." if suspended else str(error)
        return _told(arguments, told | {"member": False, "reason": reason}, FAILED)
    except Untrusted as error:
        return _told(arguments, told | {"member": False, "reason": f"{error.message} ({error.reason})"}, FAILED)
    told |= {"member": found.is_member, "recognised_issuer": found.is_recognised, "names": dict(found.city.names)}
    for kind, judged in found.marks.items():
        status = judged.status.value if judged.status is not None else "could not be asked"
        told[f"{kind.value} mark"] = {
            "status": status,
            "since": judged.mark.since and f"{judged.mark.since:%Y-%m-%d}",
            "until": judged.mark.expires and f"{judged.mark.expires:%Y-%m-%dT%H:%M:%SZ}",
        }
    for kind, fault in found.faults.items():
        told[f"{kind.value} mark"] = fault
    if keys is None:
        told["note"] = "The network's keys were taken from itself; --keys FILE compares them with those you were given."
    if not found.is_member:
        shown = found.marks.get(MarkKind.MEMBER)
        told["reason"] = (
            f"its mark is {shown.status.value}" if shown and shown.status else "it shows no mark of a member that holds"
        )
        return _told(arguments, told, FAILED)
    unsure = found.marks[MarkKind.MEMBER].status is not Status.ACTIVE
    return _told(arguments, told, CANNOT_TELL if unsure else DONE)


def _told(arguments: argparse.Namespace, told: dict[str, object], code: int) -> int:
    if arguments.json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return code
    verdict = {DONE: "is a member of", FAILED: "is no member of"}.get(code, "may or may not be a member of")
    print(f"{told['city']} {verdict} {told['network']}.")
    for name, value in told.items():
        if name not in ("city", "network", "member") and value is not None:
            shown = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | bool) else value
            print(f"  {name.replace('_', ' ')}: {shown}")
    return code


def _step(
    steps: Subcommands, name: str, about: str, *, city: bool = False, keys: bool = False
) -> argparse.ArgumentParser:
    parser = steps.add_parser(name, help=about)
    parser.add_argument("dir", type=Path, metavar="DIR", help="folder of the network")
    if city:
        parser.add_argument("city_url", metavar="CITY_URL", help="address of the city")
    if keys:
        parser.add_argument("--keys", type=Path, metavar="FILE", help=f"the network's keys (DIR/{KEYS_FILE})")
    return parser


def _keys_file(arguments: argparse.Namespace) -> Path:
    given: Path | None = arguments.keys
    return given if given is not None else Path(arguments.dir) / KEYS_FILE


def _signed_if_keys(arguments: argparse.Namespace, place: NetworkFolder) -> int:
    """Sign where the keys are at hand; else say what is left to do."""
    file = _keys_file(arguments)
    if not file.exists():
        print(f"The keys are not at hand: `col network sign {place.path} --keys FILE` publishes it.")
        return DONE
    with place.alone():
        until = signing.sign(place, anchor_keys.read(file), now=SystemClock().now())
    print(f"Published; it holds until {until:%Y-%m-%d %H:%M} UTC.")
    return DONE


def _given_keys(file: Path | None) -> Keys | None:
    if file is None:
        return None
    try:
        return key_sets.read(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, Untrusted) as error:
        raise ConfigError(f"{file} holds no public keys (a JWK Set): {error}.") from error


def _standing(member: Member) -> str:
    issuer = f", recognised issuer since {member.recognised_since:%Y-%m-%d}" if member.recognised_since else ""
    return f"member since {member.member_since:%Y-%m-%d}{issuer}"


def _entity(url: str) -> str:
    """Return an address as the name of an entity, without a slash at its end. Raises WrongUse."""
    name = url.strip().rstrip("/")
    with suppress(ValueError):
        if urlsplit(name).scheme == "http" and urlsplit(name).netloc.lower() not in _plain_hosts():
            raise WrongUse(f"{name}: plain http is for servers on this machine that COL_HTTP_ALLOW_HOSTS names.")
    try:
        return entities.checked(name, plain_hosts=_plain_hosts())
    except Untrusted as error:
        raise WrongUse(f"{error.message}.") from error


def _days(days: int) -> int:
    if not 1 <= days <= _MOST_DAYS:
        raise WrongUse(f"--days {days}: from 1 to {_MOST_DAYS}.")
    return days


def _agreed(question: str) -> bool:
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _rules() -> Rules:
    return Rules(now=SystemClock().now(), plain_hosts=_plain_hosts())


def _asking() -> Asking:
    agent = f"CityOfLearning/{version('city-of-learning')}"
    return Asking(HttpClient(allow_hosts=_plain_hosts(), user_agent=agent))


def _plain_hosts() -> tuple[str, ...]:
    named = os.environ.get("COL_HTTP_ALLOW_HOSTS", "").split(",")
    return tuple(each.strip().lower() for each in named if each.strip())
