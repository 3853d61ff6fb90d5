"""Signing in with somebody else's identity: Microsoft (Entra ID) and any provider of OpenID Connect."""
