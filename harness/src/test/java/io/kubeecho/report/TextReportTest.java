package io.kubeecho.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.evidence.Verdict;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class TextReportTest {

    private static final String NL = System.lineSeparator();

    @Test
    void theWholeTextForAllVerdicts() {
        assertThat(TextReport.of(SampleReport.ofAllVerdicts()))
                .isEqualTo(String.join(
                        NL,
                        "SIMULATION: the embedded lab is a model in this process, and says nothing about any cluster",
                        "kube-echo 1.2.3: embedded lab, reference of kube-proxy iptables, in this process;"
                                + " T = 0.5 s, seed -9195044233608336595",
                        "",
                        "SCENARIO   VERDICT             TIME  CONNS  SEEN",
                        "PASS-1     PASS               1.3 s      4  all was well",
                        "FAIL-1     FAIL               1.3 s      4  4 of 12 entries moved",
                        "SKIP-1     SKIP               1.3 s      4  needs a client at the vantage point: off-cluster",
                        "INC-1      INCONCLUSIVE       1.3 s      4  the endpoints changed",
                        "DEV-1      KNOWN-DEVIATION    1.3 s      4  as the profile says",
                        "INFO-1     INFO               1.3 s      4  the pods saw a node's address",
                        "",
                        "FAIL FAIL-1: the title of FAIL-1",
                        "  expected  what FAIL-1 expects",
                        "  seen      4 of 12 entries moved",
                        "  meaning   clients lose their pod",
                        "",
                        "INCONCLUSIVE INC-1: the title of INC-1",
                        "  expected  what INC-1 expects",
                        "  seen      the endpoints changed",
                        "",
                        "KNOWN-DEVIATION DEV-1: the title of DEV-1",
                        "  expected  what DEV-1 expects",
                        "  seen      as the profile says",
                        "  meaning   see the issue",
                        "",
                        "1 PASS, 1 FAIL, 1 SKIP, 1 INCONCLUSIVE, 1 KNOWN-DEVIATION, 1 INFO in 8.3 s",
                        ""));
    }

    @Test
    void whatNeedsNoAttentionGetsNoParagraph() {
        String text = TextReport.of(SampleReport.report(
                SampleReport.result("A", Verdict.PASS, "well", ""),
                SampleReport.result("B", Verdict.SKIP, "cannot", ""),
                SampleReport.result("C", Verdict.INFO, "so it is", "")));
        assertThat(text).doesNotContain("expected").endsWith("1 PASS, 1 SKIP, 1 INFO in 8.3 s" + NL);
    }

    @Test
    void aPercentSignInWhatWasSeenIsOne() {
        assertThat(TextReport.of(
                        SampleReport.report(SampleReport.result("A", Verdict.FAIL, "100% of %s", "50% is too much"))))
                .contains("  seen      100% of %s", "  meaning   50% is too much");
    }

    @Test
    void numbersAreWrittenTheSameInEveryCountry() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(TextReport.seconds(Duration.ofMillis(1_230))).isEqualTo("1.2 s");
        } finally {
            Locale.setDefault(before);
        }
    }
}
