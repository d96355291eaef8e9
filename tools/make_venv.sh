#!/usr/bin/env bash
# Make the virtual environment FOLDER anew from a requirements file: make_venv.sh PYTHON FOLDER FILE
# The file .complete is written last, so an interrupted installation is never taken for a whole one.
set -eu

python=$1 folder=$2 requirements=$3

"$python" - <<'CHECK' || exit 1
import sys
if sys.version_info < (3, 11):
    sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. "
             "Name another one: make run PYTHON3=python3.12")
try:
    import ensurepip, venv
except ImportError:
    sys.exit("Python cannot make virtual environments here: install python3-venv.")
CHECK

echo "Installing $requirements into $folder"
"$python" -m venv --clear "$folder"
"$folder/bin/python" -m pip --disable-pip-version-check install --quiet -r "$requirements"
touch "$folder/.complete"
