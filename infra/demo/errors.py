"""What ends the demo early. Each message is a sentence for whoever runs it."""


class DemoError(Exception):
    """The demo can't go on."""


class UnexpectedAnswerError(DemoError):
    """The API refused a request that must succeed."""


class RetryDiffersError(DemoError):
    """A request sent again with its key was answered differently."""


class PostingBehindError(DemoError):
    """The pages did not catch up with the journal in time."""


class PeriodSplitError(DemoError):
    """The demo ran over the end of a month, so there are two bills instead of one."""
