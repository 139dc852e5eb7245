# Keep compiled modules, also where the environment forbids it: with them Home Assistant starts in
# half the time. They go into .venv, so the checkout stays clean. Run from the project's root.
# shellcheck shell=bash

export PYTHONDONTWRITEBYTECODE='' PYTHONPYCACHEPREFIX=$PWD/.venv/bytecode
