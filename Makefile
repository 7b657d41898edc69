# make run and make test are all a newcomer needs. Docker is needed for nothing.

# A running product, for `make contract`; HELD is one with its worker off. KEY and HELD_KEY are what they are shown.
URL ?= http://127.0.0.1:8000
HELD ?=
# A table on AWS, for `make key`; without it the key is made in .data.
TABLE ?=
# Where it is deployed: arm64 or x86_64; the stack's name; values for the template's parameters.
ARCH ?= arm64
STACK ?= data-extraction
PARAMETERS ?=
# Plays of each kind, for `make promises`.
PROMISES ?= 500
# What plays AWS under `make watch`: docker, pip or embedded.
ON ?=

TOOLS := .tools/venv/bin
SAM := .tools/sam/bin
STEP := scripts/step.sh
FUNCTIONS := api preview worker reaper notifier

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run key test audit contract model promises setup fmt clippy rustdoc docs openapi template compile e2e docling \
	console console-check browser doctest unit functions deployed costs smoke build deploy delete bench-start watch localstack \
	clients clients-test cli-docs \
	golden quality bench-extract bench-fair bench-list bench-console bench-prefix fuzz

help: ## Show this
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: ## Build and start the product on http://127.0.0.1:8000 (.env.example says what can be set)
	@echo 'Building, if anything has changed; a first build takes some minutes.'
	@cargo run --package local

key: ## Make an admin's key, where `make run` keeps its data (TABLE=… for a table on AWS)
	@cargo run --quiet --package cli -- keys create --admin $(if $(TABLE),--table $(TABLE))

test: setup fmt clippy rustdoc openapi template compile e2e console-check browser docs clients-test docling doctest unit functions deployed costs smoke ## Check everything, with all steps below

audit: setup ## Check bans, licences and sources of the dependencies, and known vulnerabilities
	@$(STEP) deny $(TOOLS)/cargo-deny --locked check --hide-inclusion-graph bans licenses sources
	@$(STEP) advisories scripts/advisories.sh

contract: ## Play the REST contract against URL=…, with HELD=… for one whose worker is off
	@scripts/contract.py $(URL) $(if $(HELD),--held $(HELD))

watch: setup ## Run the functions under cargo-lambda on LocalStack, anew with each change of the code (ON=docker, pip, embedded)
	@scripts/watch.py $(if $(ON),--on $(ON))

localstack: setup ## Run LocalStack alone, and say how to reach it (ON=…)
	@localstack/emulator.py $(if $(ON),--on $(ON))

build: setup ## Build the functions for AWS (ARCH=arm64 or x86_64), with their sizes and starting times
	@ARCH=$(ARCH) scripts/build.sh

deploy: build ## Put the product into the AWS account of the environment, or update it (STACK=…, PARAMETERS='LogLevel=debug …')
	@SAM_CLI_TELEMETRY=0 $(SAM)/sam deploy --stack-name $(STACK) \
		--parameter-overrides Architecture=$(ARCH) $(PARAMETERS)

bench-start: setup ## Measure how what `make build` has built starts, beside a hello world
	@scripts/bench_start.sh

bench-list: ## Measure pages of a list of a million jobs: their time and what they read
	@$(STEP) bench-list cargo test --release --locked --package api --test api a_million_jobs -- --ignored --nocapture

bench-console: setup ## Measure how soon the console shows jobs, with 100,000 of them in the table
	@cargo build --locked --release --package local --package cli
	@PROFILE=release node functions/api/console/bench.js

bench-prefix: ## Do one job over 100,000 documents: speed, memory, time to cancel, whether its result is whole
	@cargo build --locked --release --package local
	@python3 scripts/bench_prefix.py

bench-fair: ## One tenant's single jobs while another has 10,000 queued, beside an idle system
	@cargo build --locked --release --package local
	@python3 scripts/bench_fair.py

delete: setup ## Delete it there, with all jobs (STACK=…)
	@SAM_CLI_TELEMETRY=0 $(SAM)/python scripts/delete.py $(STACK)

setup: ## Install what the checks need, unless it is there
	@$(STEP) setup scripts/setup.sh

fmt: ## Formatting
	@$(STEP) fmt cargo fmt --all --check

clippy: ## Lints
	@$(STEP) clippy cargo clippy --locked --workspace --all-targets -- -D warnings

rustdoc: ## Documentation of the code
	@RUSTDOCFLAGS='-D warnings' \
	$(STEP) rustdoc cargo doc --locked --workspace --no-deps --document-private-items

openapi: setup ## Validity of openapi/openapi.json
	@$(STEP) openapi $(TOOLS)/python -m openapi_spec_validator openapi/openapi.json

template: setup ## Lints of template.yaml, and what no linter sees
	@$(STEP) lint $(SAM)/python scripts/lint_template.py
	@$(STEP) template $(SAM)/python -B scripts/template_test.py
	@$(STEP) fairness $(SAM)/python -B scripts/fairness_test.py

# With the tests, so that unit finds all compiled: built alone, dependencies have fewer features.
compile: ## Product and tests
	@$(STEP) compile cargo build --locked --workspace --bins --tests

console: setup ## Write functions/api/console/dist anew, what the API serves at /admin/
	@node functions/api/console/build.js

console-check: setup ## The console's sources: formatting, types against the OpenAPI document, dist
	@$(STEP) console scripts/check_console.sh

browser: compile console-check ## The pages in Chromium, with pictures in target/screenshots
	@$(STEP) browser node --test functions/api/console/tests/*.test.js

e2e: compile ## The built product from outside: contract, restart, stop
	@$(STEP) e2e scripts/e2e.py

docs: compile setup ## The book (target/book/html), with each of its examples and links tried
	@$(STEP) docs python3 -B scripts/book
	@$(STEP) book python3 -B scripts/book_test.py

docling: compile setup ## The official client of docling-serve against the built product
	@$(STEP) docling .tools/docling/bin/python -B scripts/docling_test.py

clients: setup ## Clients for Python and TypeScript, made from openapi/openapi.json (target/clients)
	@$(STEP) clients python3 -B scripts/clients/generate.py

clients-test: compile clients ## Those clients against the built product, with their types checked
	@$(STEP) clients-test python3 -B scripts/clients/test.py

cli-docs: ## Write docs/cli.md anew, the reference of the command line
	@cargo run --locked --quiet --package cli -- reference > docs/cli.md

doctest: ## Examples in the documentation
	@$(STEP) doctest cargo test --locked --workspace --doc --quiet

# Property tests try the same cases each time, so that a change is judged by what it changes; another number gives others.
unit: export PROPTEST_RNG_SEED ?= 7
unit: setup ## Tests of the code
	@$(STEP) unit $(TOOLS)/cargo-nextest nextest run --locked --workspace

# As they are deployed but for the profile: linked against the glibc of Amazon Linux 2023.
functions: setup ## The functions, built for Lambda: whether they start there, and the API carries no engine
	@PATH=$(CURDIR)/$(TOOLS):$$PATH $(STEP) functions cargo lambda build --locked --lambda-dir .aws-sam/dev \
		$(addprefix --bin ,$(FUNCTIONS))
	@$(STEP) bootstraps scripts/check_bootstraps.py \
		$(foreach name,$(FUNCTIONS),$(name)=.aws-sam/dev/$(name)/bootstrap)
	@$(STEP) checks $(SAM)/python -B scripts/check_bootstraps_test.py

deployed: compile functions ## The template, deployed to an emulated AWS and driven over HTTP
	@$(STEP) deployed $(SAM)/python scripts/deploy_test.py

golden: ## Write the corpus's golden results anew; review the difference before you commit it
	@UPDATE_GOLDEN=1 cargo test --locked --package extract --test corpus golden

quality: ## Precision and recall against what people found right (VERBOSE=1 names what is wrong, RECORD=1 records)
	@cargo run --locked --quiet --package extract --example quality -- $(if $(VERBOSE),--verbose) $(if $(RECORD),--record)

bench-extract: ## Processor time and memory for each kind of document, beside other tools
	@scripts/setup.sh bench
	@cargo build --locked --release --package extract --example repeat
	@cargo build --locked --release --manifest-path shared/extract/peers/Cargo.toml --target-dir $${CARGO_TARGET_DIR:-target}/peers
	@.tools/bench/bin/python scripts/bench_documents.py .tools/bench-documents
	@.tools/bench/bin/python scripts/bench_extract.py

fuzz: ## 20,000 damaged documents, then each fuzz target for FUZZ_SECONDS (60)
	@MUTATIONS=20000 cargo test --locked --package extract --test corpus mutations
	@scripts/fuzz.sh

costs: setup ## docs/costs.md, against what was counted
	@$(STEP) costs $(SAM)/python scripts/cost.py --check

smoke: compile setup ## The REST contract under cargo-lambda, on each AWS that can run here
	@$(STEP) provision $(SAM)/python localstack/provision_test.py
	@$(STEP) smoke scripts/smoke.py

promises: ## Random calls against what the API promises, for longer (PROMISES=500 plays of each kind)
	@PROMISES=$(PROMISES) $(STEP) promises cargo test --locked --package api --test promises

model: ## Larger searches of the job protocol (minutes, 3 GB)
	@$(STEP) model cargo test --locked --package job --test model -- --ignored --test-threads=1
