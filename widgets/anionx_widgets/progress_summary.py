"""What a learner has done in a lesson, as a table for people."""

from dataclasses import dataclass

import pandas as pd

_COLUMNS = ("kind", "item", "status", "tries")


@dataclass(frozen=True)
class ProgressSummary:
    """One row for each thing to do: kind, item, status, tries.

    Parameters
    ----------
    rows : tuple of tuples
        Kind, item, status and number of tries.
    """

    rows: tuple[tuple[str, str, str, int], ...]

    def to_frame(self) -> pd.DataFrame:
        """Return the rows as a table."""
        return pd.DataFrame(list(self.rows), columns=list(_COLUMNS))

    def __repr__(self) -> str:
        return self.to_frame().to_string(index=False) if self.rows else "Nothing to do yet."

    def _repr_html_(self) -> str:
        """Return the table for JupyterLab; pandas escapes every text."""
        return self.to_frame().to_html(index=False, border=0) if self.rows else f"<p>{self!r}</p>"
