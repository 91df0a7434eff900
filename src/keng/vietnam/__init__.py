"""What is true of the country, with dates and sources: phones, banks, rules."""
