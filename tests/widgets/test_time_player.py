"""The player by itself: what it accepts. The browser tests run it."""

import pytest
from anionx_widgets.time_player import TimePlayer
from traitlets import TraitError


def test_it_stands_at_the_first_moment_and_does_not_run():
    player = TimePlayer(["0 s", "35 s"])
    assert (player.moments, player.frame, player.playing) == (["0 s", "35 s"], 0, False)


@pytest.mark.parametrize(
    ("trait", "bad"), [("moments", []), ("moments", [1.0]), ("frame", -1), ("playing", "yes")]
)
def test_what_it_cannot_show_is_refused_by_name(trait, bad):
    player = TimePlayer(["0 s"])
    with pytest.raises(TraitError, match=trait):
        setattr(player, trait, bad)


def test_without_a_moment_there_is_no_player():
    with pytest.raises(TraitError, match="moments"):
        TimePlayer([])
