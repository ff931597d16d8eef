"""What tests share: engines with planted faults. Nothing but tests imports it."""
