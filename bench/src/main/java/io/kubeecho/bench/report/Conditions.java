package io.kubeecho.bench.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a figure depends on besides the server: without it, two runs cannot be compared. */
public final class Conditions {

    private static final String REVISION = "org.opencontainers.image.revision";

    private Conditions() {}

    /**
     * Looks them up.
     *
     * @param image its name, for the engine
     * @param imageRoot where it is unpacked
     */
    public static Map<String, String> look(String image, Path imageRoot) throws IOException, InterruptedException {
        Map<String, String> conditions = new LinkedHashMap<>();
        conditions.put("CPU", first("(?m)^model name\\s*: (.*)$", Files.readString(Path.of("/proc/cpuinfo"))));
        conditions.put("CPUs", String.valueOf(Runtime.getRuntime().availableProcessors()));
        conditions.put(
                "memory",
                Long.parseLong(first("MemTotal:\\s*(\\d+)", Files.readString(Path.of("/proc/meminfo")))) / 1024
                        + " MiB");
        conditions.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        conditions.put("distribution", first("PRETTY_NAME=\"(.*)\"", Files.readString(Path.of("/etc/os-release"))));
        conditions.put("load before", first("^(\\S+)", Files.readString(Path.of("/proc/loadavg"))));
        conditions.put(
                "commit of the image",
                said("docker", "inspect", "--format", "{{index .Config.Labels \"" + REVISION + "\"}}", image));
        conditions.put(
                "runtime of the image",
                first(
                        "JAVA_RUNTIME_VERSION=\"(.*)\"|JAVA_VERSION=\"(.*)\"",
                        Files.readString(imageRoot.resolve("opt/java/release"))));
        conditions.put("nginx", first("nginx/(\\S+)", said("nginx", "-v")));
        conditions.put("HAProxy", first("version (\\S+)", said("haproxy", "-v")));
        conditions.put("wrk", first("wrk (\\S+)", said("wrk", "-v")));
        return conditions;
    }

    private static String first(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            return "unknown";
        }
        for (int group = 1; group <= matcher.groupCount(); group++) {
            if (matcher.group(group) != null) {
                return matcher.group(group).strip();
            }
        }
        return "unknown";
    }

    private static String said(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        String all = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return all.strip();
    }
}
