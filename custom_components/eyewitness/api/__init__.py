"""What the cards and the media browser ask Home Assistant for: commands and pictures.

Whoever may not see a camera gets nothing of it here, as if it did not exist.
"""
