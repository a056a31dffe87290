"""Lets the tests of the widgets import `drive`, what they share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
