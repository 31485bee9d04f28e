# Two images from Debian's packages and Maven Central alone:
#   docker build -t kube-echo/echo-server:dev .
#   docker build -t kube-echo/harness:dev --target harness .
# It keeps to what every builder has (no cache mounts, no syntax line), so it also builds where no registry is reached.

FROM debian:trixie-slim AS tools
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends openjdk-25-jdk-headless maven ca-certificates binutils && \
    rm -rf /var/lib/apt/lists/* && \
    ln -s /usr/lib/jvm/java-25-openjdk-* /usr/lib/jvm/java-25-openjdk
ENV JAVA_HOME=/usr/lib/jvm/java-25-openjdk

# --- dependencies: a layer that changes with the poms only -----------------------------------------------------------
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
    mvn package && rm -rf */src */target

# --- the echo server -------------------------------------------------------------------------------------------------
FROM build AS echo-build
COPY echo-server/src/main echo-server/src/main
RUN mvn --offline package -pl echo-server && \
    mkdir /app && mv echo-server/target/lib /app/lib && mv echo-server/target/echo-server-*.jar /app/echo-server.jar
# Netty would unpack its native library into a temporary folder, for which a read-only root has no place
RUN mkdir /app/native && cd /app/native && $JAVA_HOME/bin/jar -xf ../lib/netty-transport-native-epoll-*-linux-$(uname -m | sed s/aarch64/aarch_64/).jar META-INF/native && \
    mv META-INF/native/* . && rm -r META-INF && rm ../lib/netty-transport-native-epoll-*-linux-*.jar
COPY echo-server/src/main/image/java.options /app/

FROM tools AS runtime
RUN $JAVA_HOME/bin/jlink --output /opt/java --strip-debug --no-man-pages --no-header-files \
      --add-modules java.base,java.logging,java.management,java.naming,jdk.management,jdk.unsupported

FROM debian:trixie-slim
COPY --from=runtime /opt/java /opt/java
COPY --from=echo-build /app /app
USER 65532:65532
EXPOSE 80 9180
# no shell in between: Java is process 1 and hears SIGTERM
ENTRYPOINT ["/opt/java/bin/java", "@/app/java.options"]
