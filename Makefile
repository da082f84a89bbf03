# OLKA: every command of the house. `make help` lists them.
# pip's own settings (PIP_* and pip.conf) are honoured; a second run needs no network.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
FRESH ?=
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet

# What is made, and by which file make knows it: the environment, the app in it, the tools beside the app.
MADE := $(VENV)/.made
APP := $(VENV)/.app
DEV := $(VENV)/.dev

PO := $(wildcard olka/translations/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)
LANGUAGES := sv en

# A virtual environment works only where it was made and while its Python is there: else it is made anew.
ifneq ($(wildcard $(MADE)),)
ifneq ($(shell cat $(MADE); $(BIN)/python -c 'print(" works")' 2>/dev/null),$(CURDIR) works)
$(shell rm -rf $(VENV))
endif
endif

.PHONY: help demo test check lint screens bench chaos words lock clean

help:  ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 16

demo: $(APP) $(MO)  ## serves the demo on PORT (8000); FRESH=1 makes its data anew
	@OLKA_DEMO=1 PORT=$(PORT) FRESH=$(FRESH) exec $(BIN)/olka demo --serve

# Two workers share the tests and steal from each other, so that slow journeys don't pile up on one; neighbours in a
# file stay together, and with them the fixtures of their module. Races bring many processes of their own: they
# get the machine to themselves, first, so that the last line speaks for most tests.
PYTEST := $(BIN)/python -m pytest
SHARED := -n 2 --dist worksteal

ifeq ($(strip $(ARGS)),)
test: lint  ## every check and every test; ARGS="-k rota" runs pytest alone, with these
	@bash tests/setup.sh
	@races=0; $(PYTEST) -q -m race || races=$$?; \
	if [ $$races -eq 5 ]; then races=0; fi; \
	rest=0; $(PYTEST) -q $(SHARED) -m "not race" || rest=$$?; \
	if [ $$races -ne 0 ]; then echo "Races failed: see above." >&2; fi; \
	exit $$((races > rest ? races : rest))
else
test: $(DEV) $(MO)
	@bash tests/setup.sh
	@$(PYTEST) $(SHARED) $(ARGS)
endif

FAST := $(wildcard tests/test_floors.py tests/test_gates.py tests/test_tokens_of_colour.py tests/core)
check: lint  ## lint, types, templates, floors: the fast ones
	@$(PYTEST) -q -m "not (slow or race or journey or both_databases)" $(FAST)

lint: $(DEV) $(MO)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(wildcard olka bench tests migrations/env.py)
	@if [ -d templates ]; then $(BIN)/djlint templates --lint --quiet; fi
	@$(BIN)/deptry .

screens: $(DEV) $(MO)  ## PNGs of every page to build/screens/
	@bash tests/setup.sh
	@$(BIN)/python -m tests.screens $(ARGS)

bench: $(DEV) $(MO)  ## the benchmarks; build/bench.json and a table
	@$(BIN)/python -m bench $(ARGS)

chaos: $(DEV) $(MO)  ## kills processes and crashes the server 300 times over, then checks what is left
	@bash tests/setup.sh
	@$(BIN)/python -m tests.chaos.kill $(ARGS)

words: $(DEV)  ## collects new words into the sv and en catalogues
	@mkdir -p build
	@$(BIN)/pybabel --quiet extract --mapping=babel.cfg --output=build/messages.pot --sort-by-file \
	    --add-location=file --no-wrap --project=OLKA -k _l -k lazy_gettext -k lazy_ngettext:1,2 -k lazy_pgettext:1c,2 .
	@for language in $(LANGUAGES); do \
	    po=olka/translations/$$language/LC_MESSAGES/messages.po; \
	    if [ -f $$po ]; then verb=update; more="--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date"; \
	    else verb=init; more=; fi; \
	    $(BIN)/pybabel --quiet $$verb -i build/messages.pot -d olka/translations -l $$language --no-wrap $$more; \
	    echo "$$po: $$($(BIN)/pybabel compile --statistics -i $$po -o /dev/null 2>&1 | head -1)"; \
	done

%.mo: %.po | $(APP)
	@$(BIN)/pybabel --quiet compile -i $< -o $@

lock:  ## renews requirements/*.txt from pyproject.toml
	@room=$$(mktemp -d); trap 'rm -rf "$$room"' EXIT; \
	$(PYTHON) -m venv "$$room" && "$$room/bin/python" -m pip install --quiet uv; \
	export="$$room/bin/uv export --quiet --frozen --no-annotate --no-header --no-emit-project --group build"; \
	"$$room/bin/uv" lock --quiet --upgrade --no-python-downloads --python "$$room/bin/python"; \
	$$export --output-file requirements/run.txt > /dev/null; \
	$$export --extra dev --output-file requirements/dev.txt > /dev/null; \
	if grep -n '://' requirements/*.txt; then echo "A lock names an address." >&2; exit 1; fi

clean:  ## removes what make made, but not the data in var/
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis $(MO)
	find olka tests bench migrations -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# ---------------------------------------------------------------- set-up

$(MADE):
	@command -v $(PYTHON) >/dev/null || { echo "OLKA needs Python 3.11 or newer, and there is no $(PYTHON)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "OLKA needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
	    echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "$(PYTHON) can't make virtual environments: its venv or ensurepip is missing." >&2; \
	    echo "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV) (once)…"
	@$(PYTHON) -m venv --clear $(VENV)
	@printf '%s' "$(CURDIR)" > $@

$(APP): requirements/run.txt pyproject.toml $(MADE)
	@echo "Installing what the app needs…"
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements/dev.txt $(APP)
	@echo "Installing what the tests need…"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
