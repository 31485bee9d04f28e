package io.kubeecho.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogueTest {

    @Test
    void everyScenarioIsDescribedAndSaysWhatItRequires() {
        assertThat(Catalogue.all()).isNotEmpty().allSatisfy(item -> {
            assertThat(item.id()).matches("[A-Z]+(-[A-Z]+)*[-+]?");
            assertThat(item.scenario().title()).isNotBlank().doesNotEndWith(".");
            assertThat(item.scenario().expects()).isNotBlank().doesNotEndWith(".");
            assertThat(item.scenario().source()).startsWith("https://");
            assertThat(item.method().isAnnotationPresent(Requires.class)).isTrue();
            assertThat(Catalogue.of(item.method())).contains(item);
        });
        assertThat(Catalogue.all()).extracting(Catalogue.Item::id).doesNotHaveDuplicates();
    }

    @Test
    void theOrderIsByTopicAndThenById() {
        assertThat(Catalogue.all())
                .extracting(Catalogue.Item::id)
                .containsExactly(
                        "AFF-CIP",
                        "AFF-LB",
                        "AFF-NP",
                        "CAPACITY",
                        "NONE-CIP",
                        "NONE-LB",
                        "NONE-NP",
                        "SWITCH",
                        "EXPIRE",
                        "HOLD",
                        "KEEPALIVE",
                        "WINDOW",
                        "AFF-ADD",
                        "AFF-DEL",
                        "NOEP",
                        "AFF-L",
                        "ETP-C",
                        "ETP-FLIP",
                        "ETP-L+",
                        "ETP-L-",
                        "HCNP",
                        "HAIRPIN",
                        "SRC-C",
                        "SRC-CIP",
                        "XFF");
    }

    @Test
    void whatAProfileKnowsOfIsAScenario() {
        assertThat(Profile.values()).allSatisfy(profile -> {
            assertThat(profile.deviations().all()).allSatisfy(d -> {
                assertThat(Catalogue.all()).extracting(Catalogue.Item::id).contains(d.scenario());
                assertThat(d.link()).startsWith("https://");
            });
            assertThat(profile.description()).isNotBlank();
        });
    }

    @Test
    void scenariosAreNamedInAnyCase() {
        assertThat(Catalogue.named(List.of("hold", "Etp-L+")))
                .extracting(Catalogue.Item::id)
                .containsExactly("HOLD", "ETP-L+");
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Catalogue.named(List.of("HOLD", "HODL")))
                .withMessage("unknown scenario 'HODL'; known are "
                        + "AFF-CIP, AFF-LB, AFF-NP, CAPACITY, NONE-CIP, NONE-LB, NONE-NP, SWITCH, EXPIRE, HOLD, KEEPALIVE, WINDOW, AFF-ADD, "
                        + "AFF-DEL, NOEP, AFF-L, ETP-C, ETP-FLIP, ETP-L+, ETP-L-, HCNP, HAIRPIN, SRC-C, SRC-CIP, XFF");
    }

    @Test
    void aMethodThatIsNoScenarioHasNoItem() throws Exception {
        assertThat(Catalogue.of(Object.class.getMethod("toString"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 s",
        "PT0.4S, 400 ms",
        "PT0.0005S, 0 s",
        "PT1S, 1 s",
        "PT9.999S, 9999 ms",
        "PT10.5S, 10.5 s",
        "PT3H, 10800 s"
    })
    void durationsAreWrittenAsPeopleDo(Duration duration, String words) {
        assertThat(Words.of(duration)).isEqualTo(words);
    }
}
