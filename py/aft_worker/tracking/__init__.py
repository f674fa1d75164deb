"""Experiment trackers: names and numbers by step, sent to a backend in the background.

A tracker serves the training and never the other way round: none of its errors, and none of its waiting,
reaches a training step. A tracker that fails is dropped, which is told once.
"""
