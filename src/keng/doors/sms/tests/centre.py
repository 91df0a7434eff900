"""An SMS centre as a process of its own, made of smpp34 (Rust), which shares nothing with the door. It talks by lines of JSON.

In: {"deliver": {source, to, hex, coding, esm_class, tlvs: [[tag, hex], ...]}}, {"answers": [status, ...]} (how the next segments
are answered, -1: not at all; then 0), {"receipt": {name, source, to, state}}, {"unbind": true}.
Out: {"port"}, {"bound"}, {"delivered": status}, {"submitted": {...}}, {"gone"}.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from typing import Any

import smpp34


def tell(**what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class Centre:
    def __init__(self) -> None:
        self.sessions: list[smpp34.Esme] = []
        self.answers: list[int] = []
        self.count = 0

    async def run(self, port: int) -> None:
        self.server = smpp34.Server(host="127.0.0.1", port=port, system_id="TEST")
        await self.server.start()
        tell(port=port)
        orders = asyncio.create_task(self.obey())
        events = asyncio.create_task(self.hear())
        await orders
        events.cancel()

    async def hear(self) -> None:
        while True:
            event = await self.server.next()
            if isinstance(event, smpp34.Esme):
                self.sessions.append(event)
                tell(bound=event.system_id)
            elif isinstance(event, smpp34.SubmitSmEvent):
                self.submitted(event)
            else:
                self.sessions = [one for one in self.sessions if one.session_id != event.session_id]
                tell(gone=True)

    def submitted(self, event: smpp34.SubmitSmEvent) -> None:
        status = self.answers.pop(0) if self.answers else 0
        self.count += 1
        name = f"m{self.count}"
        tell(
            submitted={
                "source": event.source_addr, "to": event.destination_addr, "hex": event.short_message.hex(),
                "coding": event.data_coding, "esm_class": event.esm_class, "receipt": event.registered_delivery,
                "ton": event.dest_addr_ton, "id": name if status == 0 else None, "status": status,
            }
        )  # fmt: skip
        if status == 0:
            event.accept(name)
        elif status > 0:
            event.reject(status)
        else:
            self.kept = event  # no answer at all

    async def obey(self) -> None:
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            order = json.loads(line)
            if "answers" in order:
                self.answers = order["answers"]
            elif "deliver" in order:
                await self.deliver(**order["deliver"])
            elif "receipt" in order:
                await self.receipt(**order["receipt"])
            elif "unbind" in order:
                await self.sessions[-1].unbind()

    async def deliver(self, **what: Any) -> None:
        more = [smpp34.Tlv(tag, bytes.fromhex(value)) for tag, value in what.get("tlvs", ())]
        coding, esm_class, data = what.get("coding", 0), what.get("esm_class", 0), bytes.fromhex(what["hex"])
        reply = await self.sessions[-1].deliver_sm(
            what["to"], data, source_addr=what["source"], data_coding=coding, esm_class=esm_class, tlvs=more
        )
        tell(delivered=reply.command_status)

    async def receipt(self, name: str, source: str, to: str, state: int) -> None:
        stat = "DELIVRD" if state == 2 else "UNDELIV"
        words = f"id:{name} sub:001 dlvrd:001 submit date:2611210730 done date:2611210731 stat:{stat} err:000"
        tlvs = [
            smpp34.Tlv(smpp34.TLV_RECEIPTED_MESSAGE_ID, name.encode() + b"\0"),
            smpp34.Tlv(smpp34.TLV_MESSAGE_STATE, bytes([state])),
        ]
        reply = await self.sessions[-1].deliver_sm(to, words.encode(), source_addr=source, esm_class=4, tlvs=tlvs)
        tell(delivered=reply.command_status)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    asyncio.run(Centre().run(int(sys.argv[1]) if len(sys.argv) > 1 else free_port()))
