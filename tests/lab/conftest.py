"""The lab is no package of the product; its folder is put on the path for these tests."""

from __future__ import annotations

import sys
from pathlib import Path

LAB = Path(__file__).resolve().parents[2] / "examples" / "lab"
if str(LAB) not in sys.path:
    sys.path.insert(0, str(LAB))
