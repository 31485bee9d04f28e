# curl and nothing else, for the tutorial's client pod.
FROM debian:trixie-slim
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends curl && \
    rm -rf /var/lib/apt/lists/*
USER 65532:65532
CMD ["sleep", "infinity"]
