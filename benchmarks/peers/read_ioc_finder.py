"""ioc-finder over JSON Lines: `python read_ioc_finder.py IN OUT`. Looks only for what is compared, to be fair to its speed."""

import json
import sys
from pathlib import Path

from ioc_finder import find_iocs

KINDS = {"urls": "url", "domains": "domain", "email_addresses": "email"}

with Path(sys.argv[1]).open(encoding="utf-8") as source, Path(sys.argv[2]).open("w", encoding="utf-8") as target:
    for line in source:
        row = json.loads(line)
        iocs = find_iocs(row["text"], included_ioc_types=list(KINDS))
        found = [{"kind": kind, "value": value} for name, kind in KINDS.items() for value in iocs[name]]
        target.write(json.dumps({"id": row["id"], "indicators": found}, ensure_ascii=False) + "\n")
