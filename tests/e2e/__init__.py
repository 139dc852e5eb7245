"""Eyewitness in a real `hass` process, asked over HTTP and WebSocket as a front end asks."""
