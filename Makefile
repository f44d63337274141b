# Everything a user, a developer and CI run; nothing here but test-clients needs more than the Rust toolchain.
CARGO ?= cargo
CSV ?= samples/course.csv
RATE ?= 60
FUZZ_SECONDS ?= 600

.PHONY: help run test test-clients fmt lint doc golden fuzz bench

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

run: ## rehearse samples/course.csv against the built-in Graph and show the first lines of the result
	$(CARGO) build --locked --release --quiet
	@mkdir -p target/run
	target/release/convoke provision $(CSV) --rehearse --rate $(RATE) -o target/run/joined.csv --report target/run/report.html
	@echo; echo "The first lines of target/run/joined.csv, cut short:"
	@head -n 4 target/run/joined.csv | sed -e 's/^\(.\{280\}\).*/\1…/' -e G

test: fmt lint doc ## everything: format, lints, documentation, unit and integration tests
	$(CARGO) test --locked --quiet

# The program as `make test` builds it, so that nothing is compiled twice.
test-clients: ## the official SDKs for Python and JavaScript against `convoke simulate`; what is missing here is skipped
	$(CARGO) test --locked --quiet --test it --no-run
	tests/clients/run target/debug/convoke

fmt: ## is everything formatted?
	$(CARGO) fmt --check

lint: ## lints, warnings denied; also of a build without the embedded Graph
	$(CARGO) clippy --locked --quiet --all-targets -- -D warnings
	$(CARGO) clippy --locked --quiet --no-default-features -- -D warnings

doc: ## the documentation builds, warnings denied
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --quiet --no-deps --document-private-items

golden: ## write the expected output of samples/awkward.csv and of tests/wrong anew, to be read before it is committed
	CONVOKE_GOLDEN=write $(CARGO) test --locked --quiet --test it -- awkward wrong::

fuzz: ## bytes to rows for ten minutes, or for FUZZ_SECONDS: no panic, no hang, no memory beyond ten times the input
	CONVOKE_FUZZ_SECONDS=$(FUZZ_SECONDS) $(CARGO) test --locked --release --quiet --test fuzz

bench: ## what a run costs beside a bare loop, against the built-in Graph: some minutes; QUICK=1 for a smoke run of seconds
	CONVOKE_BENCH_QUICK=$(QUICK) $(CARGO) bench --locked --bench bench
