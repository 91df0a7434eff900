"""Citizens who choose to sign in with a provider (OpenID Connect), and their own page. Checking and reporting stay anonymous."""
