"""Interactive views of `anionx_teach` for JupyterLab, and what a learner does in a lesson."""

from anionx_widgets.batch_explorer import BatchExplorer
from anionx_widgets.confinement_explorer import ConfinementExplorer
from anionx_widgets.cooperativity_explorer import CooperativityExplorer
from anionx_widgets.ensemble_explorer import EnsembleExplorer
from anionx_widgets.filter_explorer import FilterExplorer
from anionx_widgets.lesson import Lesson
from anionx_widgets.microscope_explorer import MicroscopeExplorer
from anionx_widgets.miscibility_explorer import MiscibilityExplorer
from anionx_widgets.nanocrystal_viewer import NanocrystalViewer
from anionx_widgets.switching_explorer import SwitchingExplorer

__all__ = [
    "BatchExplorer",
    "ConfinementExplorer",
    "CooperativityExplorer",
    "EnsembleExplorer",
    "FilterExplorer",
    "Lesson",
    "MicroscopeExplorer",
    "MiscibilityExplorer",
    "NanocrystalViewer",
    "SwitchingExplorer",
]
