"""What follows when a record does not agree with the population register: notices, a window to correct, restrictions, an end; and the way back."""
