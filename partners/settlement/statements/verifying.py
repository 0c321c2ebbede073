"""Whether a statement and its lines are what the network signed. Pure, and for use without a network connection.

Everything is read from the files and a published key; nothing of them is believed before it is checked.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from partners.settlement.model import LineKind
from partners.settlement.statements.document import (
    ALGORITHM,
    PublishedKey,
    signed_message,
    statement_json,
    statement_of,
    sums_json,
)
from partners.settlement.statements.lines import LINE, SHA256, RunningHash, row_text
from partners.settlement.statements.model import FORMAT, FORMATS, KINDS_OF_LINES, WITHOUT_DEPOSIT, LineSums
from partners.settlement.statements.tallying import Tally, is_of
from partners.settlement.statements.totalled import untrue_totals
from partners.visits.model import PAR_MICROS
from shared.kernel.canonical import canonical_json, sha256_hex

Check = Callable[[bytes, bytes, bytes], bool]
"""Whether (public key, signature, message) hold together under Ed25519."""
_MEMBERS = {"statement", "signature"}
_OF_SIGNATURE = {"algorithm", "key_id", "value"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in words. `line` is the first row that differs, from 1, where it is about lines."""

    says: str
    line: int | None = None


def check_document(document: object, keys: Sequence[PublishedKey], holds: Check) -> list[Finding]:
    """What is wrong with the document itself: its form, its signature, its sums."""
    if not isinstance(document, dict) or not isinstance(document.get("statement"), dict):
        return [Finding("This is no statement: it has no object 'statement'.")]
    if unsigned := sorted(set(document) - _MEMBERS):
        return [Finding(f"The document has more than the signed statement: {', '.join(unsigned)}.")]
    statement, signature = document["statement"], document.get("signature")
    if statement.get("format") not in FORMATS:
        return [Finding(f"The format is {statement.get('format')!r}; this command knows {FORMAT!r}.")]
    findings = [*_check_signature(statement, signature, keys, holds), *_check_sums(statement)]
    if statement["format"] != WITHOUT_DEPOSIT:
        findings += _check_deposit(statement)
    if statement["format"] == FORMAT:
        findings += _check_totals(statement)
    return findings or _check_members(document)


def check_previous(document: Mapping[str, Any], previous: object) -> list[Finding]:
    """Whether `previous` is the document of the partner's statement before."""
    before = previous.get("statement") if isinstance(previous, dict) and set(previous) <= _MEMBERS else None
    if not isinstance(before, dict):
        return [Finding("The file given as the previous statement is none.")]
    statement = document["statement"]
    if _hash(before) != statement.get("previous_sha256"):
        return [Finding("The previous statement is not the one that this statement follows.")]
    if before.get("closing_cents") != statement.get("opening_cents"):
        return [Finding("The opening position is not the closing position of the previous statement.")]
    held, deposit = before.get("deposit"), statement.get("deposit")
    if held is not None and (deposit is None or deposit["opening_cents"] != held["closing_cents"]):
        return [Finding("The deposit does not begin with what the previous statement says is held.")]
    return []


def check_lines(statement: Mapping[str, Any], rows: Iterable[str]) -> list[Finding]:
    """The first thing that is wrong with the lines of a statement whose own signature holds; at most one.

    A changed, missing, added or moved row is named. Where the running hashes were rewritten along with it, the
    block is: its end is in the signed statement. So is the first block that has another location's or day's line, or
    whose lines do not add up to it; then what is stated of a location, and of a kind of charge. Holds one row at a
    time in memory.
    """
    tally = Tally()
    running_hash, line, sums, of_block = RunningHash(), 0, LineSums(), LineSums()
    blocks = iter(statement["blocks"])
    block, block_from = next(blocks, None), 1
    for line, text in enumerate(rows, 1):
        if block is None:
            return [Finding(f"Line {line} is one too many: the statement has {line - 1}.", line)]
        record = _record(text)
        sha256 = None if record is None else _hash_as_written(line, text, record)
        if record is None or sha256 is None:
            where = f"{block['location']}, {block['day']}"
            return [
                Finding(f"Line {line} ({where}) is not as it was signed: changed, missing before it or moved.", line)
            ]
        running_hash.add(sha256)
        try:
            of_block = of_block.with_record(record)
            tally.add(record)
            astray = not is_of(block, record)
        except (AttributeError, KeyError, TypeError, ValueError):
            return [Finding(f"Line {line} lacks what every line has.", line)]
        if astray:
            return [Finding(f"Line {line} is not of {_place(block)}, where it is counted.", line)]
        if line == block_from + block["lines"] - 1:
            if running_hash.hex() != block["chain_after"]:
                rewritten = f"Lines {block_from} to {line} ({_place(block)}) were rewritten, hashes and all."
                return [Finding(rewritten, block_from)]
            if sums_json(of_block, statement["format"]) != {name: block[name] for name in statement["sums"]}:
                return [Finding(f"Lines {block_from} to {line} do not add up to {_place(block)}.", block_from)]
            sums, of_block = sums + of_block, LineSums()
            block, block_from = next(blocks, None), line + 1
    if block is not None:
        return [Finding(f"Lines are missing from {line + 1} on ({_place(block)}).", line + 1)]
    if sums_json(sums, statement["format"]) != statement["sums"]:
        return [Finding("The lines do not add up to the sums of the statement.")]
    return [Finding(says) for says in tally.against(statement)][:1]


def _check_signature(
    statement: dict[str, Any], signature: object, keys: Sequence[PublishedKey], holds: Check
) -> list[Finding]:
    if not isinstance(signature, dict) or set(signature) != _OF_SIGNATURE or signature["algorithm"] != ALGORITHM:
        return [Finding(f"There is no {ALGORITHM} signature.")]
    key = next((key for key in keys if key.key_id == signature.get("key_id")), None)
    if key is None:
        return [Finding(f"The key {signature.get('key_id')!r} is not among the published ones.")]
    try:
        value, message = bytes.fromhex(signature["value"]), signed_message(statement)
    except (KeyError, TypeError, ValueError):
        return [Finding("The signature or the statement can't be read as it was signed.")]
    if not holds(key.public_key, value, message):
        return [Finding("The signature does not hold: the statement itself was changed.")]
    return []


def _check_members(document: Mapping[str, Any]) -> list[Finding]:
    """Whether a statement says what its format says, and nothing else."""
    try:
        exact = statement_json(statement_of(document)) == document["statement"]
    except (KeyError, TypeError, ValueError):
        exact = False
    return [] if exact else [Finding(f"The statement has other members than {document['statement']['format']}.")]


def _check_deposit(statement: Mapping[str, Any]) -> list[Finding]:
    try:
        deposit = statement["deposit"]
        paid_in = sum(one["cents"] for one in deposit["paid_in"])
        used = sum(one["cents"] for one in deposit["used"])
        checks = (
            (paid_in == deposit["paid_in_cents"], "What was paid in does not add up."),
            (used == deposit["used_cents"], "What was taken from the deposit does not add up."),
            (
                deposit["opening_cents"] + paid_in - used == deposit["closing_cents"],
                "What was held, paid in and taken does not give what is held of the deposit.",
            ),
        )
    except (KeyError, TypeError):
        return [Finding("The statement lacks a figure of the deposit.")]
    return [Finding(says) for good, says in checks if not good]


def _check_totals(statement: Mapping[str, Any]) -> list[Finding]:
    try:
        return [Finding(says) for says in untrue_totals(statement)]
    except (AttributeError, KeyError, TypeError):
        return [Finding("The statement lacks a total that every statement has.")]


def _check_sums(statement: Mapping[str, Any]) -> list[Finding]:
    try:
        charges = [(charge["kind"], charge["amount_micros"]) for charge in statement["charges"]]
        charged = sum(amount for _, amount in charges)
        by_lines = sum(amount for kind, amount in charges if kind in KINDS_OF_LINES)
        blocks = [{name: block[name] for name in statement["sums"]} for block in statement["blocks"]]
        summed = {name: sum(block[name] for block in blocks) for name in statement["sums"]}
        located = {name: sum(one[name] for one in statement["locations"]) for name in statement["sums"]}
        paid = sum(one["cents"] for one in statement["payments"])
        carried = sum(amount for kind, amount in charges if kind == LineKind.CARRIED)
        closing = statement["opening_cents"] + statement["paid_cents"] + statement["net_cents"]
        checks = (
            (paid == statement["paid_cents"], "The payments do not add up to what was paid."),
            (carried == statement["carried_cents"] * PAR_MICROS, "The charges are not what was carried."),
            (located == statement["sums"], "The locations do not add up to the sums."),
            (charged == statement["net_micros"], "The charges do not add up to the net position."),
            (by_lines == statement["sums"]["position_micros"], "The charges are not what the lines add up to."),
            (summed == statement["sums"], "The blocks do not add up to the sums."),
            (
                closing - statement["carried_cents"] == statement["closing_cents"],
                "Opening position, payments and net position do not give the closing one.",
            ),
        )
    except (KeyError, TypeError):
        return [Finding("The statement lacks a figure that every statement has.")]
    return [Finding(says) for good, says in checks if not good]


def _place(block: Mapping[str, Any]) -> str:
    return f"{block['location']}, {block['day']}"


def _record(text: str) -> dict[str, Any] | None:
    """The record of a row, or None if the row is no object."""
    try:
        row = json.loads(text)
    except (RecursionError, ValueError):
        return None
    if not isinstance(row, dict):
        return None
    return {name: value for name, value in row.items() if name not in (LINE, SHA256)}


def _hash_as_written(number: int, text: str, record: Mapping[str, Any]) -> bytes | None:
    """The hash of a record that stands in its row exactly as we write it: any other text could show a reader something
    else. None if it does not."""
    try:
        plain = canonical_json(record)
        sha256 = hashlib.sha256(plain).digest()
        as_written = row_text(number, plain, sha256) == text.removesuffix("\n").encode() + b"\n"
    except (TypeError, ValueError):
        return None
    return sha256 if as_written else None


def _hash(statement: object) -> str | None:
    try:
        return sha256_hex(statement)
    except (TypeError, ValueError):
        return None
