# Two images from Debian's packages and Maven Central alone:
#   docker build -t kube-echo/echo-server:dev .
#   docker build -t kube-echo/harness:dev --target harness .
# It keeps to what every builder has (no cache mounts, no syntax line), so it also builds where no registry is reached.
# docs/image.md says what is in them, and why.

FROM debian:trixie-slim AS tools
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends openjdk-25-jdk-headless maven ca-certificates binutils && \
    rm -rf /var/lib/apt/lists/* && \
    ln -s /usr/lib/jvm/java-25-openjdk-* /usr/lib/jvm/java-25-openjdk
ENV JAVA_HOME=/usr/lib/jvm/java-25-openjdk

# --- dependencies, and the lists of them: a layer that changes with the poms only ----------------
FROM tools AS build
ENV MAVEN_ARGS="--batch-mode --no-transfer-progress -DskipTests -Dspotless.check.skip"
WORKDIR /build
COPY .mvn .mvn
COPY pom.xml .
COPY echo-server/pom.xml echo-server/
COPY harness/pom.xml harness/
# a class to compile, since the compiler's plugins are fetched only when there is one
RUN for module in echo-server harness; do \
      mkdir -p $module/src/main/java/none && echo 'package none; interface None {}' >$module/src/main/java/none/None.java || exit; \
    done && \
    mvn package && mkdir /sbom && for module in echo-server harness; do mv $module/target/bom.json /sbom/$module.cdx.json || exit; done && \
    rm -rf */src */target

# --- the echo server -------------------------------------------------------------------------------------------------
FROM build AS echo-build
# one time for every file: the AOT cache holds the jars' times, and two builds are to be the same
ARG SOURCE_DATE_EPOCH=1793491200
COPY echo-server/src/main/java echo-server/src/main/java
COPY echo-server/src/main/resources echo-server/src/main/resources
RUN mvn --offline package -pl echo-server && \
    mkdir -p /app/native && mv echo-server/target/lib /app/lib && mv echo-server/target/echo-server-*.jar /app/echo-server.jar && \
    mv /sbom/echo-server.cdx.json /app/sbom.cdx.json
# Netty would unpack its native library into a temporary folder, for which a read-only root has no place
RUN cd /app/native && $JAVA_HOME/bin/jar -xf ../lib/netty-transport-native-epoll-*-linux-$(uname -m | sed s/aarch64/aarch_64/).jar META-INF/native && \
    mv META-INF/native/* . && rm -r META-INF && rm ../lib/netty-transport-native-epoll-*-linux-*.jar
COPY echo-server/src/main/image/java.options /app/
RUN find /app -exec touch -hd @$SOURCE_DATE_EPOCH {} +

FROM tools AS echo-runtime
ARG SOURCE_DATE_EPOCH=1793491200
RUN $JAVA_HOME/bin/jlink --output /opt/java --compress zip-9 --strip-debug --no-man-pages --no-header-files \
      --add-modules java.base,java.logging,java.management,java.naming,jdk.management,jdk.unsupported && \
    rm -f /opt/java/lib/jrt-fs.jar /opt/java/lib/classlist /opt/java/lib/jexec /opt/java/bin/keytool /opt/java/bin/rmiregistry && \
    strip --strip-unneeded /opt/java/lib/server/libjvm.so && \
    find /opt/java -exec touch -hd @$SOURCE_DATE_EPOCH {} +

# the training: the same files at the same places as in the image, in a Debian with the full JDK for the client
FROM tools AS echo-train
COPY --from=echo-runtime /opt/java /opt/java
COPY --from=echo-build /app /app
COPY echo-server/src/main/image /image
ARG SOURCE_DATE_EPOCH=1793491200
RUN /image/train.sh && find /app -exec touch -hd @$SOURCE_DATE_EPOCH {} +
RUN /image/rootfs.sh /rootfs base-files gcc-14-base libc6 libgcc-s1 libstdc++6 openjdk-25-jre-headless zlib1g && \
    find /rootfs -exec touch -hd @$SOURCE_DATE_EPOCH {} +

FROM scratch AS echo-server
COPY --from=echo-train /rootfs /
COPY --from=echo-runtime /opt/java /opt/java
COPY --from=echo-train /app /app
COPY LICENSE /app/
# one arena of the C library's allocator is enough for a JVM, and smaller
ENV MALLOC_ARENA_MAX=1
USER 65532:65532
EXPOSE 80 9180
# no shell in between: Java is process 1 and hears SIGTERM
ENTRYPOINT ["/opt/java/bin/java", "@/app/java.options"]
ARG VERSION=dev
ARG REVISION=unknown
ARG CREATED
LABEL org.opencontainers.image.title="kube-echo echo server" \
      org.opencontainers.image.description="An HTTP echo backend for Kubernetes: says who answered, and whose address it saw." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="scratch" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED"

# --- the harness -----------------------------------------------------------------------------------------------------
FROM build AS harness-build
ARG SOURCE_DATE_EPOCH=1793491200
COPY echo-server/src/main/java echo-server/src/main/java
COPY echo-server/src/main/resources echo-server/src/main/resources
COPY harness/src/main harness/src/main
RUN mvn --offline package && \
    mkdir /app && mv harness/target/lib /app/lib && mv harness/target/harness-*.jar /app/harness.jar && mv /sbom/harness.cdx.json /app/sbom.cdx.json && \
    find /app -exec touch -hd @$SOURCE_DATE_EPOCH {} +

FROM tools AS harness-runtime
ARG SOURCE_DATE_EPOCH=1793491200
RUN $JAVA_HOME/bin/jlink --output /opt/java --compress zip-9 --strip-debug --no-man-pages --no-header-files \
      --add-modules java.base,java.compiler,java.instrument,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.sql,java.xml,jdk.crypto.ec,jdk.jfr,jdk.management,jdk.naming.dns,jdk.unsupported,jdk.zipfs && \
    strip --strip-unneeded /opt/java/lib/server/libjvm.so && \
    find /opt/java -exec touch -hd @$SOURCE_DATE_EPOCH {} +
COPY echo-server/src/main/image/rootfs.sh /image/
RUN mkdir -p /app/native && /image/rootfs.sh /rootfs base-files gcc-14-base libc6 libgcc-s1 libstdc++6 openjdk-25-jre-headless zlib1g && \
    find /rootfs -exec touch -hd @$SOURCE_DATE_EPOCH {} +

FROM scratch AS harness
COPY --from=harness-runtime /rootfs /
COPY --from=harness-runtime /opt/java /opt/java
COPY --from=harness-build /app /app
COPY LICENSE /app/
USER 65532:65532
# a place for the report, and for the libraries that are unpacked
WORKDIR /tmp
ENTRYPOINT ["/opt/java/bin/java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-jar", "/app/harness.jar"]
CMD ["--help"]
ARG VERSION=dev
ARG REVISION=unknown
ARG CREATED
LABEL org.opencontainers.image.title="kube-echo" \
      org.opencontainers.image.description="Finds out what a cluster's Services really do: who answers, for how long the same, and whose address is seen." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="scratch" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED"

# --- without --target, the echo server -------------------------------------------------------------------------------
FROM echo-server
