"""The shapes of the protocol; docs/protocol.md shows one of each."""
