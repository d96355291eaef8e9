# The two commands a newcomer needs are `make run` and `make test`; `make help` lists the rest.
# Everything made here lands in .venv, .venv-dev, .venv-bench, build/ and var/.

SHELL := /bin/bash
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help

PYTHON3 ?= python3
PORT ?= 8050
RUN := .venv/bin/
DEV := .venv-dev/bin/
FAST := not browser and not postgres and not proxy and not slow and not real_data

.PHONY: help run test check test-long bench backtest screenshots docs vendor lock clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: .venv/.complete ## Make a demo ledger that ends now and show its page
	$(RUN)python app.py demo --db var/demo.sqlite
	$(RUN)python app.py run --db var/demo.sqlite --port $(PORT)

test: .venv-dev/.complete ## Lint, types and all tests; installs Chromium, PostgreSQL and nginx where it may
	tools/system_packages.sh
	$(DEV)ruff check .
	$(DEV)ruff format --check .
	$(DEV)mypy
	$(DEV)python -m pytest -n auto --dist loadfile -m "not browser"
	$(DEV)python -m pytest -n auto --dist loadfile -m browser

check: .venv-dev/.complete ## Lint, types and the fast tests, in half a minute
	$(DEV)ruff check .
	$(DEV)ruff format --check .
	$(DEV)mypy
	$(DEV)python -m pytest -q -n auto --hypothesis-profile quick -m "$(FAST)"

test-long: .venv-dev/.complete ## All tests without a browser, with 25 times as many examples
	$(DEV)python -m pytest --hypothesis-profile explore --timeout 3600 -m "not browser"

bench: .venv/.complete .venv-dev/.complete ## Measure server and browser on a large ledger
	$(RUN)python benchmarks/range_change.py
	$(DEV)python benchmarks/server.py
	$(DEV)python benchmarks/browser.py
	$(DEV)python benchmarks/flame.py

backtest: .venv-bench/.complete ## Try the projection on past months, in some ten minutes
	.venv-bench/bin/python benchmarks/projection.py

screenshots: .venv-dev/.complete ## Take the README's three pictures of the page anew
	$(DEV)python tools/screenshots.py

docs: .venv/.complete ## Write the table of settings into README and docs
	$(RUN)python tools/settings_table.py

vendor: .venv/.complete ## Fetch the front-end files anew (needs npm); everything else uses the copies
	$(RUN)python tools/vendor.py

lock: ## Pin requirements.txt and requirements-dev.txt anew from the .in files
	tools/lock.sh $(PYTHON3)

clean: ## Remove the virtual environments, build/ and var/
	rm -rf .venv .venv-dev .venv-bench build var

.venv/.complete: requirements.txt
	tools/make_venv.sh $(PYTHON3) .venv requirements.txt

.venv-dev/.complete: requirements-dev.txt
	tools/make_venv.sh $(PYTHON3) .venv-dev requirements-dev.txt

.venv-bench/.complete: benchmarks/requirements.txt requirements-dev.txt
	tools/make_venv.sh $(PYTHON3) .venv-bench benchmarks/requirements.txt
