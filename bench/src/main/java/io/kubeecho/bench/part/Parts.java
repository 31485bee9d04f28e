package io.kubeecho.bench.part;

import io.kubeecho.bench.client.H2Load;
import io.kubeecho.bench.client.Wrk;
import io.kubeecho.bench.report.Figure.Goal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All parts, in the order of the table. Goals are the ones of issue 6. */
public final class Parts {

    private Parts() {}

    /** By the names that the command line takes. */
    public static Map<String, Part> byName() {
        Map<String, Part> parts = new LinkedHashMap<>();
        parts.put(
                "keepalive",
                new CpuBesidePeers(
                        "keepalive",
                        "keep-alive",
                        Wrk.keepAlive(),
                        bench -> bench.echo().quiet(),
                        bench -> List.of(
                                bench.peers().nginx(bench.peerPort(), false),
                                bench.peers().haproxy(bench.peerPort() + 1),
                                bench.peers().jdk(bench.peerPort() + 2)),
                        new Goal(1.15, 1.0)));
        parts.put(
                "connections",
                new CpuBesidePeers(
                        "connections",
                        "a new connection each",
                        Wrk.newConnections(),
                        bench -> bench.echo().quiet(),
                        bench -> List.of(
                                bench.peers().nginx(bench.peerPort(), false),
                                bench.peers().haproxy(bench.peerPort() + 1),
                                bench.peers().jdk(bench.peerPort() + 2)),
                        new Goal(1.8, 1.2)));
        parts.put(
                "log",
                new CpuBesidePeers(
                        "log",
                        "access log on",
                        Wrk.keepAlive(),
                        bench -> bench.echo().logging(),
                        bench -> List.of(bench.peers().nginx(bench.peerPort(), true)),
                        new Goal(1.2, 1.0)));
        parts.put(
                "pipeline",
                new CpuBesidePeers(
                        "pipeline",
                        "16 pipelined",
                        Wrk.pipelined(),
                        bench -> bench.echo().quiet(),
                        bench -> List.of(bench.peers().nginx(bench.peerPort(), false)),
                        null));
        parts.put(
                "json",
                new CpuBesidePeers(
                        "json",
                        "JSON",
                        Wrk.keepAlive().with("Kube-Echo-Format: json"),
                        bench -> bench.echo().quiet(),
                        // which answers its line to that, too
                        bench -> List.of(bench.peers().nginx(bench.peerPort(), false)),
                        null));
        parts.put(
                "tls",
                new CpuBesidePeers(
                        "tls",
                        "TLS keep-alive",
                        Wrk.keepAlive().overTls(),
                        bench -> bench.echo().withTlsAndHttp2(bench.certificate()),
                        bench -> List.of(bench.peers().nginxWithTlsAndHttp2(bench.peerPort(), bench.certificate())),
                        null));
        parts.put(
                "h2c",
                new CpuBesidePeers(
                        "h2c",
                        "HTTP/2 without TLS, 10 at once",
                        new H2Load(),
                        bench -> bench.echo().withTlsAndHttp2(bench.certificate()),
                        bench -> List.of(bench.peers().nginxWithTlsAndHttp2(bench.peerPort(), bench.certificate())),
                        null));
        parts.put("metrics", new MetricsCost());
        parts.put("loops", new EventLoops());
        parts.put("start", new Start());
        parts.put("memory", new LoadedMemory());
        parts.put("image", new ImageSize());
        parts.put("open", new IdleConnections());
        parts.put("latency", new Latency());
        parts.put("warmup", new WarmUp());
        parts.put("steps", Steps.ofOptions());
        parts.put("verify", new Conformance());
        return parts;
    }
}
