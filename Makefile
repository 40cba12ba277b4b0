# make demo | test | check | bench | fmt: each does its own set-up, once, and again only for what has changed.

PYTHON ?= python3
PORT ?= 8000
CENTRES ?= 3322
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
NEED := PYTHON=$(PYTHON) sh requirements/debian.sh
INSTALL := $(BIN)/uv pip install --quiet --system-certs --python $(RUN) --require-hashes -r
TOO_OLD := Python 3.11 or newer is needed; name it: make PYTHON=python3.11
NOWHERE := DATABASE_URL=postgres://127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0
PRODUCTION := $(NOWHERE) DEBUG=off SITE_URL=https://familienzentrum.example.org EMAIL_URL=smtp://127.0.0.1:25 \
	SECRET_KEY=only-for-this-check-but-as-long-and-as-varied-as-a-real-one-0123456789

export PORT
# Every run starts many processes: without it each would compile Django anew, 2.7 s of 5.3 s.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: demo test check bench fmt lock system browser

demo: $(VENV)/demo.stamp node_modules/stamp
	@exec $(RUN) -m config.process_tree --centres $(CENTRES)

test: $(VENV)/dev.stamp node_modules/stamp | browser
	@$(RUN) -m pytest -n 2 --maxschedchunk 1 $(PYTEST) --cov
ifndef PYTEST
	@$(RUN) -m coverage report --fail-under=100 --include='*/rules/*,certification/workflow/*'
	@$(RUN) -m coverage report --fail-under=95 --format=total
endif

check: $(VENV)/dev.stamp node_modules/stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	git ls-files -z -- '*.html' | xargs -0 -r $(BIN)/djade --target-version 5.2 --check
	$(PRODUCTION) $(BIN)/mypy .
	$(PRODUCTION) $(RUN) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(RUN) manage.py check --deploy --fail-level WARNING

bench: $(VENV)/dev.stamp node_modules/stamp
	@exec $(RUN) -m benchmarks

fmt: $(VENV)/dev.stamp
	-$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .
	-git ls-files -z -- '*.html' | xargs -0 -r $(BIN)/djade --target-version 5.2

# Write the locks anew from requirements/*.in: with hashes, without addresses.
lock: $(VENV)/uv.stamp
	for each in base demo dev npm uv; do $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --universal \
		--python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --no-strip-extras \
		requirements/$$each.in -o requirements/$$each.txt || exit 1; done

system:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and '$(TOO_OLD)')"
	@$(NEED) python pdf

browser:
	@$(NEED) browser || test -z "$(CI)"

$(VENV)/uv.stamp: requirements/uv.txt | system
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@pwd > "$$($(RUN) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/project.pth"
	@touch $@

$(VENV)/demo.stamp $(VENV)/dev.stamp: $(VENV)/%.stamp: requirements/%.txt $(VENV)/uv.stamp
	@echo "Installing $<"
	@$(INSTALL) $< || $(BIN)/pip install --quiet --require-hashes -r $<
	@touch $@

node_modules/stamp: package-lock.json $(VENV)/uv.stamp
	@command -v npm >/dev/null || test -x $(BIN)/npm || $(INSTALL) requirements/npm.txt
	@echo "Installing package-lock.json"
	@PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@
