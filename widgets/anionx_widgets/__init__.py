"""Interactive views of `anionx_teach` for JupyterLab, and what a learner does in a lesson."""

from anionx_widgets.batch_explorer import BatchExplorer
from anionx_widgets.confinement_explorer import ConfinementExplorer
from anionx_widgets.lesson import Lesson

__all__ = ["BatchExplorer", "ConfinementExplorer", "Lesson"]
