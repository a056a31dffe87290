"""What one exercise consists of: a prompt, a computed answer, and the usual ways to miss it."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that students typically give, and what to say to it.

    `value` is computed from the mistaken reasoning, in the unit of the exercise. `feedback` says
    what to reconsider and never the answer.
    """

    value: float
    feedback: str


@dataclass(frozen=True)
class Exercise:
    """A question with one number for an answer.

    `expected` is in `unit`. An answer is right when it lies within `relative_tolerance` of it,
    which is wide enough for reasonable rounding and narrower than the way to any mistake.
    """

    key: str
    prompt: str
    expected: float
    unit: str
    relative_tolerance: float
    mistakes: tuple[Mistake, ...]
    success: str

    def is_right(self, answer: float) -> bool:
        """Return whether this number is the answer."""
        return self._is_near(answer, self.expected)

    def mistake_of(self, answer: float) -> Mistake | None:
        """Return the typical mistake that leads to this number, or None."""
        near = [mistake for mistake in self.mistakes if self._is_near(answer, mistake.value)]
        return min(near, key=lambda mistake: abs(answer - mistake.value), default=None)

    def _is_near(self, answer: float, value: float) -> bool:
        """Return whether two numbers agree within the tolerance."""
        return math.isclose(
            answer, value, rel_tol=0.0, abs_tol=self.relative_tolerance * abs(value)
        )
