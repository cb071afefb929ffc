"""`station replay`: a transcript, step by step, at a fresh station on a virtual clock.

`transcript` reads a file into steps and knows no station; `play` plays the steps on a `VirtualStation`.
"""
