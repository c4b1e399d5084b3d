"""Wiring: the only package that imports every app."""
