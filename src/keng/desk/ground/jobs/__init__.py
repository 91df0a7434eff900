"""The queue: messages on their way out (the outbox) and work in the background (tasks), until done or a person must look."""
