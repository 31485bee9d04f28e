# kube-echo: `make` lists what there is. JDK 17 or newer and Maven are all that demo and test need.
MVN ?= mvn --batch-mode --no-transfer-progress

.DEFAULT_GOAL := help
.PHONY: help build demo test format clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## compile, and put the kube-echo launcher here
	$(MVN) --quiet package -DskipTests
	install -m 755 harness/src/main/sh/kube-echo kube-echo

demo: build ## build, and verify the embedded lab: verdicts, and a report in report/
	./kube-echo verify

test: ## every test that needs no cluster
	$(MVN) verify

format: ## format the sources as the build demands it
	$(MVN) --quiet spotless:apply

clean: ## remove what was built and reported
	$(MVN) --quiet clean
	rm -rf kube-echo report
