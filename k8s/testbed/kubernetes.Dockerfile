# Kubernetes, compiled from Debian's own source package: the part that takes minutes, so it is an image of its own that
# changes only with this file. `testbed image` builds it and keeps it.

FROM debian:bookworm-slim AS kubernetes
RUN sed -i 's/^Types: deb$/Types: deb deb-src/' /etc/apt/sources.list.d/*.sources 2>/dev/null; \
    [ ! -s /etc/apt/sources.list ] || sed 's/^deb /deb-src /' /etc/apt/sources.list >/etc/apt/sources.list.d/source.list; \
    apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends dpkg-dev golang-go golang-github-modern-go-reflect2-dev \
      gcc libc6-dev make rsync jq ca-certificates git
WORKDIR /build
# the vendored reflect2 1.0.1 crashes on Go 1.18 and later when a map is encoded (an API answer to curl): take Debian's 1.0.2
RUN apt-get source -q kubernetes && mv kubernetes-* src && rm -rf src/vendor/github.com/modern-go/reflect2 && \
    cp -rL /usr/share/gocode/src/github.com/modern-go/reflect2 src/vendor/github.com/modern-go/
WORKDIR /build/src
ENV GOPATH=/build/src/.go CGO_ENABLED=0 GOFLAGS=-mod=vendor
RUN mkdir -p .go/src/k8s.io && ln -s ../../.. .go/src/k8s.io/kubernetes && \
    make WHAT="cmd/kube-apiserver cmd/kube-controller-manager cmd/kube-scheduler cmd/kubelet cmd/kube-proxy cmd/kubectl" && \
    cp _output/local/bin/linux/*/kube* /usr/local/bin/ && \
    gcc -Os -static -DVERSION=debian -o /build/pause build/pause/linux/pause.c && rm -rf _output .go/pkg /root/.cache
# the sandbox image, packed by hand: one layer, one file
RUN cd /build && tar -cf layer.tar pause && \
    printf '{"architecture":"amd64","os":"linux","config":{"Entrypoint":["/pause"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$(sha256sum layer.tar | cut -d' ' -f1)" >config.json && \
    printf '[{"Config":"config.json","RepoTags":["k3s-testbed/pause:latest"],"Layers":["layer.tar"]}]' >manifest.json && \
    tar -cf /pause.tar manifest.json config.json layer.tar
RUN strip /usr/local/bin/kube*

FROM scratch
COPY --from=kubernetes /usr/local/bin/ /usr/local/bin/
COPY --from=kubernetes /pause.tar /opt/k3s/images/pause.tar
