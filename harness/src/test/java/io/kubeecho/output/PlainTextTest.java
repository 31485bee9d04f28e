package io.kubeecho.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainTextTest {

    @ParameterizedTest
    @CsvSource({
        "001b, an escape sequence",
        "009b, one that begins with C1's CSI",
        "0000, a NUL",
        "007f, DEL",
        "000d, back to the line's start",
        "0008, a backspace",
        "2028, a line separator",
        "202e, right to left from here",
        "2066, an isolate",
        "d800, half a surrogate pair",
        "dc00, the other half",
        "ffff, what is no character"
    })
    void what_could_do_harm_is_an_escape(String hex, String what) {
        String text = "a" + (char) Integer.parseInt(hex, 16) + "b";
        assertThat(PlainText.inLine(text)).describedAs(what).isEqualTo("a\\u" + hex + "b");
        assertThat(PlainText.ofLines(text)).describedAs(what).isEqualTo("a\\u" + hex + "b");
    }

    @Test
    void a_line_break_stays_where_lines_are_wanted() {
        assertThat(PlainText.ofLines("a\nb\r\n")).isEqualTo("a\nb\\u000d\n");
        assertThat(PlainText.inLine("a\nb\t")).isEqualTo("a\\u000ab\\u0009");
    }

    @Test
    void what_does_no_harm_is_as_it_was() {
        String harmless = "pod-1 \\u0041 \"é\" 파드 \ud83d\ude00 <&>";
        assertThat(PlainText.inLine(harmless)).isSameAs(harmless);
        assertThat(PlainText.ofLines(harmless)).isSameAs(harmless);
    }

    /** Of the 65,536 there are, alone and beside each other, in UTF-8 and in XML. */
    @Test
    void every_character_can_be_written_and_read_again() throws Exception {
        StringBuilder all = new StringBuilder();
        for (int c = 0; c <= 0xffff; c++) {
            all.append((char) c).append((char) (0xffff - c));
        }
        String plain = PlainText.inLine(all.toString());
        assertThat(new String(plain.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(plain);
        String xml = "<a>" + plain.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "]]&gt;") + "</a>";
        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
                        .getDocumentElement()
                        .getTextContent())
                .isEqualTo(plain);
        assertThat(plain.chars().filter(c -> c < ' ' || (c >= 0x7f && c < 0xa0)))
                .isEmpty();
    }
}
