"""What tests share: a user's own models. Nothing but tests imports it."""
