# The two commands to know are `make serve` and `make test`; `make help` lists the rest.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
LOCALE := immunoportal/locale

.PHONY: help serve test test-deploy mutation lint format types translations messages requirements illustrations guide clean
.DEFAULT_GOAL := help

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*##/ {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: $(VENV)/.installed translations  ## Set up whatever is missing and serve the portal on $PORT
	@exec $(MANAGE) serve

test: $(VENV)/.installed-dev translations  ## Set up whatever is missing and run the whole test suite
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

test-deploy: $(VENV)/.installed-deploy translations  ## Start nginx, two hosts, PostgreSQL, Redis and a bucket, and test them
	@.ci/with-postgres $(BIN)/python -m pytest tests/deploy $(ARGS)

mutation: $(VENV)/.installed-mutation translations  ## Put small faults into articles/publishing and count those that tests notice
	@nice $(BIN)/python -m tests.mutation $(ARGS)

lint: $(VENV)/.installed-dev  ## Check style, imports and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed-dev  ## Bring the code into its shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

translations: $(patsubst %.po,%.mo,$(wildcard $(LOCALE)/*/LC_MESSAGES/*.po))  ## Compile the translations

%.mo: %.po $(VENV)/.installed
	@$(BIN)/pybabel -q compile -i $< -o $@

messages: $(VENV)/.installed-dev  ## Collect the texts to translate (needs GNU gettext)
	$(MANAGE) makemessages --all --no-wrap --no-location --no-obsolete --ignore '.venv*' --ignore var --ignore tests

requirements:  ## Pin the dependencies anew (needs uv)
	uv pip compile --quiet --no-header --universal --python-version 3.11 --generate-hashes requirements.in --output-file requirements.txt
	uv pip compile --quiet --no-header --universal --python-version 3.11 --generate-hashes requirements-dev.in --output-file requirements-dev.txt
	uv pip compile --quiet --no-header --universal --python-version 3.11 --generate-hashes requirements-scale.in --output-file requirements-scale.txt
	uv pip compile --quiet --no-header --universal --python-version 3.11 --generate-hashes .ci/deploy.in --output-file .ci/deploy.txt
	uv pip compile --quiet --no-header --universal --python-version 3.12 --generate-hashes .ci/django6.in --output-file .ci/django6.txt

illustrations:  ## Draw the pictures of the launch article anew (needs Chromium and ImageMagick)
	deploy/render-illustrations

guide: $(VENV)/.installed-dev translations  ## Take the pictures of the editors' guide anew (needs Chromium)
	@GUIDE=1 $(BIN)/python -m pytest tests/browser -k "walk or safety"

clean:  ## Remove what was installed and compiled; the data in var/ stays
	rm -rf $(VENV) $(LOCALE)/*/LC_MESSAGES/*.mo

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ImmunoPortal needs Python 3.11 or newer: say which with make PYTHON=/path/to/python3")'
	@echo "Creating the virtual environment …"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.created requirements.txt
	@echo "Installing the dependencies …"
	@$(PIP) --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	@echo "Installing what the tests need …"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.installed-deploy: $(VENV)/.installed-dev requirements-scale.txt .ci/deploy.txt
	@echo "Installing what several hosts and their tests need …"
	@$(PIP) --require-hashes -r requirements-scale.txt
	@$(PIP) --require-hashes -r .ci/deploy.txt
	@touch $@

# Of mutmut only the faults are used, which need nothing but libcst.
$(VENV)/.installed-mutation: $(VENV)/.installed-dev
	@echo "Installing mutmut …"
	@$(PIP) --no-deps mutmut==3.8.1 libcst==1.9.0
	@touch $@
