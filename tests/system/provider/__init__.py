"""An identity provider as a process of its own: a small Django project around allauth's OpenID Connect server. Only for tests."""
