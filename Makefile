# Targets for people; .ci/run is what a machine runs.
GO ?= go

.PHONY: build run test test-embedded test-services race bench lint golden tidy-check tools clean

build: ## the one binary
	CGO_ENABLED=0 $(GO) build -trimpath -o dandelion .

run: ## everything in one process, with nothing installed
	$(GO) run . serve

test: test-embedded test-services ## all tests, on both families of engines

test-embedded: ## SQLite and the Redis of the process
	$(GO) test -count=1 ./...

test-services: ## MariaDB and Redis, started for this; nothing may be skipped
	.ci/with-services .ci/test

race: ## the detector of data races, where goroutines meet
	CGO_ENABLED=1 $(GO) test -race -count=1 ./internal/... ./api/... ./service/...

bench: ## speed, on both families of engines
	$(GO) test -run '^$$' -bench . -benchtime 500x -timeout 60m ./bench/...
	.ci/with-services $(GO) test -run '^$$' -bench . -benchtime 500x -timeout 60m ./bench/...

lint: ## format, vet, staticcheck, gosec
	.ci/lint

golden: ## write the generated documents again
	$(GO) test ./docs -update

tidy-check: ## go.mod lists what is used, and no more
	$(GO) mod tidy -diff

tools: ## the checkers, in .ci/bin
	.ci/lint --tools

clean:
	rm -rf dandelion .ci/bin
