"""Who is there, and ready."""

from . import commands as cmd
from .acting import Acting
from .agent import AgentState
from .refused import Refused


class Presence(Acting):
    def _set_state(self, command: cmd.SetState) -> None:
        agent = self._agent(command.agent)
        reasons = {reason.id for reason in self.state.configuration.reasons}
        if command.state == "not_ready" and command.reason is not None and command.reason not in reasons:
            raise Refused("unknown_reason")
        self._sign_in(agent)
        if command.state == "ready":
            self._change(agent, AgentState.READY, None)
        else:
            self._change(agent, AgentState.NOT_READY, command.reason)
            self._rescind_all(agent)

    def _beat(self, command: cmd.Beat) -> None:
        self._sign_in(self._agent(command.agent))

    def _sign_out(self, command: cmd.SignOut) -> None:
        self._lose(self._agent(command.agent))

    def renew(self, agent: str, now: float) -> bool:
        """Hear a beat of an agent who is signed in already; nothing else comes of it, so there are no events.
        False when the agent is not, and has to sign in by `Beat`."""
        known = self.state.agents.get(agent)
        if known is None or known.state is AgentState.OFFLINE:
            return False
        self.now = max(self.now, now)
        self._renew(known)
        return True
