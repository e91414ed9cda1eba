"""A city's own plugins are importable without installation, from its folder; for their tests too."""

import sys
from pathlib import Path

sys.path.extend(str(folder) for folder in sorted(Path(__file__).parent.glob("*/plugins")))
