"""The officers' door: the queue, a report, what could not be sent, the ledger."""
