"""Advances the publication clock of a site at each line that it reads, and answers with a line.

Run by the harness, in the site's environment. The answer comes when every process must have asked
the clock anew: on PostgreSQL a reading holds for a moment.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()

from immunoportal.publication import clock

lease = clock.reader().lease if hasattr(clock, "reader") else 0
for _line in sys.stdin:
    clock.advance()
    time.sleep(lease * 1.05)
    print("advanced", flush=True)
