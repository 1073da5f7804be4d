"""Benchmarks: Hotlead beside what somebody would pick instead, as ratios taken in one run."""
