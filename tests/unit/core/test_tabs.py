"""Which of the customer's tabs is shown."""

from hypothesis import given
from hypothesis import strategies as st

from rs_server.core.tabs import Tabs


def use(tabs: Tabs, tab: str) -> None:
    tabs.about(tab, f"Title of {tab}", f"https://shop.test/{tab}", True)


def idle(tabs: Tabs, tab: str) -> None:
    tabs.about(tab, f"Title of {tab}", f"https://shop.test/{tab}", False)


def shown(tabs: Tabs) -> str | None:
    return tabs.shown


def test_the_tab_that_the_customer_uses_is_shown() -> None:
    tabs = Tabs()
    assert shown(tabs) is None
    tabs.come("a")
    tabs.come("b")
    assert shown(tabs) == "a", "a tab in the background is not shown for being new"
    use(tabs, "b")
    assert shown(tabs) == "b"
    idle(tabs, "b")
    assert shown(tabs) == "b", "the customer looks at something else altogether"
    use(tabs, "a")
    idle(tabs, "b")
    assert shown(tabs) == "a"


def test_what_staff_chose_is_shown_until_it_is_gone() -> None:
    tabs = Tabs()
    for tab in ("a", "b"):
        tabs.come(tab)
        use(tabs, tab)
    assert tabs.choose("a")
    assert not tabs.choose("c")
    use(tabs, "b")
    assert (shown(tabs), tabs.told().chosen) == ("a", True)
    tabs.go("a")
    assert shown(tabs) == "a", "it may only be on its way to the next page"
    tabs.come("a")
    assert shown(tabs) == "a"
    tabs.go("a")
    tabs.forget("a")
    assert (shown(tabs), tabs.told().chosen) == ("b", False)
    assert tabs.choose(None)
    assert shown(tabs) == "b"


def test_one_that_went_is_waited_for_but_not_against_one_in_use() -> None:
    tabs = Tabs()
    for tab in ("b", "c", "a"):
        tabs.come(tab)
        use(tabs, tab)
    tabs.go("a")
    assert shown(tabs) == "a"
    tabs.forget("a")
    assert shown(tabs) == "c", "the one that was used last"
    tabs.go("c")
    use(tabs, "b")
    assert shown(tabs) == "b"
    tabs.forget("c")
    tabs.forget("b")
    assert shown(tabs) == "b", "who is here is not forgotten"
    tabs.go("b")
    tabs.forget("b")
    assert (shown(tabs), tabs.told().tabs) == (None, [])


def test_as_staff_see_them() -> None:
    tabs = Tabs()
    for tab in ("b", "a"):
        tabs.come(tab)
    use(tabs, "a")
    idle(tabs, "b")
    first, second = tabs.told().tabs
    assert (first.id, first.title, first.address) == ("a", "Title of a", "https://shop.test/a")
    assert (first.active, first.shown, second.active, second.shown) == (True, True, False, False)

    assert tabs.most_idle == "b"


NAMES = st.sampled_from("abc")


@given(st.lists(st.tuples(st.sampled_from(["come", "go", "forget", "use", "idle", "choose", "any"]), NAMES)))
def test_whatever_happens_one_known_tab_is_shown_while_one_is_here(acts: list[tuple[str, str]]) -> None:
    tabs = Tabs()
    for act, tab in acts:
        known = {each.id for each in tabs.told().tabs}
        match act:
            case "come" | "go" | "forget":
                getattr(tabs, act)(tab)
            case "use" | "idle" if tab in known:
                tabs.about(tab, "", "", act == "use")
            case "choose" | "any":
                tabs.choose(tab if act == "choose" else None)
        told = tabs.told().tabs
        assert sum(each.shown for each in told) == bool(tabs.shown)
        assert sum(each.active for each in told) <= 1
        assert tabs.shown is not None or not tabs.here
        assert tabs.shown in {None, *(each.id for each in told)}
        assert tabs.most_idle != tabs.shown or tabs.shown is None
