"""Score, bands, stages, hand-offs and sequences: pure, no I/O."""
