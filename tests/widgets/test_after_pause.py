"""Work that waits until a slider rests: once for many requests, at once where nothing can wait."""

import asyncio

from anionx_widgets import after_pause
from anionx_widgets.after_pause import AfterPause


def test_without_an_event_loop_it_is_done_at_once():
    done = []
    AfterPause(lambda: done.append(1)).ask()
    assert done == [1]


def test_many_requests_are_answered_once_after_the_last(monkeypatch):
    monkeypatch.setattr(after_pause, "PAUSE_S", 0.05)
    done = []

    async def drag():
        waiting = AfterPause(lambda: done.append(1))
        for _ in range(5):
            waiting.ask()
            await asyncio.sleep(0.01)
            assert not done
        await asyncio.sleep(0.2)
        assert done == [1]
        waiting.ask()
        await asyncio.sleep(0.2)
        assert done == [1, 1]

    asyncio.run(drag())


def test_what_was_cancelled_is_not_done(monkeypatch):
    monkeypatch.setattr(after_pause, "PAUSE_S", 0.02)
    done = []

    async def change_of_mind():
        waiting = AfterPause(lambda: done.append(1))
        waiting.cancel()
        waiting.ask()
        waiting.cancel()
        await asyncio.sleep(0.1)

    asyncio.run(change_of_mind())
    assert done == []
