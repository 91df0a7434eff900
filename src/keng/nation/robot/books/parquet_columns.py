"""Write columns of a Parquet file to standard output as CSV: `python -P parquet_columns.py FILE COLUMN …`.

Imports nothing of ours: it runs as a file, without our package on its path.
"""

from __future__ import annotations

import csv
import sys

from pyarrow import parquet

BATCH_ROWS = 50_000

if __name__ == "__main__":
    path, *columns = sys.argv[1:]
    out = csv.writer(sys.stdout)
    out.writerow(columns)
    for batch in parquet.ParquetFile(path).iter_batches(BATCH_ROWS, columns=columns):
        out.writerows(zip(*(batch.column(name).to_pylist() for name in columns), strict=True))
