package io.kubeecho.lab.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The names of the faults; what they do is in {@link FaultsInTheDataPlaneTest}, and who finds them in FaultsTest. */
class FaultTest {

    static List<Fault> named() {
        return Fault.named();
    }

    @ParameterizedTest
    @MethodSource("named")
    void aFaultIsFoundByTheNameItShows(Fault fault) {
        assertThat(Fault.of(fault.id())).isEqualTo(fault);
        assertThat(fault.id()).matches("[a-z0-9:+%-]+");
        assertThat(fault.description()).isNotBlank();
        assertThat(fault.foundBy()).isNotBlank();
    }

    @Test
    void namesAreUniqueAndSoAreDescriptions() {
        assertThat(Fault.named()).doesNotHaveDuplicates();
        assertThat(Fault.named()).extracting(Fault::description).doesNotHaveDuplicates();
    }

    @Test
    void thereAreSeventyAndMore() {
        assertThat(Fault.named()).hasSizeGreaterThanOrEqualTo(70);
    }

    @Test
    void anyOtherPlaceThatAKindCanBeLimitedToMayBeAskedFor() {
        Fault fault = Fault.of("affinity-lost:node-3:load-balancer:2.5%");
        assertThat(Fault.named()).doesNotContain(fault);
        assertThat(fault.id()).isEqualTo("affinity-lost:node-3:load-balancer:2.5%");
        assertThat(fault.description())
                .isEqualTo("a new connection does not look for the client in the affinity lists: on node-3, "
                        + "through the load balancer's address, for 2.5 % of new connections");
        assertThat(fault.foundBy()).isEqualTo("AFF-CIP");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        gremlins                        | unknown fault 'gremlins'; did you mean
        afinity-lost                    | unknown fault 'afinity-lost'; did you mean affinity-lost or
        affinity-lost:node-9            | 'node-9' after affinity-lost is no place to limit a fault to; there are node-1 to node-3, or node-1+2, endpoint-1 to endpoint-4,
        affinity-lost:                  | '' after affinity-lost is no place
        affinity-lost:0%                | '0%' after affinity-lost is no place
        affinity-lost:100%              | '100%' after affinity-lost is no place
        affinity-lost:1%:1%             | affinity-lost is limited by '1%' twice
        health-check-always-ok:1%       | health-check-always-ok cannot be limited by '1%', only by nodes
        endpoint-never-chosen:endpoint-2| endpoint-never-chosen cannot be limited by 'endpoint-2', only by nodes, ways in, clients, shares and phases
        """)
    void aWrongNameIsAnsweredWithWhatToTypeInstead(String wrong, String answer) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fault.of(wrong))
                .withMessageStartingWith(answer)
                .withMessageMatching(".{10,500}");
    }
}
