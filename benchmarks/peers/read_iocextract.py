"""iocextract over JSON Lines: `python read_iocextract.py IN OUT`. Its domains are the hosts of its links: it has no others."""

import json
import sys
from pathlib import Path

import iocextract

with Path(sys.argv[1]).open(encoding="utf-8") as source, Path(sys.argv[2]).open("w", encoding="utf-8") as target:
    for line in source:
        row = json.loads(line)
        found = [{"kind": "url", "value": url} for url in iocextract.extract_urls(row["text"], refang=True)]
        found += [{"kind": "email", "value": email} for email in iocextract.extract_emails(row["text"], refang=True)]
        target.write(json.dumps({"id": row["id"], "indicators": found}, ensure_ascii=False) + "\n")
