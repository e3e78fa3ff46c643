JOBS ?= $(shell nproc)
export JOBS

.DEFAULT_GOAL := help
.PHONY: help deps check-deps build replay test check soak bench format lint clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile
	@echo "  JOBS=N sets the number of parallel jobs (default: all cores)"

deps: ## install the Debian packages that build and test need (root)
	@scripts/deps build

check-deps: ## install also what check, lint and format need: clang 16 (root)
	@scripts/deps build check

build: deps ## optimized build; the executable is build/chronofault
	@scripts/configure_and_build release shipped

replay: build ## replay the documented incidents
	build/chronofault replay all

test: deps ## what every change must pass (15 minutes on 2 cores)
	@scripts/test

check: check-deps ## both compilers, -O0, sanitizers, full case counts, lint (80 minutes)
	@scripts/check

soak: build ## the long searches, resumable
	scripts/soak

bench: deps ## measure; prints a table and writes build/bench.json
	@scripts/configure_and_build release chronofault_bench
	build/release/bin/chronofault_bench --json build/bench.json

format: check-deps ## format all C++ files in place
	@scripts/format

lint: check-deps ## clang-tidy; ONLY=PATTERN takes the files whose path matches
	@scripts/lint $(ONLY)

clean: ## remove build/
	rm -rf build
