"""The officers' way in: a passkey, or codes; the enrolment of who is invited; one's own keys and sessions."""
