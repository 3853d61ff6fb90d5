# The commands of the house; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help demo test lint check proof catalogue screenshots clean

help: ## List the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(STAMP): pyproject.toml constraints.txt hatch_build.py
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(STAMP) ## Build the demonstration community and serve it on http://localhost:8000
	@$(BIN)/warp-hub demo $(ARGS)

# Three workers on two cores: many tests wait for a server to come, stop or give up. They start hundreds of processes,
# so what Python compiles is compiled once.
test: $(STAMP) ## Run the tests (under 10 minutes on 2 cores)
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -q -n 3 --dist loadgroup -m 'not browser and not demonstration' $(ARGS)

lint: $(STAMP) ## Style, types and the floors of the house
	@$(BIN)/ruff check warp_hub feeds tests migrations wsgi.py hatch_build.py
	@$(BIN)/ruff format --check -q warp_hub feeds tests migrations wsgi.py hatch_build.py
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

check: ## All that CI runs
	@bash .ci/run

proof: $(STAMP) ## Every full figure, resumable; dated output goes to docs/proof.md
	@WARP_HUB_TIER=proof $(BIN)/python -m tests.bench.proof $(ARGS)

catalogue: $(STAMP) ## Extract the words and update the Welsh catalogue
	@$(BIN)/pybabel -q extract -F warp_hub/locale/babel.cfg -k _l --no-location --sort-output --project=WARP-Hub \
		--copyright-holder="the WARP Hub authors" -o warp_hub/locale/messages.pot warp_hub templates
	@$(BIN)/pybabel -q update -i warp_hub/locale/messages.pot -d warp_hub/locale -l cy \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@$(BIN)/python hatch_build.py

screenshots: $(STAMP) ## Renew the pictures of the README from a fresh demonstration
	@$(BIN)/python -m tests.journeys.screenshots

clean: ## Remove what the commands made here
	@rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache warp_hub/static/vendor
