"""Who of a coordinator's list has not answered, and writing the welcome letter to them.

That a letter was written is known from its row in the outbox alone; that it was answered, from the post.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from warp_hub import audit, clock, mail
from warp_hub.db import session
from warp_hub.mail import Letter, LetterState
from warp_hub.memberships.authority import require_warp
from warp_hub.memberships.models import Membership, Organisation, Person, Post, State, Warp
from warp_hub.memberships.warps import find_warp

KIND = "welcome"
AGAIN_AFTER = timedelta(days=7)
LIVES = timedelta(days=14)
KEPT_WITHOUT_ANSWER = timedelta(days=180)


class NoSuchWarp(Exception):
    """There is no WARP of this name; the text is the name."""

    for_the_command_line = True


@dataclass(frozen=True)
class Guest:
    """Somebody on the list of a WARP who has not answered: where they are, and when they were last written to."""

    person: Person
    organisations: tuple[str, ...]
    written_at: datetime | None

    @property
    def may_be_written_to(self) -> bool:
        """Say whether a letter may go now: none went in the last week, and their address takes mail."""
        return self.person.mail_suspended is None and (
            self.written_at is None or self.written_at <= clock.now() - AGAIN_AFTER
        )


@dataclass(frozen=True)
class Guests:
    """Those of a WARP who have not answered, by what can be done now."""

    new: Sequence[Guest]
    again: Sequence[Guest]
    resting: Sequence[Guest]
    refused: Sequence[Guest]

    @property
    def count(self) -> int:
        """Return how many have not answered."""
        return sum(len(some) for some in (self.new, self.again, self.resting, self.refused))


def unanswered(warp_id: UUID) -> list[Guest]:
    """Return who was put on the list of a WARP and has not answered, by organisation and name."""
    held = (
        select(Person, Organisation.name)
        .join(Post, Post.person_id == Person.id)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.warp_id == warp_id, Membership.state == State.ACTIVE)
        .where(Post.state == State.INVITED, Person.state == State.ACTIVE)
        .order_by(Organisation.name, Person.name, Person.id)
    )
    places: dict[UUID, list[str]] = {}
    known: dict[UUID, Person] = {}
    for person, organisation in session.execute(held):
        known[person.id] = person
        places.setdefault(person.id, []).append(organisation)
    written = _written(warp_id, known)
    return [Guest(known[of], tuple(names), written.get(of)) for of, names in places.items()]


def guests_of(warp_id: UUID) -> Guests:
    """Return those of a WARP who have not answered, by what can be done now."""
    everybody = unanswered(warp_id)
    ready = [one for one in everybody if one.may_be_written_to]
    refused = [one for one in everybody if one.person.mail_suspended is not None]
    return Guests(
        [one for one in ready if one.written_at is None],
        [one for one in ready if one.written_at is not None],
        [one for one in everybody if one not in ready and one not in refused],
        refused,
    )


def by_organisation(warp_id: UUID) -> list[tuple[str, list[Guest]]]:
    """Return who has not answered, under each organisation where they are."""
    found: dict[str, list[Guest]] = {}
    for one in unanswered(warp_id):
        for name in one.organisations:
            found.setdefault(name, []).append(one)
    return sorted(found.items())


def write_to(warp: Warp, by: UUID | None = None, only: Collection[UUID] | None = None) -> int:
    """Put the welcome letter to those who may be written to into the outbox, or to some of them; return how many.

    Two who press at once take turns, so that nobody gets two letters within a week.
    """
    require_warp(by, warp)
    session.scalars(select(Warp.id).where(Warp.id == warp.id).with_for_update(key_share=True)).one()
    ready = [one.person.id for one in unanswered(warp.id) if one.may_be_written_to]
    chosen = ready if only is None else [of for of in ready if of in set(only)]
    mail.post_all(KIND, chosen, warp_id=warp.id, expires_at=clock.now() + LIVES)
    for person_id in chosen:
        audit.record("person.welcomed", actor=by, warp=warp.id, detail={"person": str(person_id)})
    session.flush()
    return len(chosen)


def let_lie() -> int:
    """Take off the lists who has not answered for half a year since their last letter; return how many posts.

    Nobody is kept for good who never said that they want to be here.
    """
    lately = select(Letter.person_id).where(Letter.kind == KIND, Letter.created_at > clock.now() - KEPT_WITHOUT_ANSWER)
    written_to = select(Letter.person_id).where(Letter.kind == KIND)
    held = select(Post).where(
        Post.state == State.INVITED, Post.person_id.in_(written_to), Post.person_id.not_in(lately)
    )
    posts = session.scalars(held.with_for_update(skip_locked=True)).all()
    for post in posts:
        post.state = State.LEFT
        audit.record(
            "post.unanswered", detail={"person": str(post.person_id), "organisation": str(post.organisation_id)}
        )
    return len(posts)


def write_by_command(slug: str, *, dry_run: bool = False) -> Iterator[str]:
    """Write to all who may be written to and say to how many; the last line has the counts. Commits nothing."""
    warp = find_warp(slug)
    if warp is None:
        raise NoSuchWarp(f"there is no WARP {slug!r}")
    guests = guests_of(warp.id)
    for one in (*guests.new, *guests.again) if dry_run else ():
        yield f"{one.person.email} ({', '.join(one.organisations)})"
    for one in guests.refused:
        yield f"mail to {one.person.email} was stopped: {one.person.mail_suspended}"
    written = len(guests.new) + len(guests.again) if dry_run else write_to(warp)
    yield f"written {written} too soon {len(guests.resting)} stopped {len(guests.refused)}"


def _written(warp_id: UUID, people: Collection[UUID]) -> dict[UUID, datetime]:
    """Return when each was last written to; a letter that never left does not count."""
    last = (
        select(Letter.person_id, func.max(Letter.created_at))
        .where(Letter.person_id.in_(list(people)), Letter.kind == KIND, Letter.warp_id == warp_id)
        .where(Letter.state.not_in((LetterState.CANCELLED, LetterState.FAILED)))
        .group_by(Letter.person_id)
    )
    return {row[0]: row[1] for row in session.execute(last)}
