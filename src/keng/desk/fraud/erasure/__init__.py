"""A reporter asks that the report be erased; an officer answers in the time of the law. And what forbids it: a legal hold."""
