"""A WARP, its coordinator and a council of two people, who are asked whether a warning affects them."""

from typing import Any

import pytest

from tests import factories
from tests.portal import browser, portal, signed_in
from warp_hub import db
from warp_hub.alerts import answers, askings
from warp_hub.alerts.answer_models import Answer, AnswerChoice, AskedOf
from warp_hub.memberships.models import Person, Warp
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import Item, Severity
from warp_hub.tlp import Marking

__all__ = ["browser", "portal", "signed_in"]


class Community:
    """Who asks and who is asked; what is answered is answered as the web does it."""

    def __init__(self) -> None:
        self.midshire = factories.warp(slug="midshire")
        self.priya = factories.coordinator(self.midshire)
        self.council = factories.organisation(self.midshire)
        self.sam, self.grace = factories.person(self.council, lead=True), factories.person(self.council)

    def asks(self, marking: Marking = Marking.GREEN, of: AskedOf | None = None, **given: Any) -> Item:
        """Have Priya pass a warning on and ask about it."""
        given.setdefault("severity", Severity.ACT_TODAY)
        to = [self.midshire] if marking is not Marking.GREEN else []
        item = factories.item(marking, to=to, kept_by=[self.midshire], passed_by=[self.midshire.id], **given)
        askings.ask(item, self.midshire.id, self.viewer(self.priya), of)
        db.session.commit()
        return item

    def viewer(self, person: Person, proof: Proof = Proof.FULL) -> Any:
        """Return somebody as the rule sees them."""
        return viewer_of(person.id, proof)

    def answers(self, person: Person, item: Item, choice: AnswerChoice, *, may_know: bool = False) -> Answer:
        """Have somebody answer for their organisation."""
        viewer = self.viewer(person)
        with db.acting("web"):
            db.enter(viewer.settings())
            organisation = answers.standing(item.id, viewer)[0].organisation_id
            given = answers.give(item.id, viewer, organisation, choice, may_know=may_know)
            db.session.commit()
            db.leave()
        return given

    def members(self, count: int, *warps: Warp) -> list[Person]:
        """Return people of as many more organisations."""
        return [factories.person(factories.organisation(*(warps or (self.midshire,)))) for _ in range(count)]


@pytest.fixture
def here(database: object) -> Community:
    return Community()
