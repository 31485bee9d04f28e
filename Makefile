# kube-echo: `make` lists what there is. JDK 17 or newer and Maven are all that demo and test need.
MVN ?= mvn --batch-mode --no-transfer-progress

.DEFAULT_GOAL := help
.PHONY: help build demo test image testbed conformance format clean

IMAGE ?= kube-echo/echo-server:dev

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## compile, and put the kube-echo launcher here
	$(MVN) --quiet package -Dmaven.test.skip=true
	install -m 755 harness/src/main/sh/kube-echo kube-echo

demo: build ## build, and verify the embedded lab: verdicts, and a report in report/
	./kube-echo verify

test: ## every test that needs no cluster
	$(MVN) verify

image: ## the echo server's container image
	k8s/testbed/testbed engine
	docker image inspect debian:trixie-slim >/dev/null 2>&1 || docker pull debian:trixie-slim || k8s/testbed/testbed base trixie
	docker build --target echo-server --tag $(IMAGE) --build-arg VERSION=0.1.0 --build-arg REVISION=$$(git rev-parse HEAD) \
	  --build-arg CREATED=$$(git log -1 --format=%cI) .

testbed: ## a real cluster of three nodes from Debian's packages, where no registry can be reached (root)
	k8s/testbed/testbed up

conformance: build image ## verify on k3s through Testcontainers (K3S_IMAGE for another node image)
	IMAGE=$(IMAGE) k8s/conformance $(ARGS)

format: ## format the sources as the build demands it
	$(MVN) --quiet spotless:apply

clean: ## remove what was built and reported
	$(MVN) --quiet clean
	rm -rf kube-echo report
