"""The exchange of a lattice, event by event: the compiled loop and its twin.

Sites of equal rate form a group. An event chooses a group by its weight, then any of its members:
no draw is rejected, however much the rates differ (the n-fold way). The members of all groups lie
in one array, group beside group, so that a site that changes its group by one is swapped with the
member at the border, and the border moves.

The neighbours of a site put it into one of G kinds: by the number of iodide among them (G = 7), or
by how many more are iodide than bromide, -6 to 6 (G = 13). When a neighbour becomes iodide the kind
rises by 1 or by 2. Numbers of the groups, in `group` and as index of `rate` and `end`:

    0                bromide that may not react yet
    1 .. G           bromide of each kind
    G + 1 .. 2 G     iodide of each kind
    2 G + 1          no site: the border around the lattice, which spares a look at where it ends

Group g lies in `members[end[g + 1]:end[g]]`: the highest first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from anionx_teach._compile_kernels import Kernel

if TYPE_CHECKING:
    from collections.abc import Callable

    from anionx_teach._validation import Numbers

Sites = npt.NDArray[np.int32]


def _events_loop(  # type: ignore[no-untyped-def] # compiled: the types are in the signature
    event_site,
    event_time,
    members,
    place,
    group,
    end,
    clock,
    rate,
    wait,
    which_group,
    which_member,
    neighbour,
    rise,
    until,
):
    """Carry out events until the draws are used up, nothing can react, or a time is passed."""
    no_site = len(rate)
    kinds = (no_site - 1) // 2
    time = clock[0]
    done = 0
    while done < len(wait) and time <= until:
        total = 0.0
        for g in range(1, no_site):
            total += (end[g] - end[g + 1]) * rate[g]
        if not total > 0.0:
            break
        time += wait[done] / total
        target = which_group[done] * total
        chosen = 0
        for g in range(1, no_site):
            weight = (end[g] - end[g + 1]) * rate[g]
            if weight > 0.0:
                chosen = g  # the last one, should rounding leave a rest
                if target < weight:
                    break
                target -= weight
        first = end[chosen + 1]
        site = members[first + int(which_member[done] * (end[chosen] - first))]
        event_site[done] = site
        event_time[done] = time
        done += 1

        forward = chosen <= kinds
        step = 1 if forward else -1
        # The site itself keeps its kind and moves by as many groups, then each neighbour moves.
        for direction in range(-1, 6):
            moved = site if direction < 0 else site + neighbour[direction]
            g = int(group[moved])
            if g == no_site:
                continue
            last = g + rise * step
            if direction < 0:
                last = g + kinds * step
            elif g == 0:
                last = 1 + rise  # it was waiting, and has its first iodide neighbour now
            here = place[moved]
            while g != last:
                if forward:
                    there = end[g + 1]
                    end[g + 1] = there + 1
                else:
                    there = end[g] - 1
                    end[g] = there
                if there != here:  # it changes places with the member at the border
                    other = members[there]
                    members[here] = other
                    place[other] = here
                    members[there] = moved
                    here = there
                g += step
            place[moved] = here
            group[moved] = last
    clock[0] = time
    return done


def _events_twin(
    event_site: Sites,
    event_time: Numbers,
    members: Sites,
    place: Sites,
    group: npt.NDArray[np.int8],
    end: npt.NDArray[np.int64],
    clock: Numbers,
    rate: Numbers,
    wait: Numbers,
    which_group: Numbers,
    which_member: Numbers,
    neighbour: npt.NDArray[np.int64],
    rise: int,
    until: float,
) -> int:
    """Carry out the events of `_events_loop` on lists: one follows from the other, in any language.

    Python reads and writes an element of a list much faster than one of an array.
    """
    changed: list[npt.NDArray[Any]]
    changed = [event_site, event_time, members, place, group, end, clock]
    given = (rate, wait, which_group, which_member, neighbour)
    lists: list[list[Any]] = [array.tolist() for array in (*changed, *given)]
    loop: Callable[..., int] = _events_loop
    done = loop(*lists, rise, until)
    for array, values in zip(changed, lists, strict=False):
        array[:] = values
    return done


exchange_sites = Kernel(
    _events_loop,
    _events_twin,
    "int64(int32[::1], float64[::1], int32[::1], int32[::1], int8[::1], int64[::1], float64[::1], "
    "float64[::1], float64[::1], float64[::1], float64[::1], int64[::1], int64, float64)",
)
"""Exchange sites one after the other and return how many events there were.

Results, one for each event: event_site, event_time. State, changed in place: members (S,), the
sites group by group; place (P,), where each site is in `members`; group (P,); end (2 G + 2,), where
each group ends; clock (1,), the time. Arguments: rate (2 G + 1,) of a site of each group; wait,
which_group, which_member (M,), draws from the exponential distribution of mean 1 and from (0, 1);
neighbour (6,), what is added to a site's number to get its neighbours'; rise, by how much their
kind rises; until, the time after which to stop. P counts the border too.
"""
