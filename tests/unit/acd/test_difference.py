"""A configuration and its difference to another make the other, exactly."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from webacd.core import events as ev
from webacd.core.config import AgentConfig, Choice, Configuration, QueueConfig, Rules, SkillLevel
from webacd.core.difference import difference

ids = st.lists(st.sampled_from("abcdef"), unique=True, max_size=5)


@st.composite
def configurations(draw: st.DrawFn) -> Configuration:
    level = st.integers(1, 3)
    return Configuration(
        queues=tuple(QueueConfig(id, id, offer_seconds=float(draw(level))) for id in draw(ids)),
        agents=tuple(AgentConfig(id, skills=(SkillLevel("s", draw(level)),)) for id in draw(ids)),
        reasons=tuple(Choice(id, id) for id in draw(ids)),
        rules=Rules(hops=draw(level)),
    )


@given(configurations(), configurations())
def test_difference_makes_the_other(before: Configuration, after: Configuration) -> None:
    change = difference(before, after)
    assert (change is None) == (before == after)
    if change is not None:
        event = ev.Configured(1.0, change)
        stored = msgspec.json.decode(msgspec.json.encode(event), type=ev.Event)
        assert isinstance(stored, ev.Configured)
        assert stored.difference.apply(before) == after


def test_a_small_change_of_many_agents_is_small() -> None:
    agents = tuple(AgentConfig(f"a{number}", skills=(SkillLevel("french", 2),)) for number in range(2000))
    before = Configuration(agents=agents)
    taught = msgspec.structs.replace(agents[7], skills=(SkillLevel("french", 3),))
    change = difference(before, Configuration(agents=(*agents[:7], taught, *agents[8:])))
    assert change is not None
    assert len(msgspec.json.encode(change)) < 300
