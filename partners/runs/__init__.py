"""Runs of bounded pieces of work over the journal that any number of workers may share, stop and take up again."""
