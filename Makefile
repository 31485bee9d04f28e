# kube-echo: `make` lists what there is. JDK 17 or newer and Maven are all that demo and test need.
MVN ?= mvn --batch-mode --no-transfer-progress

.DEFAULT_GOAL := help
.PHONY: help build demo test fuzz fault-series variation-series soak image testbed conformance agreement faults bench hostile jmh audit format clean planes

IMAGE ?= kube-echo/echo-server:dev

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## compile, and put the kube-echo launcher here
	$(MVN) --quiet package -Dmaven.test.skip=true
	install -m 755 harness/src/main/sh/kube-echo kube-echo

demo: build ## build, and verify the embedded lab: verdicts, and a report in report/
	./kube-echo verify

test: ## every test that needs no cluster
	$(MVN) verify $(ARGS)

FUZZ_TRIES ?= 100000

fuzz: ## the properties of what reads a client's bytes, for longer than the tests do (FUZZ_TRIES of each)
	$(MVN) --projects echo-server test -Dtest='*Properties,LogTextTest,PathRuleTest,BodySkipperTest' -Djqwik.tries.default=$(FUZZ_TRIES)

fault-series: ## each fault of the embedded lab RUNS times (20), each with a seed of its own; WRITE=true for docs/faults.md
	$(MVN) -pl harness -am test -Dtest=FaultsTest -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dfaults.runs=$(or $(RUNS),20) -Dfaults.named=$(FAULTS) -Dfaults.write=$(or $(WRITE),false)

variation-series: ## the whole suite RUNS times (20) on each permitted variation of the embedded lab: no FAIL
	$(MVN) -pl harness -am test -Dtest=VariationsTest -Dsurefire.failIfNoSpecifiedTests=false -Dvariations.runs=$(or $(RUNS),20)

soak: build ## verify the embedded lab RUNS times (100), and keep what any run left that was not all PASS
	harness/src/test/sh/soak

image: ## the echo server's container image
	k8s/testbed/testbed engine
	docker image inspect debian:trixie-slim >/dev/null 2>&1 || docker pull debian:trixie-slim || k8s/testbed/testbed base trixie
	docker build --target echo-server --tag $(IMAGE) --build-arg VERSION=0.1.0 --build-arg REVISION=$$(git rev-parse HEAD) \
	  --build-arg CREATED=$$(git log -1 --format=%cI) .

testbed: ## a real cluster of three nodes from Go modules and Debian's packages, where no registry can be reached (root)
	k8s/testbed/testbed up

planes: build image ## the scenarios on every kube-proxy and mode that the testbed has, for docs/planes.md (WRITE=true; ARGS="'1.36.3 nftables'")
	IMAGE=$(IMAGE) WRITE=$(WRITE) k8s/planes $(ARGS)

conformance: build image ## verify on k3s through Testcontainers (K3S_IMAGE for another node image, RUNS=20 for so many)
	IMAGE=$(IMAGE) RUNS=$(or $(RUNS),1) k8s/conformance $(ARGS)

agreement: image ## hold the embedded lab to a real kube-proxy in both modes, in docs/agreement.md (MODE=nftables; WRITE=true to write it)
	IMAGE=$(IMAGE) k8s/in-docker $(MVN) -pl harness -am test -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dkube-echo.cluster=k3s -Dtest=AgreementTest -Dkube-echo.proxy-mode=$(MODE) -Ddocs.write=$(or $(WRITE),false)

faults: image ## break the nodes of a real cluster in both modes of kube-proxy and see it found out, in docs/faults-real.md (FAULTS=a,b; MODE=nftables; WRITE=true)
	IMAGE=$(IMAGE) k8s/in-docker $(MVN) -pl harness -am test -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dkube-echo.cluster=k3s -Dtest=RealFaultsTest -Dkube-echo.faults=$(FAULTS) -Dkube-echo.proxy-mode=$(MODE) -Ddocs.write=$(or $(WRITE),false)

bench: image ## the image beside nginx, HAProxy and others, for docs/benchmarks.md: about 40 minutes (root); ARGS=part for one part
	$(MVN) --quiet package -Pbench -Dmaven.test.skip=true
	IMAGE=$(IMAGE) bench/run $(ARGS)

hostile: image ## the image in 192 MiB under eight attacks, a good client beside: 10 minutes each (MINUTES=n, HOSTILE="name name"; WRITE=alone for docs/hostile.md)
	$(MVN) --quiet package -Phostile --projects hostile
	IMAGE=$(IMAGE) MINUTES=$(or $(MINUTES),10) WRITE=$(WRITE) hostile/run $(HOSTILE)

jmh: ## the hot path alone, with what it allocates
	$(MVN) --quiet package -Pbench -pl bench -am -Dmaven.test.skip=true
	java -cp 'bench/target/classes:bench/target/lib/*' org.openjdk.jmh.Main -prof gc $(ARGS)

audit: ## which libraries have a newer stable release; pom.xml says why one stays behind
	$(MVN) --non-recursive org.codehaus.mojo:versions-maven-plugin:2.21.0:display-property-updates \
	  -Dmaven.version.ignore='.*-(M|alpha|beta|rc)[-.]?[0-9]*'

format: ## format the sources as the build demands it
	$(MVN) --quiet spotless:apply

clean: ## remove what was built and reported
	$(MVN) --quiet clean
	rm -rf kube-echo report
