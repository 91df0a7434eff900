"""Reports that are linked by the engine as it runs, its state in a folder of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from keng.conftest import Cast
from keng.desk.fraud.campaigns.linking import Linking
from keng.desk.fraud.campaigns.models import Placement
from keng.engines.link import opened

MULE = "970436:0071000123456"
OTHER_MULE = "970418:2151000987654"


SCRIPTS = {
    MULE: "Cong ty {name} tuyen nguoi lam viec tai nha luong cao, nop phi ho so vao tai khoan so {number} ngay hom nay",
    OTHER_MULE: "Toi la {name} o hai quan, kien hang cua anh bi giu vi thieu thue, gui {number} thi moi duoc tra lai do",
}


def scam(name: str, account: str) -> str:
    """A text of that account's gang, with a name in it."""
    return SCRIPTS[account].format(name=name, number=account.partition(":")[2])


@dataclass
class Desk:
    """The cast with the engine at work. `tell` sends a report, `link` has everything placed."""

    cast: Cast
    folder: Path

    def tell(self, text: str, *, account: str = "", amount: int = 0, minutes_ago: int = 30, **more: Any) -> UUID:
        loss = None
        if amount:
            sent_at = (self.cast.clock.at - timedelta(minutes=minutes_ago)).isoformat()
            loss = {"sent": True, "amount": amount, "to_account": account, "at": sent_at, **more.pop("loss", {})}
        self.cast.clock.pass_by(seconds=1)
        return self.cast.report(text=text, loss=loss, **more).report.pk

    def gang(self, account: str, names: str, **more: Any) -> list[UUID]:
        """A report for each word of `names`, all with one account."""
        return [self.tell(scam(name, account), **more) for name in names.split()]

    def link(self, *, settle: bool = True) -> None:
        with opened(self.folder) as store:
            linking = Linking(store, self.folder, self.cast.keys)
            linking.open(now=self.cast.clock.at)
            while linking.step(now=self.cast.clock.at):
                pass
            if settle:
                linking.settle(now=self.cast.clock.at)

    def forget(self) -> int:
        with opened(self.folder) as store:
            linking = Linking(store, self.folder, self.cast.keys)
            linking.open(now=self.cast.clock.at)
            return linking.forget_erased(now=self.cast.clock.at)

    def code(self, report: UUID) -> str:
        """The code of the campaign that the report is in."""
        return Placement.objects.select_related("part__head").get(pk=report).part.head.code

    def campaigns(self) -> frozenset[frozenset[UUID]]:
        """All reports as they stand together."""
        groups: dict[int, set[UUID]] = {}
        for pk, head in Placement.objects.values_list("pk", "part__head"):
            groups.setdefault(head, set()).add(pk)
        return frozenset(frozenset(group) for group in groups.values())


@pytest.fixture
def desk(cast: Cast, tmp_path: Path) -> Iterator[Desk]:
    yield Desk(cast, tmp_path / "linking")
