"""An export of COUNT leaves with a checkpoint, and the public key: `python -m benchmarks.ours.made_export FOLDER COUNT`."""

from __future__ import annotations

import sys
from pathlib import Path

from keng.base.signing import Signer
from keng.desk.ground.ledger.tests.made_export import leaves_of, make


def main(folder: Path, count: int) -> None:
    signer = Signer.generate("bench")
    make(folder, signer, leaves_of(count), [count])
    folder.with_suffix(".pub").write_bytes(signer.public.pem())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
