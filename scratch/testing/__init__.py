"""What tests share: engines with planted faults, a stand-in for a GPU. Only tests import it."""
