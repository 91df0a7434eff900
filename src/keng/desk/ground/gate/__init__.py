"""The gate: how much one source may ask, and the work it is asked for beyond that. It counts callers and never names them."""
