"""The durable outbox: everything that leaves the process waits here, and is tried until it arrives or a person must look."""
