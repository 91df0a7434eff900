"""SMS to and from people: what came in (its words only while a part is missing), what goes out through the outbox, sealed."""
