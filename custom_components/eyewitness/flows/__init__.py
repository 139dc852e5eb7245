"""The forms: set-up, reauthentication, providers, cameras and options.

What is typed is checked here, with requests that cost nothing.
"""
