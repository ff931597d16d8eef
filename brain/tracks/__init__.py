"""The learning tracks: each published on a git branch of its own, which is built from main.

`table` reads what there is (`tracks.toml`), `content` says what a branch holds, `readme` writes its
first page, `branches` builds them; `git` and `links` are what these stand on.
"""
