"""`python -m col_core`: the same as `col`."""

import sys

from col_core.cli.main import main

sys.exit(main())
