"""What the commands' exit codes mean."""

HOLDS, CONTRADICTS, FAILED, STOPPED = 0, 1, 2, 130
"""All is well; something is not as it should be, or was refused; it could not be asked; it was stopped by hand."""
