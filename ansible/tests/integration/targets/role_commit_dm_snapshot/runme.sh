#!/usr/bin/env bash
set -eu
PYTHONPATH=$PWD/../setup_stores/files:${PYTHONPATH:-} python3 -B steps.py ../../integration_config.yml
