# What a node has besides its entry point: Debian's packages, and what ../compile made of Go modules, which `testbed image` puts
# into this context. It changes with those, which is seldom; Dockerfile is on top of it.
FROM debian:trixie-slim
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      containerd runc containernetworking-plugins etcd-server runit iptables nftables iproute2 conntrack ethtool socat util-linux kmod mount procps \
      openssl ca-certificates curl && rm -rf /var/lib/apt/lists/*
COPY bin/ /usr/local/bin/
# images for containerd, imported where they are needed at a node's start
COPY images/ /opt/k3s/images/
COPY images-testbed/ /opt/testbed/images/
