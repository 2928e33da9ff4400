"""A value of a state that moves on; makers wait until they are let go."""

import gc
import queue
import threading
import weakref
from dataclasses import dataclass, field

import pytest

from knowledge import KnowledgeError, LockedBase
from knowledge.refreshing import Refreshed


@dataclass
class World:
    """A state, and a maker of values of it that waits for each to be `allowed` and says when one is `begun`."""

    state: int = 1
    allowed: "queue.Queue[bool]" = field(default_factory=queue.Queue)
    begun: "queue.Queue[int]" = field(default_factory=queue.Queue)
    befores: list[str | None] = field(default_factory=list)
    error: KnowledgeError = field(default_factory=lambda: KnowledgeError("Abîmé."))

    def make(self, before: str | None) -> str:
        self.befores.append(before)
        made_of = self.state
        self.begun.put(made_of)
        if not self.allowed.get(timeout=30):
            raise self.error
        return f"état {made_of}"

    def refreshed(self, patience: float = 0.0, retry: float = 30.0) -> Refreshed[str]:
        return Refreshed(lambda: self.state, self.make, patience, retry)


@pytest.fixture
def world() -> World:
    return World()


def test_the_first_value_is_waited_for(world: World) -> None:
    world.allowed.put(True)
    refreshed = world.refreshed()
    assert [refreshed.get(), refreshed.get()] == ["état 1", "état 1"]
    assert world.befores == [None]


def test_the_new_value_comes_at_once_where_it_is_soon_made(world: World) -> None:
    world.allowed.put(True)
    refreshed = world.refreshed(patience=30)
    refreshed.get()
    world.state = 2
    world.allowed.put(True)
    assert refreshed.get() == "état 2"
    assert world.befores == [None, "état 1"]


def test_the_value_before_serves_while_the_new_one_is_made(world: World) -> None:
    world.allowed.put(True)
    refreshed = world.refreshed()
    refreshed.get()
    world.state = 2
    assert [refreshed.get() for _ in range(5)] == ["état 1"] * 5
    world.begun.get(timeout=30)
    assert world.begun.get(timeout=30) == 2
    world.allowed.put(True)
    while refreshed.get() != "état 2":
        pass
    assert len(world.befores) == 2


def test_what_cannot_be_made_leaves_the_value_before(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.allowed.put(True)
    refreshed = world.refreshed(patience=30)
    refreshed.get()
    world.state = 2
    world.allowed.put(False)
    assert [refreshed.get(), refreshed.get()] == ["état 1", "état 1"]
    assert len(world.befores) == 2
    assert "son nouvel état ne peut pas être ouvert : Abîmé." in caplog.text


def test_what_could_not_be_made_is_tried_again(world: World) -> None:
    world.allowed.put(True)
    refreshed = world.refreshed(patience=30, retry=0)
    refreshed.get()
    world.state = 2
    world.allowed.put(False)
    refreshed.get()
    world.allowed.put(True)
    assert refreshed.get() == "état 2"


def test_a_first_value_that_cannot_be_made_is_told_and_tried_again(world: World) -> None:
    refreshed = world.refreshed()
    world.allowed.put(False)
    with pytest.raises(KnowledgeError, match="Abîmé"):
        refreshed.get()
    world.allowed.put(True)
    assert refreshed.get() == "état 1"


def test_who_watches_has_the_new_value_made_without_being_asked(world: World) -> None:
    world.allowed.put(True)
    refreshed = world.refreshed()
    refreshed.get()
    refreshed.watch(interval=0.001)
    world.begun.get(timeout=30)
    world.state = 2
    assert world.begun.get(timeout=30) == 2
    world.allowed.put(True)


def test_nobody_watches_for_those_who_are_gone(world: World) -> None:
    world.allowed.put(True)
    refreshed = world.refreshed()
    refreshed.get()
    before = set(threading.enumerate())
    refreshed.watch(interval=0.001)
    refreshed.watch(interval=0.001)
    (watcher,) = set(threading.enumerate()) - before
    gone = weakref.ref(refreshed)
    del refreshed
    watcher.join(timeout=30)
    gc.collect()
    assert (watcher.is_alive(), gone()) == (False, None)


def test_what_only_waits_for_a_run_is_tried_again_at_the_next_look(world: World) -> None:
    world.allowed.put(True)
    refreshed = world.refreshed(patience=30)
    refreshed.get()
    world.state, world.error = 2, LockedBase("Occupé.")
    world.allowed.put(False)
    assert refreshed.get() == "état 1"
    world.allowed.put(True)
    assert refreshed.get() == "état 2"


def test_closing_waits_for_what_is_being_made(world: World) -> None:
    world.allowed.put(True)
    refreshed = world.refreshed()
    refreshed.get()
    world.state = 2
    refreshed.get()
    world.allowed.put(True)
    refreshed.close()
    assert refreshed.get() == "état 2"
