package io.kubeecho.page;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real browser, where the machine has one. */
public final class Chromium {

    private Chromium() {}

    /**
     * What a page has become once its scripts have run; where there is no browser, or none that is fast enough, the test is
     * skipped.
     *
     * @param folder for what the browser keeps
     */
    public static String dom(Path page, Path folder) throws IOException, InterruptedException {
        Optional<Path> chromium = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(chromium.isPresent(), "no chromium here");
        Path dom = folder.resolve("dom.html");
        Process browser = new ProcessBuilder(
                        chromium.orElseThrow().toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "--dump-dom",
                        page.toUri().toString())
                .redirectOutput(dom.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assumeTrue(browser.waitFor(60, TimeUnit.SECONDS), "the browser is too slow here");
        } finally {
            browser.destroyForcibly().waitFor();
        }
        return Files.readString(dom, StandardCharsets.UTF_8);
    }
}
