"""Every hostile source there is, served over real sockets: by family, kind and what it does; over five hundred."""

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.feeds import dialects
from tests.feeds.dialects import Dialect, Member, encoded
from tests.feeds.documents import kev_list, named, rolie, rss
from tests.feeds.hostile import HOSTILE_ADDRESSES
from tests.feeds.misbehaviour import BEHAVIOURS
from tests.feeds.misp_server import misp_feed
from tests.feeds.samples import moment
from tests.feeds.servers import Answer, HonestTaxii, Reply, Request

# Names that lead outside at first and inside when they are looked up again, or to both at once.
REBINDING = ("again.rebinds.example", "both.rebind.example")
KINDS = {
    "bundle": dialects.STIX,
    "csaf": dialects.CSAF,
    "rss": dialects.RSS,
    "kev": dialects.KEV,
    "misp": dialects.MISP,
}
_WHOLE = {"bundle": dialects.bundle_of, "rss": lambda members: rss([*map(encoded, members)]), "kev": kev_list}


@dataclass(frozen=True)
class HostileSource:
    """One source: an address that leads where nobody may go, or a server and what it does.

    `good` is how many sound members stand beside what is hostile and must arrive.
    """

    name: str
    kind: str
    url: str = ""
    answer: Callable[[], Answer] | None = None
    good: int = 0

    @property
    def family(self) -> str:
        """Return F1 to F18."""
        return self.name.split()[0]


def all_sources() -> list[HostileSource]:
    """Return them all, always in the same order."""
    return [*_addresses(), *_servers(), *_members(), *_documents(), *_feeds()]


def chosen(most: int, seed: int = 20261122) -> list[HostileSource]:
    """Return so many of them, of each family in turn."""
    pick = random.Random(seed)
    families: dict[str, list[HostileSource]] = {}
    for source in all_sources():
        families.setdefault(source.family, []).append(source)
    for family in families.values():
        pick.shuffle(family)
    in_turn = itertools.chain.from_iterable(itertools.zip_longest(*families.values()))
    return [source for source in in_turn if source][:most]


def _addresses() -> Iterator[HostileSource]:
    for kind in ("taxii21", *KINDS):
        for address in HOSTILE_ADDRESSES:
            yield HostileSource(f"F1 {kind} at {address}", kind, url=address)
        for name in REBINDING:
            yield HostileSource(f"F3 {kind} at {name}", kind, url=f"https://{name}/")


def _servers() -> Iterator[HostileSource]:
    for behaviour in BEHAVIOURS:
        yield HostileSource(f"{behaviour.name} (taxii21)", "taxii21", answer=behaviour.answer)
        if behaviour.good == 0 and "TAXII" not in behaviour.name and "F5" not in behaviour.name:
            for kind in KINDS:
                play = behaviour.play(HonestTaxii())
                yield HostileSource(f"{behaviour.name} ({kind})", kind, answer=lambda play=play: play)


def _members() -> Iterator[HostileSource]:
    for kind, speaks in KINDS.items():
        for name, member in (*speaks.bad.items(), *speaks.strange.items()):
            yield HostileSource(f"{name} ({kind})", kind, answer=_serving(kind, speaks, member), good=2)
    for name, member in (*dialects.STIX.bad.items(), *dialects.STIX.strange.items()):
        answer = HonestTaxii([encoded(each) for each in _between(dialects.STIX, member)])  # type: ignore[misc]
        yield HostileSource(f"{name} (taxii21)", "taxii21", answer=lambda answer=answer: answer, good=2)


def _documents() -> Iterator[HostileSource]:
    for kind, speaks in KINDS.items():
        for name, raw in speaks.not_read.items():
            yield HostileSource(f"{name} ({kind})", kind, answer=_always(Reply(raw)))


def _feeds() -> Iterator[HostileSource]:
    away = "http://127.0.0.1:1/a.json"
    for name, feed in {
        "F2 documents on another host": rolie([("a", away, moment(1)), ("b", "file:///etc/passwd", moment(2))]),
        "F5 a feed of itself": rolie([("a", "/", moment(1))]),
        "F5 a million times the same document": rolie([("a", "/a", moment(1))] * 5_000),
        "F8 documents of the year 9999": rolie([("a", "/a", "9999-12-31T23:59:59Z")]),
        "F7 entries that are none": {"feed": {"entry": [None, 7, [], {"id": {}}]}},
        "F7 a feed that is a list": {"feed": []},
        "F14 a feed in a feed": {"feed": {"entry": [rolie([])]}},
    }.items():
        yield HostileSource(f"{name} (csaf)", "csaf", answer=_always(Reply(feed)))
    for name, listed in {
        "F2 names that lead elsewhere": {"http://127.0.0.1:1/a": {"timestamp": "1"}, "../../etc/passwd": {}},
        "F5 five thousand events that are not there": {named(str(n)): {"timestamp": "9"} for n in range(5_000)},
        "F8 a list of the year 9999": {named("a"): {"timestamp": "253402300799"}},
        "F7 a list of what is none": {named("a"): None, named("b"): 7, named("c"): {"timestamp": []}},
    }.items():
        yield HostileSource(f"{name} (misp)", "misp", answer=lambda listed=listed: _listing(listed))
    kept = "F17 a password in an error"
    for kind in ("taxii21", *KINDS):
        yield HostileSource(f"{kept} ({kind})", kind, answer=_always(Reply({"title": "correct-horse-battery"}, 401)))


def _listing(listed: dict[str, object]) -> Answer:
    return lambda request: Reply(listed) if request.path.endswith("/manifest.json") else Reply({}, 404)


def _always(reply: Reply) -> Callable[[], Answer]:
    return lambda: lambda _: reply


def _between(speaks: Dialect, member: Member) -> list[Member]:
    return [speaks.member(1), member, speaks.member(2)]


def _serving(kind: str, speaks: Dialect, member: Member) -> Callable[[], Answer]:
    members = _between(speaks, member)
    if kind == "misp":
        return lambda: misp_feed(members)
    if kind != "csaf":
        return lambda: lambda _: Reply(_WHOLE[kind](members))

    def answer(request: Request) -> Reply:
        number = request.path.strip("/")
        if number.isdigit():
            return Reply(encoded(members[int(number)]))
        return Reply(rolie([(str(n), f"/{n}", moment(n)) for n in range(len(members))]))

    return lambda: answer
