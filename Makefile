# Everything a developer types. Paths are relative and programs run as modules: the folder may have any name.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PY := .venv/bin/python
RUN := .venv/run.stamp
DEV := .venv/dev.stamp
LOCK := $(PY) -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --quiet
FRONT := { test node_modules/.package-lock.json -nt package-lock.json || npm ci --silent; }
# uv asks the Python Package Index unless UV_DEFAULT_INDEX or UV_FIND_LINKS say otherwise; where it cannot install,
# pip tries with the machine's own configuration, from the same hashes.
install = UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1 $(PY) -m uv pip sync --python $(PY) --quiet $(1) || $(PY) -m pip install --quiet --require-hashes -r $(1)

.PHONY: run test check browser chaos bench shots demo build lock assets format

run: $(RUN)
	@exec $(PY) manage.py up

test: $(DEV)
	@$(PY) -m tests.everything

check: $(DEV)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy .
	.venv/bin/lint-imports
	@find templates -name '*.html' -exec .venv/bin/djade --check --target-version 5.2 {} +
	$(PY) -W ignore manage.py makemigrations --check --dry-run
	$(PY) -m tests.production
	$(PY) -m tests.limits
	@$(MAKE) --no-print-directory assets

format: $(DEV)
	$(PY) -m ruff check --fix --quiet . || true
	$(PY) -m ruff format .
	@find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 {} +

# What is committed in static/dist is what the sources give; needs Node, which running does not.
assets:
	@if command -v npm >/dev/null; then \
	  $(FRONT) && npm run --silent build && git diff --exit-code --stat -- static/dist \
	  && test -z "$$(git ls-files --others --exclude-standard -- static/dist)" && npm run --silent check; \
	else echo "skipped: the built assets were not compared, because there is no Node here"; fi

browser: $(DEV)
	$(PY) -m pytest -m browser tests/browser

chaos: $(DEV)
	$(PY) -m pytest -m chaos tests/chaos -s

bench: $(DEV)
	$(PY) -m tests.load $(ROW)

shots: $(DEV)
	$(PY) -m tests.shots

demo: $(RUN)
	$(PY) manage.py demo

build:
	@command -v npm >/dev/null || { echo "make build needs Node 20 or newer, which running does not." >&2; exit 1; }
	@$(FRONT) && npm run build

lock: $(DEV)
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt

$(PY):
	@test -n "$(PYTHON)" || { echo "Matinee needs Python 3.11 or newer: install it, or name it with make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Matinee needs Python 3.11 or newer; name one with make PYTHON=...")'
	@echo "Installing into .venv (once) ..."
	@$(PYTHON) -m venv .venv || { echo "Python cannot make a virtual environment: install its venv module (Debian: python3-venv)." >&2; exit 1; }
	@$(PY) -m pip install --quiet --disable-pip-version-check 'uv>=0.5,<1'

$(RUN): requirements.txt | $(PY)
	@$(call install,requirements.txt)
	@rm -f $(DEV)
	@touch $@

# Everything that running needs is in here too: `make run` after `make test` installs nothing.
$(DEV): requirements-dev.txt requirements.txt | $(PY)
	@$(call install,requirements-dev.txt)
	@touch $(RUN) $@
