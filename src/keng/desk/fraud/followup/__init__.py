"""When a record does not agree with the population register: notices, time to correct, restrictions, and the way back."""
