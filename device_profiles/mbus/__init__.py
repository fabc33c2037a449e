"""M-Bus (EN 13757-2/-3): frames, variable data structure, and both sides of a talk (sans-IO).

Why no parser from outside is used stands in `docs/adr/0014-own-m-bus-codec.md`.
"""
