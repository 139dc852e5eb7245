"""From a camera to a picture that may leave the house: fetched, made small, masked, kept.

The only room that touches cameras and Pillow.
"""
