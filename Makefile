# nianbao: `make demo` shows the whole service at work, `make test` checks everything.
PYTHON ?= python3
SERVE ?= 1
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SOURCES := crawler monitor storage tests docs

.PHONY: demo test install check format docs bench soak fuzz lock clean

demo: $(INSTALLED)
	$(BIN)/nianbao demo $(if $(filter 0,$(SERVE)),--no-serve)

test: system check
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

install: $(INSTALLED)

check: $(INSTALLED)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python docs/generate.py --check

format: $(INSTALLED)
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

docs: $(INSTALLED)
	$(BIN)/python docs/generate.py

bench: $(INSTALLED)
	$(BIN)/python -m tests.bench.run

soak: $(INSTALLED)
	$(BIN)/python -m tests.bench.accuracy
	$(BIN)/python -m tests.bench.soak
	$(BIN)/python -m tests.bench.season
	$(BIN)/python -m tests.bench.watch_soak
	$(BIN)/python -m tests.bench.watching 4000
	$(BIN)/python -m tests.bench.turns
	$(BIN)/python -m tests.bench.kills
	NIANBAO_PATIENT=1 $(BIN)/pytest -q tests/test_guards.py

fuzz: $(INSTALLED)
	$(BIN)/python -m tests.bench.fuzz

# Debian packages that the tests need and pip cannot bring: a browser and a Chinese font.
.PHONY: system
system:
	sh .ci/system

$(INSTALLED): requirements.lock pyproject.toml
	sh .ci/python "$(PYTHON)"
	test -x $(BIN)/pip || "$(PYTHON)" -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# The newest versions that pyproject.toml allows. The index is the one that pip is set up with.
lock: $(INSTALLED)
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --all-extras --allow-unsafe \
	  --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
	  --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache demo-data
