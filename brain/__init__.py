"""The shared ground: specs, data, training and comparison, with no framework in it.

Importing `brain` imports nothing else; take what you need from its rooms (`brain.spec`,
`brain.data`, `brain.engine`, ...). ARCHITECTURE.md is the map.
"""

__version__ = "0.1.0"
