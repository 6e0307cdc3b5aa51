"""Changes of the configuration, which lose nobody, and new starts."""

from . import commands as cmd
from . import events as ev
from .acting import Acting
from .agent import AgentState
from .config import Configuration
from .contact import ContactState
from .difference import Difference, difference
from .offer import Offer
from .profile import Profile, Profiles, fit, requirement, wished


class Configuring(Acting):
    def _configure(self, command: cmd.Configure) -> None:
        configuration = command.configuration
        configuration.check()
        change = difference(self.state.configuration, configuration)
        if change is None:
            return
        gone = change.removed.get("agents", ())
        for id in gone:
            self._lose(self.state.agents[id])
        if change.agents or change.queues or change.rules or change.skills or change.groups or change.removed:
            self._rescind_misfits(configuration)
        before = self.state.queues.copy()
        self._emit(ev.Configured(self.now, change))
        for id in gone:
            for contact in self._kept_for(id):
                self._emit(ev.ContactHeld(self.now, contact.id))
        if change.queues or "queues" in change.removed:
            self._rehouse(change, {id: queue.steps for id, queue in before.items()})

    def _rescind_misfits(self, configuration: Configuration) -> None:
        """Offers to agents who will not do any longer are taken back."""
        profiles = Profiles(configuration)
        agents = {agent.id: agent for agent in configuration.agents}
        queues = {queue.id: queue for queue in configuration.queues}
        for offer in list(self.state.offers.values()):
            contact = self.state.contacts[offer.contact]
            queue = queues.get(contact.queue or "")
            if queue is None:
                self._rescind(offer)
                continue
            wanted = requirement(queue, wished(contact.skills, configuration), contact.steps, contact.medium)
            profile = profiles.of(agents[offer.agent])
            if fit(profile, wanted) is None and not self._kept(offer, profile):
                self._rescind(offer)

    def _kept(self, offer: Offer, profile: Profile) -> bool:
        """Whether the contact was kept for the agent, so that fitting is not asked for."""
        contact = self.state.contacts[offer.contact]
        hold = contact.hold
        if hold is None or hold.agent != offer.agent or hold.kind == "sticky":
            return False
        return profile.limit(contact.medium) > 0

    def _rehouse(self, change: Difference, before: dict[str, object]) -> None:
        """Contacts whose queue is no more go to the default one; steps that changed are reckoned anew."""
        state = self.state
        other = {queue.id for queue in change.queues if before.get(queue.id) != queue.steps}
        waiting = [contact for contact in state.contacts.values() if contact.state is ContactState.QUEUED]
        for contact in waiting:
            home = self._home(contact.queue)
            steps = state.steps_reached(home, contact.arrived_at, self.now)
            if contact.queue != home:
                moved = ev.ContactMoved(self.now, contact.id, home, "moved", steps, contact.hops, contact.hold)
                self._emit(moved)
            elif home in other and contact.steps != steps:
                self._emit(ev.ContactWidened(self.now, contact.id, steps))

    def _resume(self, command: cmd.Resume) -> None:
        command.configuration.check()
        for agent in self.state.agents.values():
            if agent.state is not AgentState.OFFLINE:
                self._renew(agent)
        for offer in list(self.state.offers.values()):
            if offer.deadline <= self.now:
                self._rescind(offer)
        self._configure(cmd.Configure(command.configuration))
        self.state.touched_agents.update(self.state.agents)
