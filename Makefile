# `make` lists what there is. Every target does the set-up that it needs.

OUT ?= out
DATA ?= data/fashion-mnist
PROFILE ?= standard
SWIFT_SOURCES = $(wildcard Package.swift Sources Tests Examples Benchmarks)
TOUCHSTONE = .build/release/touchstone

.DEFAULT_GOAL := help
.PHONY: help setup build audit test test-slow format lint coverage bench bench-evasion bench-yield bench-explanations bench-geometry bench-lipschitz bench-diffusion bench-steps bench-store conformance conformance-evasion conformance-explanations conformance-smoothness conformance-lipschitz conformance-inversion conformance-otnn conformance-processes schema docs guides clean bench-scaling

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-22s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## System packages, libtorch and plotly.js
	@Scripts/setup

build: setup ## The command, optimised, in .build/release/touchstone
	@swift build -c release --product touchstone

audit: build ## Audit the built-in reference model; the report goes to out/audit
	@$(TOUCHSTONE) audit --out $(OUT)/audit

# Examples, benchmarks and the guides' packages share one folder, so that the libraries are compiled once for them.
test: lint ## Format check, build without warnings, unit tests; examples, benchmarks and guides work
	@Scripts/build --build-tests
	@swift build --package-path Examples --scratch-path .build/dependents
	@swift build --package-path Benchmarks --scratch-path .build/dependents
	@OMP_NUM_THREADS=1 Scripts/test --skip-build
	@Scripts/guides

test-slow: setup ## The tests that train or attack for minutes, too
	@swift build --build-tests
	@OMP_NUM_THREADS=1 TOUCHSTONE_SLOW_TESTS=1 Scripts/test --skip-build

coverage: setup ## Measure how often every 95 % interval covers; prints a table
	@TOUCHSTONE_COVERAGE=1 swift test -c release -Xswiftc -enable-testing \
	  --scratch-path .build/coverage --filter Coverage

format: ## Format every Swift file in place
	@swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

lint: setup ## Check the format
	@swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)

bench: setup ## Time PGD against torchattacks, Foolbox and ART (MODEL=file DATA=folder)
	@Conformance/setup
	@swift build -c release --package-path Benchmarks
	@Benchmarks/.build/release/benchmarks $(if $(MODEL),--model $(MODEL) --data $(DATA))

bench-evasion: setup ## Time APGD, Square and AutoAttack against their peers (MODEL=file DATA=MNIST)
	@Conformance/setup
	@swift build -c release --package-path Benchmarks --product evasion-benchmark
	@Benchmarks/.build/release/evasion-benchmark --model "$(MODEL)" --data "$(DATA)" $(ATTACKS) \
	  $(if $(COUNT),--count $(COUNT)) $(if $(THREADS),--workers $(THREADS))

bench-yield: setup ## Measure what each attack of `fast` breaks in a second, which orders it (MODEL, DATA)
	@swift build -c release --package-path Benchmarks --product evasion-benchmark
	@Benchmarks/.build/release/evasion-benchmark yield --cache $(OUT)/yield \
	  $(if $(MODEL),--model "$(MODEL)" --data "$(DATA)") $(if $(COUNT),--count $(COUNT))

bench-explanations: setup ## Time RISE, KernelSHAP and SmoothGrad against captum (MODEL=file DATA=folder)
	@Conformance/setup
	@swift build -c release --package-path Benchmarks --product explanation-benchmark
	@Benchmarks/.build/release/explanation-benchmark --model "$(MODEL)" --data "$(DATA)" $(METHODS)

bench-geometry: setup ## Time regularisation paths against scikit-learn (DATA=MNIST)
	@Conformance/setup
	@swift build -c release --package-path Benchmarks --product geometry-benchmark
	@Benchmarks/.build/release/geometry-benchmark --data "$(DATA)"

bench-steps: setup ## Time smoothness training steps against PyTorch
	@Conformance/setup
	@swift build -c release --package-path Benchmarks --product step-benchmark
	@Benchmarks/.build/release/step-benchmark

bench-lipschitz: setup ## Time 1-Lipschitz training steps against deel-torchlip and the plain twin
	@Conformance/setup
	@swift build -c release --package-path Benchmarks --product lipschitz-benchmark
	@Benchmarks/.build/release/lipschitz-benchmark

bench-diffusion: setup ## Time training and sampling of diffusion priors against PyTorch (WORKERS=1)
	@Conformance/setup
	@swift build -c release --package-path Benchmarks --product diffusion-benchmark
	@Benchmarks/.build/release/diffusion-benchmark $(if $(WORKERS),--workers $(WORKERS))

bench-scaling: setup ## Time training and an attack in 1, 2 and 4 processes of one core (PROCESSES=4)
	@swift build -c release --package-path Benchmarks --product scaling-benchmark
	@Benchmarks/.build/release/scaling-benchmark $(if $(PROCESSES),--processes $(PROCESSES))

bench-store: build ## The run store: two writers for a minute, and ten thousand runs
	@swift build -c release --package-path Benchmarks --product store-benchmark
	@TOUCHSTONE=$(TOUCHSTONE) Benchmarks/.build/release/store-benchmark size 10000
	@Benchmarks/.build/release/store-benchmark load 60

conformance: build ## Compare an audit with the Python peers (DATA=folder of Fashion-MNIST)
	@Conformance/compare --data "$(DATA)" --profile $(PROFILE) --out $(OUT)/conformance

conformance-evasion: build ## Compare AutoAttack with its authors' own (MODEL=file DATA=MNIST)
	@Conformance/compare-autoattack --model "$(MODEL)" --data "$(DATA)" \
	  $(if $(COUNT),--count $(COUNT)) $(if $(THREADS),--threads $(THREADS))

conformance-explanations: build ## Compare attributions with captum's (MODEL=file DATA=folder)
	@Conformance/setup
	@.peers/bin/python Conformance/explanations.py --model "$(MODEL)" --data "$(DATA)"

conformance-smoothness: setup ## Compare VAT, SAM, ASAM, TRADES and MART with PyTorch
	@Conformance/setup
	@swift build -c release --package-path Benchmarks --product smoothness-conformance
	@.peers/bin/python Conformance/smoothness.py --out $(OUT)/conformance-smoothness

conformance-lipschitz: setup ## Compare exported deel-torchlip networks and weights with deel-torchlip
	@Conformance/setup
	@swift build -c release --package-path Benchmarks --product lipschitz-conformance
	@.peers/bin/python Conformance/lipschitz.py --out $(OUT)/conformance-lipschitz

conformance-inversion: setup ## Compare MI-Face with ART's, and PRDC with the package prdc
	@Conformance/setup
	@swift build -c release --package-path Benchmarks --product inversion-conformance
	@.peers/bin/python Conformance/inversion.py --out $(OUT)/conformance-inversion

conformance-otnn: build ## Compare networks trained by optimal transport with deel-torchlip's (DATA=Fashion-MNIST)
	@Conformance/compare-otnn --data "$(DATA)" --out $(OUT)/compare-otnn

conformance-processes: build ## Compare training, an audit and a lost process in 1 to 4 processes by torchrun (DATA=MNIST)
	@Conformance/setup
	@.peers/bin/python Conformance/processes.py --data "$(DATA)" --out $(OUT)/conformance-processes

schema: setup ## The JSON Schema of recipes, for editors, from the types
	@swift build --product touchstone
	@.build/debug/touchstone recipes --schema > Recipes/recipe.schema.json

docs: setup ## Guides, pages and the reference of every library as a site in out/docs; warnings are errors
	@Scripts/docs $(OUT)/docs

guides: setup ## Run the commands of the guides as they stand there (GUIDES="Certify Explain")
	@swift build --product touchstone
	@Scripts/guides $(GUIDES)

clean: ## Remove what was built; libtorch and the Python peers stay
	@rm -rf .build Benchmarks/.build Examples/.build $(OUT)
