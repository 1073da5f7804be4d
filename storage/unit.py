"""A unit of work: everything that one update or one timer changes, committed together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.agenda import Agenda
from storage.audit import Audit
from storage.broadcasts import Broadcasts
from storage.codes import Codes
from storage.cohorts import Cohorts
from storage.consents import Consents
from storage.costs import Costs
from storage.enrolments import Enrolments
from storage.failures import failures
from storage.files import Files
from storage.groups import Groups
from storage.hand_offs import HandOffs
from storage.holdings import Holdings
from storage.inbox import Inbox
from storage.invites import Invites
from storage.journal import Journal
from storage.leads import Leads
from storage.ledger import Ledger
from storage.links import Links
from storage.materials import Materials
from storage.members import Members
from storage.merges import Merges
from storage.notes import Notes
from storage.notices import Notices
from storage.outbox import Outbox
from storage.places import Places
from storage.postgresql import is_postgresql
from storage.posts import Posts
from storage.prospects import Prospects
from storage.quizzes import Quizzes
from storage.receivers import Receivers
from storage.roll import Roll
from storage.segments import Segments
from storage.sessions import Sessions
from storage.states import States
from storage.statistics import Statistics
from storage.talk import Talk
from storage.tracking import TrackedLinks
from storage.turns import Turns
from storage.vitals import VitalSigns


class Unit:
    """The collections of one bot inside one transaction."""

    def __init__(self, connection: AsyncConnection, bot_id: int) -> None:
        self._connection = connection
        self.bot_id = bot_id
        self.turns = Turns(connection, bot_id)
        self.agenda = Agenda(connection, bot_id)
        self.inbox = Inbox(connection, bot_id, self.turns)
        self.quizzes = Quizzes(connection, bot_id)
        self.prospects = Prospects(connection, bot_id)
        self.consents = Consents(connection, bot_id)
        self.sessions = Sessions(connection, bot_id)
        self.leads = Leads(connection, bot_id, self.turns)
        self.ledger = Ledger(connection, bot_id)
        self.hand_offs = HandOffs(connection, bot_id, self.turns)
        self.roll = Roll(connection, bot_id, self.hand_offs, self.ledger)
        self.places = Places(connection, bot_id)
        self.merges = Merges(connection, bot_id)
        self.talk = Talk(connection, bot_id, self.hand_offs)
        self.notes = Notes(connection, bot_id)
        self.materials = Materials(connection, bot_id)
        self.tracked_links = TrackedLinks(connection, bot_id)
        self.enrolments = Enrolments(connection, bot_id)
        self.outbox = Outbox(connection, bot_id)
        self.posts = Posts(connection, bot_id)
        self.broadcasts = Broadcasts(connection, bot_id)
        self.segments = Segments(connection, bot_id)
        self.receivers = Receivers(connection, bot_id)
        self.notices = Notices(connection, bot_id)
        self.cohorts = Cohorts(connection, bot_id, self.segments)
        self.journal = Journal(connection, bot_id)
        self.files = Files(connection, bot_id)
        self.links = Links(connection, bot_id)
        self.codes = Codes(connection, bot_id)
        self.audit = Audit(connection, bot_id)
        self.members = Members(connection, bot_id)
        self.groups = Groups(connection, bot_id)
        self.invites = Invites(connection, bot_id)
        self.states = States(connection, bot_id)
        self.holdings = Holdings(connection, bot_id)
        self.costs = Costs(connection, bot_id)
        self.statistics = Statistics(connection, bot_id)
        self.vitals = VitalSigns(connection, bot_id)
        self.scrub_after = False
        """whether something was removed of which no byte may be left: the commit is followed by a scrub"""

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """Do a part of the work; an error that leaves it takes back this part only.

        A DatabaseFailedError is one of the whole unit: who tries again has to begin all of it anew.
        """
        kept = self.turns.kept()
        try:
            with failures() if is_postgresql(self._connection) else nullcontext():
                async with self._connection.begin_nested():
                    yield
        except BaseException:
            self.members.forget()
            self.turns.give_back(kept)
            raise

    async def alone_in_office(self) -> None:
        """Wait for the turn of the office: nobody else shares out leads or changes the team meanwhile."""
        if await self.turns.alone_in_office():
            self.members.forget()
