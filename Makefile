# The recipes of this repository. On a bare machine you need python3 (3.11 or newer, with venv), make and git.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
CATALOGS := $(wildcard locales/*/LC_MESSAGES/messages.po)

.PHONY: help setup run test lint types layers catalogs bench soak lock words clean

# What can be done here.
help:
	@awk '/^# /{says=substr($$0,3)} /^[a-z]+:/{split($$1,name,":"); if (says) printf "%-10s %s\n", name[1], says; says=""}' Makefile

# Make .venv/bin/platica work: pinned requirements, this project, compiled catalogs. Quick the second time.
setup: .venv/.installed $(CATALOGS:.po=.mo)

.venv/.installed: requirements/run.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.venv/.tested: .venv/.installed requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

%.mo: %.po .venv/.installed
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(word 2,$(subst /, ,$<))

# A school to try: SQLite, the sample school, a phone at http://127.0.0.1:8000/phone
run: setup
	$(BIN)/platica migrate
	$(BIN)/platica demo
	PLATICA_PHONE=1 PORT=$(PORT) $(BIN)/platica serve

# Everything that must hold before a change lands.
test: setup .venv/.tested
	$(MAKE) --no-print-directory --jobs=4 lint types layers catalogs
	$(BIN)/pytest --numprocesses auto --dist worksteal

lint: .venv/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.tested
	$(BIN)/mypy

layers: .venv/.tested
	$(BIN)/lint-imports

catalogs: .venv/.tested
	$(BIN)/python -m locales.check

# Collect what is said and the words people text into the catalogs, keeping every translation.
words: .venv/.tested
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --no-location --sort-output --omit-header --output-file locales/messages.pot .
	for po in $(CATALOGS); do $(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --input-file locales/messages.pot --output-file $$po --locale $$(echo $$po | cut -d/ -f2); done

# Ratios against the floor and the peers; see benchmarks/README.md
bench: setup .venv/.tested
	$(BIN)/python -m benchmarks

# Long runs that kill, delay and reorder, and new random cases for every property. Minutes, not seconds.
soak: setup .venv/.tested
	$(BIN)/pytest --numprocesses 0 -m soak
	PLATICA_SEARCH=1 $(BIN)/pytest --numprocesses auto --dist worksteal -m hypothesis

# Pin every requirement by hash, without addresses.
lock: .venv/.tested
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/python requirements/lock.py

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache locales/*/LC_MESSAGES/*.mo
