# For everyone: `make lab` and `make test`. For those who change the project: the others.
# ARGS is handed on:  make lab ARGS=--no-browser    make lock ARGS=--upgrade

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; print("$(name)" * (sys.version_info >= (3, 11)))' 2>/dev/null)))
VENV := .venv
BIN := $(VENV)/bin
LOCK := binder/requirements.txt
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(LOCK)
DOCTOR := $(BIN)/python -m anionx_teach._doctor_command
PARALLEL := -n auto --maxprocesses 4 --dist loadgroup
LESSONS := $(wildcard lessons/*.ipynb)
NBCONVERT := $(BIN)/python -m jupyter nbconvert --to notebook --inplace

.PHONY: lab test chromium lessons map lock fix
.DELETE_ON_ERROR:

lab: $(VENV)/.lessons-installed
	@$(strip $(BIN)/anionx lab $(ARGS))

# The library without compilation, with coverage; the stored outputs of the lessons; everything.
# loadgroup: tests/conftest.py says which tests share a browser, and so a process.
test: $(VENV)/.test-installed chromium
	ANIONX_NO_NUMBA=1 $(BIN)/python -m pytest anionx_teach tests/library --cov $(PARALLEL)
	$(BIN)/python -m pytest --nbval lessons -n auto --maxprocesses 4 --dist loadfile
	$(strip $(BIN)/python -m pytest $(PARALLEL) $(ARGS))

# Installing a system package is only right for root on a Debian; the tests say what else to do.
chromium: $(VENV)/.test-installed
	@if ! $(DOCTOR) >/dev/null 2>&1 && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the browser tests"; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium </dev/null; \
	fi; $(DOCTOR) || true

# Run the lessons, store the outputs that are compared, and make the map of the lessons.
lessons: $(VENV)/.test-installed
	$(NBCONVERT) --execute --ExecutePreprocessor.store_widget_state=False \
		--ExecutePreprocessor.record_timing=False $(LESSONS)
	$(NBCONVERT) --TagRemovePreprocessor.enabled=True \
		--TagRemovePreprocessor.remove_all_outputs_tags=nbval-ignore-output $(LESSONS)
	$(MAKE) map

map: $(VENV)/.test-installed
	$(BIN)/python -m anionx_teach._lesson_map lessons

lock: $(BIN)/pip
	$(INSTALL) uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 \
		--extra lessons --extra plots --extra cluster --extra test --no-emit-package anionx-teach \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" \
		--output-file $(LOCK) $(ARGS)

fix: $(VENV)/.test-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/.lessons-installed: pyproject.toml $(LOCK) | $(BIN)/pip
	@echo "Installing the lessons into $(VENV) (a few minutes, once)"
	@$(INSTALL) --editable ".[lessons,plots]"
	@touch $@

$(VENV)/.test-installed: pyproject.toml $(LOCK) | $(BIN)/pip
	@echo "Installing the lessons and the tests into $(VENV) (a few minutes, once)"
	@$(INSTALL) --editable ".[test]"
	@touch $(VENV)/.lessons-installed $@

# pip is the last thing that a new environment gets: without it, making it was interrupted.
$(BIN)/pip:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer is needed: install it, or name it as in: make lab PYTHON=/path/to/python3" >&2; exit 1; fi
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "Python's venv module is missing: install it (Debian: apt-get install python3-venv)" >&2; exit 1; fi
	@$(PYTHON) -m venv $(VENV)
