"""How officers come in and stay in: passkeys, an authenticator with one-use codes, sessions that end, pauses after failures."""
