package io.kubeecho.echo.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathRuleTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a/..", "/...", "/a//b", "/%2525", "/a/%2e/..", "/?/..", "/#%zz", "/%23/..", "/..a"})
    void resolves(String path) {
        assertThat(resolved(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/..",
                "/a/../..",
                "//..",
                "/%2e%2e",
                "/.%2e",
                "/a%2f..%2f..",
                "/%00",
                "/%",
                "/%2",
                "/%zz",
                "/..?x"
            })
    void doesNotResolve(String path) {
        assertThat(resolved(path)).isFalse();
    }

    @Property
    void climbsAsAStackOfSegmentsDoes(
            @ForAll @Chars({'/', '.', 'a'}) @CharRange(from = 'b', to = 'b') @StringLength(max = 24) String rest) {
        Deque<String> stack = new ArrayDeque<>();
        boolean expected = true;
        for (String segment : rest.split("/", -1)) {
            if (segment.equals("..")) {
                expected &= stack.poll() != null;
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                stack.push(segment);
            }
            if (!expected) {
                break;
            }
        }
        assertThat(resolved("/" + rest)).isEqualTo(expected);
    }

    private static boolean resolved(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        return PathRule.resolves(bytes, 0, bytes.length);
    }
}
