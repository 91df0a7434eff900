"""The account holder's word against a hold: said without an account, decided by somebody who took no part in the hold."""
