package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeecho.echo.page.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The demo page as an audience sees it, in Debian's Chromium. Skipped where there is none. */
@Tag("long")
class DemoPageBrowserTest {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    @TempDir
    Path profile;

    private EchoServer podA;
    private EchoServer podB;
    private FrontEnd sticky;
    private FrontEnd spread;
    private EchoServer page;
    private ChromeDriver browser;

    @BeforeEach
    void open() throws Exception {
        assumeTrue(
                Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
                "there is no " + CHROMIUM + " with " + DRIVER + " (packages chromium and chromium-driver)");
        podA = vertx.start(EchoConfig.embedded("127.0.0.1", "echo-6d5f7c9b8d-x2x5z"));
        podB = vertx.start(EchoConfig.embedded("127.0.0.1", "echo-6d5f7c9b8d-k8s4q"));
        sticky = FrontEnd.open(vertx.vertx(), podA.port());
        spread = FrontEnd.open(vertx.vertx(), podB.port());
        page = vertx.start(EchoConfig.embedded("127.0.0.1", "affinity-page-7c9f")
                .withManagementPort(0)
                .withPageTargets(Target.list("ClientIP=" + sticky.address() + ",<b>None</b>=" + spread.address())));
        browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .usingAnyFreePort()
                        .build(),
                options());
        browser.get("http://127.0.0.1:" + page.managementPort().orElseThrow() + "/demo");
    }

    private ChromeOptions options() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments(
                "--headless=new",
                // what it shows comes from this test, and containers have no user namespaces for its sandbox
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--proxy-server=direct://",
                "--user-data-dir=" + profile);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        return options;
    }

    @AfterEach
    void quit() {
        if (browser != null) {
            browser.quit();
        }
    }

    @Test
    void showsWhichPodAnsweredEachTargetAndWhatItSaw() {
        command("interval", "200");
        await("three boxes in each row", () -> boxes("ClientIP") >= 3 && boxes("<b>None</b>") >= 3);

        assertThat(text("ClientIP", ".pod")).isEqualTo("…7c9b8d-x2x5z");
        assertThat(text("ClientIP", ".seen")).isEqualTo("saw 127.0.0.1 = own");
        assertThat(text("<b>None</b>", ".pod")).isEqualTo("…7c9b8d-k8s4q");
        assertThat(text("ClientIP", ".address")).isEqualTo(sticky.address());
        assertThat(browser.findElement(By.id("client")).getText()).isEqualTo("affinity-page-7c9f");
        // by order of appearance, so either may be A; the same pod is the same in strip and table
        assertThat(text("ClientIP", ".big"))
                .matches("[AB]")
                .isNotEqualTo(text("<b>None</b>", ".big"))
                .isEqualTo(text("ClientIP", ".pods .box"));

        sticky.route(podB.port(), true);
        await("the move", () -> text("ClientIP", ".pod").equals("…7c9b8d-k8s4q"));
        assertThat(text("ClientIP", ".seen")).isEqualTo("saw " + FrontEnd.NODE + " ≠ 127.0.0.1");
        assertThat(text("ClientIP", ".big"))
                .startsWith(text("<b>None</b>", ".big"))
                .endsWith("≠");
        assertThat(text("ClientIP", ".pods")).contains("x2x5z", "k8s4q", FrontEnd.NODE + " ≠");
        assertThat(complaints()).isEmpty();
    }

    @Test
    void theRunGrowsAndEndsWithAnotherPod() {
        command("interval", "200");
        await("a run of five", () -> run("ClientIP") >= 5);

        click("#pause");
        await("the pause", () -> browser.findElement(By.id("pause")).getText().equals("Resume"));
        sticky.route(podB.port(), false);
        int before = settledConnections();
        click("#once");
        await("the other pod", () -> text("ClientIP", ".pod").equals("…7c9b8d-k8s4q"));

        assertThat(text("ClientIP", ".run")).isEqualTo("first in a row");
        assertThat(sticky.connections()).isEqualTo(before + 1);
    }

    @Test
    void aPauseIsSeenInTheStripWithItsLength() {
        await("a first box", () -> boxes("ClientIP") >= 1);
        click("#pause");
        await("the pause", () -> browser.findElement(By.id("pause")).getText().equals("Resume"));
        await(
                "three seconds",
                () -> Double.parseDouble(text("ClientIP", ".since").replaceAll("[^0-9.]", "")) >= 3);
        int before = boxes("ClientIP");
        click("#once");
        await("one more", () -> boxes("ClientIP") > before);

        List<WebElement> gaps = row("ClientIP").findElements(By.cssSelector(".strip .gap"));
        assertThat(Double.parseDouble(gaps.get(gaps.size() - 1).getText().replaceAll("[^0-9.]", "")))
                .isGreaterThanOrEqualTo(3);
        assertThat(row("ClientIP")
                        .findElements(By.cssSelector(".strip > *"))
                        .get(row("ClientIP")
                                        .findElements(By.cssSelector(".strip > *"))
                                        .size()
                                - 2)
                        .getAttribute("class"))
                .isEqualTo("gap");
    }

    @Test
    void aTargetWithoutAPodIsShownAsSuch() throws Exception {
        command("interval", "200");
        await("a first box", () -> boxes("ClientIP") >= 1);
        sticky.close();
        await("the refusal", () -> text("ClientIP", ".seen").equals("refused"));

        assertThat(text("ClientIP", ".pod")).isEqualTo("no pod answered");
        assertThat(text("ClientIP", ".big")).isEqualTo("✕");
        assertThat(text("ClientIP", ".pods")).contains("nobody");
        assertThat(text("<b>None</b>", ".pod")).isEqualTo("…7c9b8d-k8s4q");
    }

    @Test
    void oneRowIsPausedWhileTheOtherGoesOn() {
        command("interval", "200");
        await("a first box", () -> boxes("ClientIP") >= 1);
        row("ClientIP").findElement(By.cssSelector("button.pause")).click();
        await("the pause", () -> text("ClientIP", "button.pause").equals("Resume"));
        int before = settledConnections();
        int other = spread.connections();
        await("the other row", () -> spread.connections() >= other + 5);

        assertThat(sticky.connections()).isEqualTo(before);
    }

    @Test
    void startsOver() {
        command("interval", "200");
        await("some boxes", () -> boxes("ClientIP") >= 10);
        click("#pause");
        await("the pause", () -> browser.findElement(By.id("pause")).getText().equals("Resume"));
        settledConnections();
        click("#over");

        await("an empty strip", () -> boxes("ClientIP") == 0);
        assertThat(text("ClientIP", ".pod")).isEqualTo("no connection yet");
    }

    /** Nothing may stick out sideways, be cut off or lie over something else, down to a phone's width. */
    @ParameterizedTest
    @CsvSource({"1920,1080,2", "1920,1080,8", "1024,768,2", "390,844,2"})
    void fitsTheScreen(int width, int height, int targets) throws Exception {
        if (targets > 2) {
            EchoServer more = vertx.start(EchoConfig.embedded("127.0.0.1", "policies-page-5d4b")
                    .withManagementPort(0)
                    .withPageTargets(Target.list("ClientIP=" + sticky.address()
                            + IntStream.range(1, targets)
                                    .mapToObj(i -> ",node-" + i + " Local=" + (i % 2 == 0 ? sticky : spread).address())
                                    .collect(Collectors.joining()))));
            browser.get("http://127.0.0.1:" + more.managementPort().orElseThrow() + "/demo");
        }
        browser.manage().window().setSize(new Dimension(width, height));
        setViewport(width, height);
        command("interval", "200");
        await("a line of boxes", () -> boxes("ClientIP") >= 30);

        assertThat(number("return document.documentElement.scrollWidth")).isLessThanOrEqualTo(width);
        if (width > 700) {
            assertThat(number("return document.documentElement.scrollHeight")).isLessThanOrEqualTo(height);
        }
        // the newest box is in sight
        assertThat(number("const strip = document.querySelector('.strip').getBoundingClientRect();"
                        + "const box = document.querySelector('.strip').lastElementChild.getBoundingClientRect();"
                        + "return Math.round(Math.max(box.bottom - strip.bottom, strip.top - box.top,"
                        + " box.right - strip.right, strip.left - box.left, -1))"))
                .isLessThanOrEqualTo(1);
        assertThat(number("let worst = 0;"
                        + "for (const e of document.querySelectorAll('.now p, .head *, .pods td, button, h1')) {"
                        + "  worst = Math.max(worst, e.scrollWidth - e.clientWidth); } return worst"))
                .as("text that is wider than its place")
                .isLessThanOrEqualTo(2);
        save(width + "x" + height + "-" + targets);
    }

    private int settledConnections() {
        // what was under way when it was paused comes to its end within the page's patience
        int[] last = {-1};
        await("an end of connections", () -> {
            int now = sticky.connections();
            boolean same = now == last[0];
            last[0] = now;
            pause(Duration.ofMillis(500));
            return same;
        });
        return last[0];
    }

    private WebElement row(String target) {
        return browser.findElements(By.cssSelector("section")).stream()
                .filter(row -> target.equals(row.getAttribute("data-target")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row " + target));
    }

    private String text(String target, String part) {
        return (String) Objects.requireNonNull(script(
                "for (const row of document.querySelectorAll('section')) {"
                        + "  if (row.dataset.target === arguments[0]) return row.querySelector(arguments[1]).innerText; }"
                        + "return ''",
                target,
                part));
    }

    private int run(String target) {
        String text = text(target, ".run");
        return text.matches("\\d+ in a row") ? Integer.parseInt(text.replaceAll("\\D", "")) : 0;
    }

    private int boxes(String target) {
        return ((Number) Objects.requireNonNull(script(
                        "for (const row of document.querySelectorAll('section')) {"
                                + "  if (row.dataset.target === arguments[0]) return row.querySelectorAll('.strip .box').length; }"
                                + "return -1",
                        target)))
                .intValue();
    }

    private void command(String control, String value) {
        await("the rows", () -> !browser.findElements(By.cssSelector("section")).isEmpty());
        script(
                "const control = document.getElementById(arguments[0]); control.value = arguments[1];"
                        + "control.dispatchEvent(new Event('change'))",
                control,
                value);
    }

    private void click(String selector) {
        browser.findElement(By.cssSelector(selector)).click();
    }

    private long number(String script) {
        return ((Number) Objects.requireNonNull(script(script))).longValue();
    }

    private @Nullable Object script(String script, Object... arguments) {
        return ((JavascriptExecutor) browser).executeScript(script, arguments);
    }

    private void setViewport(int width, int height) {
        // a window of Chromium's is never as narrow as a phone
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 700));
    }

    private void save(String name) {
        try {
            Path folder = Files.createDirectories(Path.of("target", "demo-page"));
            Files.write(folder.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What the browser refused or stumbled over: a breach of the Content-Security-Policy is among it. */
    private List<String> complaints() {
        return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .toList();
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not seen in " + PATIENCE + ": " + what);
            }
            pause(Duration.ofMillis(50));
        }
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
