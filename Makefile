# make run and make test are all a newcomer needs.

# A running product, for `make contract`; HELD is one with its worker off.
URL ?= http://127.0.0.1:8000
HELD ?=

TOOLS := .tools/venv/bin
SAM := .tools/sam/bin/python
STEP := scripts/step.sh

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test audit contract model setup fmt clippy docs openapi build e2e doctest unit

help: ## Show this
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: ## Build and start the product on http://127.0.0.1:8000 (.env.example says what can be set)
	@echo 'Building, if anything has changed; a first build takes some minutes.'
	@cargo run --package local

test: setup fmt clippy docs openapi template build e2e doctest unit ## Check everything, with all steps below

audit: setup ## Check bans, licences and sources of the dependencies, and known vulnerabilities
	@$(STEP) deny $(TOOLS)/cargo-deny --locked check --hide-inclusion-graph bans licenses sources
	@$(STEP) advisories scripts/advisories.sh

contract: ## Play the REST contract against URL=…, with HELD=… for one whose worker is off
	@scripts/contract.py $(URL) $(if $(HELD),--held $(HELD))

setup: ## Install what the checks need, unless it is there
	@$(STEP) setup scripts/setup.sh

fmt: ## Formatting
	@$(STEP) fmt cargo fmt --all --check

clippy: ## Lints
	@$(STEP) clippy cargo clippy --locked --workspace --all-targets -- -D warnings

docs: ## Documentation of the code
	@RUSTDOCFLAGS='-D warnings' \
	$(STEP) docs cargo doc --locked --workspace --no-deps --document-private-items

openapi: setup ## Validity of openapi/openapi.json
	@$(STEP) openapi $(TOOLS)/python -m openapi_spec_validator openapi/openapi.json

template: setup ## Lints of template.yaml, and what no linter sees
	@$(STEP) lint $(SAM) scripts/lint_template.py
	@$(STEP) template $(SAM) -B scripts/template_test.py

# With the tests, so that unit finds all compiled: built alone, dependencies have fewer features.
build: ## Product and tests
	@$(STEP) build cargo build --locked --workspace --bins --tests

e2e: build ## The built product from outside: contract, restart, stop
	@$(STEP) e2e scripts/e2e.py

doctest: ## Examples in the documentation
	@$(STEP) doctest cargo test --locked --workspace --doc --quiet

unit: setup ## Tests of the code
	@$(STEP) unit $(TOOLS)/cargo-nextest nextest run --locked --workspace

model: ## Larger searches of the job protocol (minutes, 3 GB)
	@$(STEP) model cargo test --locked --package job --test model -- --ignored --test-threads=1
