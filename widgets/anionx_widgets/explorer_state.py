"""What the states of all explorers share: numbers that are finite, and the way back to the start."""

import math

import traitlets


class FiniteFloat(traitlets.Float):  # type: ignore[type-arg]
    """A number within bounds; NaN, which compares with no bound, is refused as well."""

    def validate(self, obj: traitlets.HasTraits, value: float) -> float:
        """Return the number as a float, or raise TraitError."""
        number = float(super().validate(obj, value))
        if not math.isfinite(number):
            msg = f"{self.name} must be finite, got {number}"
            raise traitlets.TraitError(msg)
        return number


class ExplorerState(traitlets.HasTraits):
    """The state of an explorer: settings that can be set, results that are read only."""

    def reset(self) -> None:
        """Go back to the start."""
        settings = [name for name, trait in self.traits().items() if not trait.read_only]
        with self.hold_trait_notifications():
            for name in settings:
                setattr(self, name, self.trait_defaults(name))
