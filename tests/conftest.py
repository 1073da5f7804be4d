"""What every test shares: Hypothesis looks for counterexamples, and never at a clock."""

from __future__ import annotations

import hypothesis

hypothesis.settings.register_profile("hotlead", deadline=None, print_blob=True)
hypothesis.settings.load_profile("hotlead")
