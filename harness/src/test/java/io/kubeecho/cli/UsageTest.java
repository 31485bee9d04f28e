package io.kubeecho.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.lab.LabException;
import io.kubeecho.lab.embedded.Fault;
import io.kubeecho.lab.embedded.Variation;
import io.kubeecho.scenario.Catalogue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** Everything that goes wrong before anything is tested. */
class UsageTest {

    @TempDir
    private Path folder = Path.of("replaced by JUnit");

    static Stream<Arguments> wrongUsages() {
        return Stream.of(
                usage("Missing required subcommand"),
                usage("Unmatched argument at index 0: 'verfy'; did you mean 'verify'?", "verfy"),
                usage("; did you mean '--fault'?", "verify", "--fualt", "x"),
                usage("none.yaml cannot be used: there is no such file", "verify", "--deviations", "none.yaml"),
                usage("; did you mean 'AFF-CIP'?", "verify", "--run", "AFF-CPI"),
                usage("; did you mean affinity-lost or ", "verify", "--fault", "afinity-lost"),
                usage(
                        "--kubeconfig is not for the embedded lab: add --lab kubeconfig, or leave it out",
                        "verify",
                        "--kubeconfig",
                        "x"),
                usage("--context is not for the embedded lab: add --lab kubeconfig", "verify", "--context", "prod"),
                usage(
                        "--image is not for the embedded lab: add --lab k3s or --lab kubeconfig",
                        "verify",
                        "--image",
                        "x"),
                usage("--keep is not for the embedded lab: add --lab kubeconfig", "verify", "--keep", "always"),
                usage("--agents is not for the embedded lab: add --lab k3s", "verify", "--agents", "2"),
                usage(
                        "--agents is not for the kubeconfig lab: add --lab k3s",
                        "verify",
                        "--lab",
                        "kubeconfig",
                        "--agents",
                        "2"),
                usage(
                        "--kubeconfig is not for the k3s lab: add --lab kubeconfig",
                        "verify",
                        "--lab",
                        "k3s",
                        "--kubeconfig",
                        "x"),
                usage(
                        "--keep is not for the k3s lab: add --lab kubeconfig",
                        "verify",
                        "--lab",
                        "k3s",
                        "--keep",
                        "always"),
                usage(
                        "--fault is not for the k3s lab: add --lab embedded",
                        "verify",
                        "--lab",
                        "k3s",
                        "--fault",
                        "affinity-lost"),
                usage(
                        "--affinity-timeout is at least 100 ms on the embedded lab",
                        "verify",
                        "--affinity-timeout",
                        "1ms"),
                usage("--at-once is at least 1", "verify", "--at-once", "0"),
                usage("a scenario waits for up to 2 times --affinity-timeout", "verify", "--affinity-timeout", "3h"),
                usage(
                        "--affinity-timeout is in whole seconds, from 2s to 24h",
                        "verify",
                        "--lab",
                        "kubeconfig",
                        "--affinity-timeout",
                        "1s"),
                usage(
                        "--affinity-timeout is in whole seconds, from 2s to 24h",
                        "verify",
                        "--lab",
                        "k3s",
                        "--affinity-timeout",
                        "2500ms"),
                usage("Unknown option: '--colour'", "verify", "--colour"),
                usage("Unknown option: '--colour'", "list", "--colour"),
                usage("unknown scenario 'AFF'; known are AFF-CIP, AFF-LB,", "verify", "--run", "HOLD,AFF"),
                usage("unknown scenario 'AFF'; known are AFF-CIP, AFF-LB,", "verify", "--skip", "AFF"),
                usage("unknown fault 'gremlins'; did you mean ", "verify", "--fault", "gremlins"),
                usage(
                        "'mars' after affinity-lost is no place to limit a fault to;",
                        "verify",
                        "--fault",
                        "affinity-lost:mars"),
                usage(
                        "health-check-stale cannot be limited by '1%', only by nodes",
                        "verify", "--fault", "health-check-stale:1%"),
                usage(
                        "unknown variation 'roundrobin'; did you mean round-robin or ",
                        "verify",
                        "--variation",
                        "roundrobin"),
                usage(
                        "--variation is not for the kubeconfig lab: add --lab embedded",
                        "verify",
                        "--lab",
                        "kubeconfig",
                        "--variation",
                        "maglev"),
                usage("unknown profile 'magic'; known are none, kube-proxy-iptables,", "verify", "--profile", "magic"),
                usage("no scenario is left to run", "verify", "--run", "HOLD", "--skip", "hold"),
                usage("'5' is not a duration; write a number with ms, s, m or h", "verify", "--timeout", "5"),
                usage("'5d' is not a duration;", "verify", "--affinity-timeout", "5d"),
                usage("'-5s' is not a duration;", "verify", "--affinity-timeout=-5s"),
                usage("Missing required parameter for option '--run' (ID)", "verify", "--run"),
                usage("Invalid value for option '--lab'", "verify", "--lab", "moon"),
                usage("Invalid value for option '--seed'", "verify", "--seed", "pi"));
    }

    private static Arguments usage(String complaint, String... args) {
        return Arguments.of(complaint, args);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongUsages")
    void wrongUsageIsOneLineOnStderrAndExitCode2(String complaint, String[] args) {
        String[] somewhere = args.length > 0 && args[0].equals("verify")
                ? Stream.concat(Stream.of(args), Stream.of("--out", folder.toString()))
                        .toArray(String[]::new)
                : args;
        // an option that lacks its parameter must stay the last
        assertOneLine(Cli.run(complaint.startsWith("Missing required parameter") ? args : somewhere), 2, complaint);
    }

    @Test
    void aFolderThatCannotBeWrittenIsWrongUsage() throws Exception {
        // below a file there is no folder, not even for root
        Path file = Files.createFile(folder.resolve("file"));
        assertOneLine(
                Cli.run("verify", "--out", file.resolve("out").toString()),
                2,
                "cannot write to the folder " + file.resolve("out"));
    }

    @Test
    void aDashIsNoFolder() {
        assertOneLine(Cli.run("verify", "--out", "-"), 2, "reports go to a folder, which '-' is not");
    }

    /** A flag that is new, and for a cluster, has to say so: else it is passed over on the embedded lab. */
    @Test
    void everyFlagForAClusterSaysForWhichLab() {
        CommandSpec verify = requireNonNull(Main.commandLine().getSubcommands().get("verify"))
                .getCommandSpec();
        assertThat(verify.argGroups().stream()
                        .flatMap(group -> group.allOptionsNested().stream())
                        .map(OptionSpec::longestName))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(LabFlags.LABS.get(name))
                        .as(name)
                        .isNotNull()
                        .doesNotContain(VerifyCommand.LabKind.EMBEDDED));
    }

    @Test
    void withoutAKubeconfigItSaysSo() {
        String before =
                System.setProperty("kubeconfig", folder.resolve("nowhere").toString());
        try {
            Cli ran = Cli.run(
                    "verify",
                    "--lab",
                    "kubeconfig",
                    "--out",
                    folder.resolve("report").toString());
            assertOneLine(ran, 4, "there is no kubeconfig: ");
            assertThat(ran.err()).contains("--kubeconfig").doesNotContain("kubernetes.default");
            assertThat(folder.resolve("report")).doesNotExist();
        } finally {
            if (before == null) {
                System.clearProperty("kubeconfig");
            } else {
                System.setProperty("kubeconfig", before);
            }
        }
    }

    @Test
    void whatAClusterSaysIsHarmlessOnATerminal() {
        Cli ran = Cli.run(Main.commandLine().addSubcommand(new Hostile()), "hostile");
        assertOneLine(ran, 4, "no \\u001b]0;pwned\\u0007 lab");
    }

    @Command(name = "hostile")
    private static final class Hostile implements Runnable {
        @Override
        public void run() {
            throw new LabException("no \u001b]0;pwned\u0007 lab");
        }
    }

    @Test
    void aLabThatCannotBeHadIsOneLineAndExitCode4() {
        assertOneLine(Cli.run(Main.commandLine().addSubcommand(new Lost()), "lost"), 4, "there is no lab today");
    }

    @Test
    void anEmptyKubeconfigIsOneLineAndExitCode4() throws Exception {
        Path empty = Files.createFile(folder.resolve("kubeconfig"));
        Cli ran = Cli.run(
                "verify",
                "--lab",
                "kubeconfig",
                "--kubeconfig",
                empty.toString(),
                "--out",
                folder.resolve("report").toString());
        assertOneLine(ran, 4, "the kubeconfig " + empty + " is empty");
    }

    @Test
    void aCrashIsNotTakenForAFail() {
        assertThat(Main.commandLine().getSubcommands().values())
                .allSatisfy(command -> assertThat(
                                command.getExitCodeExceptionMapper().getExitCode(new IllegalStateException("oops")))
                        .isEqualTo(3));
    }

    @Command(name = "lost")
    private static final class Lost implements Runnable {
        @Override
        public void run() {
            throw new LabException("there is no lab today");
        }
    }

    private static void assertOneLine(Cli ran, int exitCode, String complaint) {
        assertThat(ran.err().lines())
                .as("stderr")
                .singleElement()
                .asString()
                .startsWith("kube-echo: ")
                .contains(complaint);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.exitCode()).isEqualTo(exitCode);
    }

    @Test
    void aComplaintSaysWhereToFindHelp() {
        assertThat(Cli.run("verify", "--colour").err().strip()).endsWith("; see 'kube-echo verify --help'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "verify --help", "list --help"})
    void helpIsOnStdout(String line) {
        Cli ran = Cli.run(line.split(" ", -1));
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out()).startsWith("Usage: kube-echo");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void theHelpNamesEveryExitCode() {
        assertThat(Cli.run("--help").out()).contains("Exit codes:").containsPattern("(?s)0 .*1 .*2 .*3 .*4 .*5 .*6 ");
    }

    @Test
    void theVersionIsOneLine() {
        Cli ran = Cli.run("--version");
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out().lines()).singleElement().asString().startsWith("kube-echo ");
    }

    @Test
    void listNamesEveryScenarioAndEveryFault() {
        Cli ran = Cli.run("list");
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(Catalogue.all())
                .allSatisfy(item -> assertThat(ran.out())
                        .contains(
                                item.id() + " ",
                                item.scenario().title(),
                                item.scenario().expects()));
        assertThat(Variation.values()).allSatisfy(v -> assertThat(ran.out()).contains(v.id() + " ", v.description()));
        assertThat(Fault.named()).allSatisfy(f -> assertThat(ran.out()).contains(f.id() + " ", f.description()));
    }

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "0s, PT0S", "10s, PT10S", "5m, PT5M", "1h, PT1H", "999999999h, PT999999999H"})
    void durationsAreWrittenAsKubernetesUsersDo(String text, java.time.Duration duration) {
        assertThat(new DurationConverter().convert(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "1", "1.5s", "1S", " 1s", "1s ", "1m30s", "-1s", "9999999999s", "PT1S"})
    void anythingElseIsNoDuration(String text) {
        org.assertj.core.api.Assertions.assertThatExceptionOfType(TypeConversionException.class)
                .isThrownBy(() -> new DurationConverter().convert(text))
                .withMessageStartingWith("'" + text + "' is not a duration");
    }

    @Test
    void theCommandsAreThoseThatAreDocumented() {
        assertThat(Main.commandLine().getSubcommands().keySet())
                .containsExactlyInAnyOrder("verify", "load", "report", "list", "serve", "cleanup");
        assertThat(new CommandLine(new VerifyCommand())
                        .getCommandSpec()
                        .optionsMap()
                        .keySet())
                .contains("--lab", "--run", "--skip", "--fault", "--out", "--timeout", "--seed", "--strict");
    }
}
