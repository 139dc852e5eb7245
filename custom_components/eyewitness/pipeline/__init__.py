"""One event on its way: asked for, admitted, described, recorded, published.

The only room that fires on the bus.
"""
