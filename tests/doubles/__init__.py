"""Doubles of other people's systems: strict, with a state, and able to fail in the ways the real ones do."""
