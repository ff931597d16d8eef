"""What tests share: strategies, suites for engines, stand-ins. Nothing but tests imports it."""
