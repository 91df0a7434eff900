"""What a check of the ledger comes to: it holds, or it fails at an entry for a reason said in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from keng.base.errors import Said
from keng.desk.ground.ledger.layout import Head

REASONS: dict[str, Said] = {
    "unreadable": Said("Không đọc được {path}: {why}", "{path} cannot be read: {why}"),
    "no_checkpoint": Said("Không có điểm chốt nào được ký", "there is no signed checkpoint"),
    "malformed": Said("Dòng của mục {entry} sai dạng", "the line of entry {entry} is malformed"),
    "cut_off": Said("Tệp bị cắt giữa dòng của mục {entry}", "the file is cut off within the line of entry {entry}"),
    "missing": Said("Thiếu mục {entry}: tệp hết trước đó", "entry {entry} is missing: the file ends before it"),
    "order": Said("Chỗ của mục {entry} là mục {found}", "where entry {entry} belongs stands entry {found}"),
    "changed": Said(
        "Mục {entry} không khớp với chuỗi băm: lá hoặc chuỗi đã bị đổi",
        "entry {entry} does not fit the running hash: its leaf or that hash was changed",
    ),
    "uncovered": Said(
        "Từ mục {entry} trở đi không có điểm chốt", "from entry {entry} on no checkpoint covers the file"
    ),
    "unconfirmed": Said(
        "Các mục từ {entry} đến {last} không khớp với điểm chốt đã ký",
        "entries {entry} to {last} do not give the signed checkpoint",
    ),
    "checkpoint_malformed": Said("Điểm chốt ở dòng {line} sai dạng", "the checkpoint on line {line} is malformed"),
    "wrong_signature": Said(
        "Chữ ký của điểm chốt ở dòng {line} sai", "the signature of the checkpoint on line {line} is wrong"
    ),
    "wrong_key": Said(
        "Điểm chốt ở dòng {line} không do khóa đã cho ký",
        "the checkpoint on line {line} is not signed by the given key",
    ),
    "other_origin": Said("Điểm chốt ở dòng {line} mang tên khác", "the checkpoint on line {line} has another origin"),
    "checkpoint_order": Said(
        "Điểm chốt ở dòng {line} có số mục không tăng", "the checkpoint on line {line} does not grow"
    ),
    "proof_malformed": Said("Dòng {line} của tệp chứng minh sai dạng", "line {line} of the proofs is malformed"),
    "not_proven": Said(
        "Mục {entry} không có trong cây mà điểm chốt ký", "entry {entry} is not in the tree that the checkpoint signs"
    ),
    "key_malformed": Said("Dòng {line} của tệp khóa sai dạng", "line {line} of the keys is malformed"),
    "key_not_announced": Said(
        "Mục {entry} không báo khóa mà tệp khóa đưa ra",
        "entry {entry} does not announce the key that the file of keys gives",
    ),
    "forked": Said(
        "Điểm chốt {size} đã giữ nói về một lịch sử khác", "the kept checkpoint of {size} entries tells another history"
    ),
    "rolled_back": Said(
        "Sổ ngắn hơn điểm chốt {size} đã giữ", "the ledger is shorter than the kept checkpoint of {size} entries"
    ),
}


@dataclass(frozen=True, slots=True)
class Holds:
    """Every entry is there, in its place, and signed for. `head` is the newest checkpoint, by the key `key_id`."""

    entries: int
    head: Head
    key_id: str


@dataclass(frozen=True, slots=True)
class Fails:
    """`entry` is the first that fails (from 0); `entries` lines hold together, `confirmed` of them are signed for."""

    entries: int
    entry: int
    confirmed: int
    reason: str
    said: Said
    head: Head | None


class FailsError(Exception):
    """How a check stops inside; `verify_export` and `verify_proofs` turn it into a value."""

    def __init__(self, reason: str, entry: int, **values: object) -> None:
        super().__init__(reason)
        self.reason, self.entry = reason, entry
        self.said = REASONS[reason].filled(entry=entry, **values)
