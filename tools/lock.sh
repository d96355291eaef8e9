#!/usr/bin/env bash
# Resolve requirements.in and requirements-dev.in anew and write the pinned files: lock.sh PYTHON
set -eu

python=$1

lock() { # NAME: NAME.in -> NAME.txt
    local folder="build/lock/$1"
    rm -rf "$folder"
    "$python" -m venv "$folder"
    "$folder/bin/python" -m pip --disable-pip-version-check install --quiet -r "$1.in"
    {
        echo "# Made by 'make lock' from $1.in; change that file instead."
        "$folder/bin/python" -m pip --disable-pip-version-check freeze --exclude pip --exclude setuptools
    } >"build/lock/$1.txt"
    mv "build/lock/$1.txt" "$1.txt"
    echo "Wrote $1.txt"
}

lock requirements
lock requirements-dev
