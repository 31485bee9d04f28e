package io.kubeecho.hostile.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AttacksTest {

    @Test
    void theEightAreFoundByTheirNamesAndSayWhatTheyDo() {
        assertThat(Attacks.required()).hasSize(8).allSatisfy(attack -> {
            assertThat(Attacks.named(attack.name())).isSameAs(attack);
            assertThat(attack.does()).isNotBlank();
            assertThat(attack.opening()).isNotEmpty();
        });
        assertThatThrownBy(() -> Attacks.named("nothing")).hasMessageContaining("no attack nothing");
    }

    @Test
    void linesOfAHeadStayWithinWhatAServerTakes() {
        for (String name : new String[] {"delayed-json", "unfinished-head", "open-body"}) {
            String head = new String(Attacks.named(name).opening(), StandardCharsets.ISO_8859_1);
            assertThat(head.split("\r\n", -1))
                    .as(name)
                    .allSatisfy(line -> assertThat(line).hasSizeLessThan(8_192));
            assertThat(head.endsWith("\r\n\r\n")).as(name).isEqualTo(!name.equals("unfinished-head"));
        }
    }

    @Test
    void framesAreOfTheLengthThatTheySay() {
        for (String name : new String[] {"closed-window", "unread-streams", "endless-continuation"}) {
            byte[] bytes = Attacks.named(name).opening();
            int at = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length();
            while (at < bytes.length) {
                int length = (bytes[at] & 0xff) << 16 | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff);
                assertThat(length).as(name).isLessThanOrEqualTo(16_384);
                at += 9 + length;
            }
            assertThat(at).as(name).isEqualTo(bytes.length);
        }
    }

    @Test
    void whatAnAttackSaysOfItselfIsReadBack() {
        Counts counts = new Counts("open-body", 1, 2, 3, 4, 5);
        assertThat(Counts.of(counts.toString())).isEqualTo(counts);
    }

    @Test
    void theRateIsBoundedByConnectionsAndByBytes() {
        Limits limits = new Limits(10_000, 1_000, 200, 64_000_000);
        assertThat(limits.ratePerSecond(0, 100)).isEqualTo(1_000);
        assertThat(limits.ratePerSecond(10_000, 100)).isEqualTo(200);
        assertThat(limits.ratePerSecond(0, 280_000)).isEqualTo(228);
        assertThat(limits.ratePerSecond(0, 1_000_000_000)).isEqualTo(1);
    }
}
