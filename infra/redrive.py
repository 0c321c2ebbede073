"""`python -m infra.redrive --stage NAME`: posts what waits in posting's dead-letter queue, once it reads.

With `--from-audit RUN` it posts from the journal what that audit found to be in no page.
Exit code 0 if nothing of it is left, 1 if something is, 2 if it could not be worked.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.cli.connection import connect, deployment_parser
from infra.cli.parser import DEFAULT_SEGMENTS
from infra.cloudformation import DeployError
from partners.visits.errors import BrokenPageError, MalformedEventError, RedriveTooEarlyError
from partners.visits.letters import AbandonedBatch, Letter, read_message
from shared.kernel.errors import StoreUnavailableError, TesseraError
from shared.ledger.errors import MalformedEntryError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from partners.visits.posting import Posting

HIDDEN_SECONDS = 600
WAIT_SECONDS = 2
NOTHING_LEFT, SOME_LEFT, FAILED = 0, 1, 2


@dataclass(slots=True)
class Redriven:
    """How many messages were posted, found in a page already, and left; `strange` ones are not posting's."""

    posted: int = 0
    known: int = 0
    left: int = 0
    strange: int = 0

    @property
    def exit_code(self) -> int:
        return SOME_LEFT if self.left else NOTHING_LEFT

    def __str__(self) -> str:
        return (
            f"{self.posted} posted, {self.known} in a page already, {self.left} left"
            f"{f', {self.strange} not of posting' if self.strange else ''}"
        )


def redrive(
    sqs: "SQSClient",
    queue_url: str,
    posting: "Posting",
    report: Callable[[str], None],
    wait_seconds: int = WAIT_SECONDS,
) -> Redriven:
    """Work each message of the queue once; delete it only when its entry is in a page.

    The queue has no more when it gives none for `wait_seconds`.

    What stays is visible to the next reader at the end. Being interrupted anywhere, or run twice at once,
    posts nothing twice. Raises what botocore raises.
    """
    redriven = Redriven()
    kept: list[str] = []
    try:
        for message in _each_once(sqs, queue_url, wait_seconds):
            if _settled(message["Body"], posting, report, redriven):
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
            else:
                kept.append(message["ReceiptHandle"])
    finally:
        for handle in kept:
            sqs.change_message_visibility(QueueUrl=queue_url, ReceiptHandle=handle, VisibilityTimeout=0)
    return redriven


def _each_once(sqs: "SQSClient", queue_url: str, wait_seconds: int) -> Iterator["MessageTypeDef"]:
    seen: set[str] = set()
    while True:
        messages = sqs.receive_message(
            QueueUrl=queue_url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=wait_seconds,
        ).get("Messages", [])
        fresh = [message for message in messages if message["MessageId"] not in seen]
        if not fresh:
            return
        seen |= {message["MessageId"] for message in fresh}
        yield from fresh


def _settled(body: str, posting: "Posting", report: Callable[[str], None], redriven: Redriven) -> bool:
    """Whether the message has done its duty."""
    try:
        message = read_message(body)
    except MalformedEventError as error:
        redriven.left += 1
        report(f"left: {error}")
        return False
    if message is None:
        redriven.strange += 1
        report(f"left: not a message of posting: {body[:80]!r}")
        return False
    if isinstance(message, AbandonedBatch):
        redriven.left += 1
        report(_advice(message))
        return False
    return _posted(message, posting, report, redriven)


def _posted(letter: Letter, posting: "Posting", report: Callable[[str], None], redriven: Redriven) -> bool:
    try:
        entry = letter.entry()
        added = posting.post_redriven(letter.shard, letter.sequence_number, entry)
    except (MalformedEntryError, MalformedEventError) as error:
        report(f"left: {letter.about} still does not read: {error}")
    except (RedriveTooEarlyError, StoreUnavailableError) as error:
        report(f"left: {letter.about}: {error.detail}")
    except BrokenPageError as error:
        report(f"left: {letter.about}: its pages contradict themselves, run the audit: {error}")
    else:
        report(f"{'posted' if added else 'in a page already'}: entry {entry.entry_id}, {letter.about}")
        redriven.posted += added
        redriven.known += not added
        return True
    redriven.left += 1
    return False


def _advice(batch: AbandonedBatch) -> str:
    until = f"until {batch.in_stream_until:%Y-%m-%d %H:%M} UTC" if batch.in_stream_until else "for a day"
    return (
        f"left: Lambda gave up {batch.records} records of {batch.shard}, {batch.first} to {batch.last}.\n"
        "  The journal has their entries, pages may lack them; the log of the posting function has the cause.\n"
        f"  {batch.stream} keeps the records {until}.\n"
        "  Mend the cause, wait until they are a day old, and run `tessera audit`. If it finds them in no page,\n"
        "  --from-audit with the name of that run posts them from the journal. Delete this message when it finds none."
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m infra.redrive",
        description="Post what waits in the dead-letter queue of posting, once it reads.",
        parents=[deployment_parser()],
    )
    parser.add_argument(
        "--from-audit", metavar="RUN", help="post from the journal what this audit found to be in no page; no queue"
    )
    chosen = parser.parse_args(arguments)
    try:
        services = connect(chosen.stage, chosen.endpoint)
        if chosen.from_audit:
            reposted = services.reposting.repost(chosen.from_audit, DEFAULT_SEGMENTS, print)
            print(reposted)
            return SOME_LEFT if reposted.left else NOTHING_LEFT
        sqs: Any = boto3.client("sqs", region_name=services.settings.region)
        redriven = redrive(sqs, services.settings.posting_dead_letter_url, services.posting, print)
    except TesseraError as error:
        return _failed(error.detail)
    except (DeployError, BotoCoreError, ClientError, ValueError) as error:
        return _failed(str(error))
    print(redriven)
    return redriven.exit_code


def _failed(why: str) -> int:
    print(f"not redriven: {why}", file=sys.stderr)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
