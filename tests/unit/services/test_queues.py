"""Where a page's ask for help leads, whatever it asks for."""

import msgspec
import pytest

from rs_server.protocol.api import MOST_SKILLS, Ignored
from rs_server.services.queues import Closed, QueueFacts, lead
from rs_server.store.sites import Site

SITE = Site(
    key="shop",
    tenant="main",
    company="Shop",
    origins=("https://shop.example",),
    languages=("en",),
    queue="support",
    capabilities=(),
    theme={},
    queues=("billing", "deleted"),
    skills=("french", "tax", "lost"),
)


class Known:
    def __init__(self, *queues: str) -> None:
        self.ids = queues

    def closed(self, _queue: str, ago: float = 0.0) -> Closed | None:
        return None

    def queue(self, queue: str) -> QueueFacts | None:
        return QueueFacts(queue, queue.title(), "off") if queue in self.ids else None

    def default_queue(self) -> QueueFacts | None:
        return self.queue(self.ids[0]) if self.ids else None

    def skills(self) -> dict[str, str]:
        return {"french": "Français", "tax": "Tax law", "hidden": "Hidden"}


ALL = Known("billing", "support", "sales")


@pytest.mark.parametrize(
    ("asked", "queue", "reason"),
    [
        (None, "support", None),
        ("", "support", None),
        ("support", "support", None),
        ("billing", "billing", None),
        ("sales", "support", "not_listed"),
        ("nowhere", "support", "not_listed"),
        ("<script>", "support", "not_listed"),
        ("deleted", "support", "gone"),
    ],
)
def test_the_queue(asked: str | None, queue: str, reason: str | None) -> None:
    found = lead(ALL, SITE, asked, [])
    assert found.queue is not None
    assert found.queue.id == queue
    assert [(each.field, each.value, each.reason) for each in found.ignored] == (
        [("queue", asked, reason)] if reason else []
    )


def test_a_site_whose_own_queue_is_no_more_loses_nobody() -> None:
    there = lead(Known("sales", "billing"), SITE, "nowhere", []).queue
    assert there is not None
    assert there.id == "sales"
    assert lead(Known(), SITE, None, []).queue is None


def test_skills_by_id_or_name() -> None:
    found = lead(ALL, SITE, None, ["tax", "FRANÇAIS ", "french", "Hidden", "lost", ""])
    assert found.skills == {"tax": "Tax law", "french": "Français"}
    assert found.ignored == [
        Ignored(field="skills", value="Hidden", reason="not_listed"),
        Ignored(field="skills", value="lost", reason="gone"),
    ]


def test_a_name_that_was_deleted_matches_nothing() -> None:
    site = msgspec.structs.replace(SITE, skills=("lost",))
    for said in ("", " ", "french", "Français"):
        found = lead(ALL, site, None, [said])
        assert found.skills == {}
        assert [each.reason for each in found.ignored] == ["not_listed"]


def test_no_more_skills_than_are_taken() -> None:
    assert len(lead(ALL, SITE, None, [f"s{number}" for number in range(100)]).ignored) == MOST_SKILLS
