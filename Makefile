# Kẻng. `make help` lists what can be done; README.md tells the story.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Compiled code is kept, whatever the environment says: else each of a demo's twenty processes compiles all of it anew.
export PYTHONDONTWRITEBYTECODE :=
LOCK   := uv pip compile -q --universal --python-version 3.11 --generate-hashes \
          --no-emit-index-url --no-emit-find-links --no-header

# Debian packages: to run, and to test.
RUN_PACKAGES  := python3-venv
TEST_PACKAGES := python3-venv chromium-headless-shell postgresql

# Runs a command with KENG_DATABASE set to a new PostgreSQL server of its own, which is gone afterwards.
BESIDE_POSTGRESQL = $(BIN)/python -m keng.site.rehearsal.cluster

.PHONY: help install install-dev install-spark run test test-fast soak test-postgresql pictures check check-types check-imports check-migrations bench bench-intake model belief lock messages apt-run apt-test clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 16

apt-run:
	@$(PYTHON) scripts/debian.py --python $(PYTHON) $(RUN_PACKAGES)

apt-test:
	@$(PYTHON) scripts/debian.py --python $(PYTHON) $(TEST_PACKAGES)

$(BIN)/python: | apt-run
	@$(PYTHON) -m venv $(VENV)

$(VENV)/core.stamp: requirements/core.txt pyproject.toml | $(BIN)/python
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/core.txt
	@$(BIN)/python scripts/link_source.py
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/core.stamp
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/spark.stamp: requirements/spark.txt $(VENV)/core.stamp
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/spark.txt
	@touch $@

install: $(VENV)/core.stamp ## set up what `make run` needs

install-dev: apt-test $(VENV)/dev.stamp

run: install ## serve http://127.0.0.1:8000 on a country that lives (DATABASE=postgresql: on a server of its own)
	@exec $(BIN)/keng demo $(if $(DATABASE),--database "$(DATABASE)")

test: install-dev ## run every test (fast ones first), on SQLite and on PostgreSQL
	@$(BIN)/python -m pytest src -n 2
	@$(BESIDE_POSTGRESQL) $(BIN)/python -m pytest src -n 2
	@$(BIN)/python -m pytest tests -m "not soak" -n 3 --no-loadscope-reorder

install-spark: $(VENV)/spark.stamp ## add what `keng cleanse --engine spark` needs (Java 17 must be there)

soak: install-dev install-spark ## run the tests that take long (KENG_KILLS=1000: kills on each database, KENG_SIMS=1000000: of a register)
	@$(BIN)/python -m pytest tests -m soak

test-postgresql: install-dev ## run the tests that touch a database, on PostgreSQL
	@$(BESIDE_POSTGRESQL) $(BIN)/python -m pytest src -n 2

test-fast: $(VENV)/dev.stamp ## run the tests that need neither processes nor a browser, on SQLite
	@$(BIN)/python -m pytest src -n 2

pictures: install-dev ## take the pictures of the README and of docs/pages.md anew
	@KENG_PICTURES=1 $(BIN)/python -m pytest tests/system/test_story.py -k becomes_held_money
	@KENG_PICTURES=1 $(BIN)/python -m pytest tests/system/test_pages.py -k citizens_page
	@KENG_PICTURES=1 $(BIN)/python -m pytest tests/system/test_rooms.py

check: $(VENV)/dev.stamp ## lint, types, import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory --output-sync -j 2 check-types check-imports check-migrations

check-types: $(VENV)/dev.stamp
	@$(BIN)/mypy

check-imports: $(VENV)/dev.stamp
	@PYTHONPATH=. $(BIN)/lint-imports --no-cache

check-migrations: $(VENV)/dev.stamp
	@KENG_DEMO=1 KENG_HOME=var/check $(BIN)/keng-django makemigrations --check --dry-run

.venv-bench/bench.stamp: requirements/bench.txt | $(BIN)/python
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

WRITING = $(filter ledger outbox thread,$(ONLY))

bench: $(VENV)/dev.stamp .venv-bench/bench.stamp ## measure, and write docs/benchmarks.md (ONLY="reading outbox": these)
	@$(BIN)/python -m benchmarks.run $(ONLY)
	@$(if $(ONLY),$(if $(WRITING),$(BIN)/python -m benchmarks.run --database postgresql $(WRITING)),$(BIN)/python -m benchmarks.run --database postgresql)

bench-intake: $(VENV)/dev.stamp ## reports for ten minutes on SQLite, on PostgreSQL, and with gathered commits (KENG_BENCH_SECONDS)
	@$(BIN)/python -m benchmarks.run intake
	@$(BIN)/python -m benchmarks.run --database postgresql intake
	@$(BIN)/python -m benchmarks.run --database postgresql --commit-delay 5000 intake

.venv-model/model.stamp: requirements/model.txt | $(BIN)/python
	@$(PYTHON) -m venv .venv-model
	@.venv-model/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/model.txt
	@touch $@

belief: .venv-model/model.stamp ## fit by what groups of reports are believed to belong together, and print it
	@PYTHONPATH=src:. .venv-model/bin/python -m training.belief

model: .venv-model/model.stamp ## learn the model of `keng classify` anew and measure it (minutes)
	@PYTHONPATH=src:. .venv-model/bin/python -m training.fit
	@PYTHONPATH=src:. .venv-model/bin/python -m training.results

lock: ## compile the hash-pinned requirement files
	@$(LOCK) requirements/core.in -o requirements/core.txt
	@$(LOCK) -c requirements/core.txt requirements/dev.in -o requirements/dev.txt
	@$(LOCK) -c requirements/dev.txt requirements/bench.in -o requirements/bench.txt
	@$(LOCK) -c requirements/core.txt requirements/model.in -o requirements/model.txt
	@$(LOCK) -c requirements/core.txt requirements/spark.in -o requirements/spark.txt

messages: $(VENV)/dev.stamp ## collect and compile the English translations (needs Debian's gettext)
	@cd src/keng && KENG_HOME=$(CURDIR)/var $(CURDIR)/$(BIN)/keng-django makemessages -l en -e html,py -i '*/tests/*' \
	  --no-obsolete --no-wrap --add-location file
	@cd src/keng && KENG_HOME=$(CURDIR)/var $(CURDIR)/$(BIN)/keng-django compilemessages -l en

clean: ## remove what the targets made
	@rm -rf $(VENV) .venv-bench .venv-model var .pytest_cache .mypy_cache .ruff_cache
