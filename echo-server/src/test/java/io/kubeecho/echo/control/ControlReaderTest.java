package io.kubeecho.echo.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlReaderTest {

    private final ControlReader reader = new ControlReader(Caps.defaults());

    private Controls read(String setting) {
        return ((Reading.Read) reader.read(Asked.ofSetting(setting))).controls();
    }

    private String wrong(List<Asked> asked) {
        return ((Reading.Wrong) reader.read(asked)).sentence();
    }

    @Test
    void everyControlIsRead() {
        Controls all = read("format=json&status=404&delay=150ms&size=64KiB&chunked=on&body-time=2s&header=X-A:+b"
                + "&header=X-C:%20d&close=on&fault=reset&fault-rate=0.25&fail-first=3&seed=7&key=k");

        assertThat(all.format()).hasValue(Format.JSON);
        assertThat(all.status()).hasValue(404);
        assertThat(all.delay()).hasValue(Duration.ofMillis(150));
        assertThat(all.size()).hasValue(65_536);
        assertThat(all.chunked()).hasValue(true);
        assertThat(all.bodyTime()).hasValue(Duration.ofSeconds(2));
        assertThat(all.fields()).containsExactly(new ResponseField("X-A", "b"), new ResponseField("X-C", "d"));
        assertThat(all.close()).hasValue(true);
        assertThat(all.fault()).hasValue(new Fault.Reset());
        assertThat(all.faultRate()).hasValue(0.25);
        assertThat(all.failFirst()).hasValue(3);
        assertThat(all.seed()).hasValue(7);
        assertThat(all.key()).hasValue("k");
    }

    @Test
    void whatIsNotAskedForIsLeftToOthers() {
        Controls server = read("delay=1s&status=503&header=X-A:1&fault-rate=0.5");
        Controls request = read("status=200&header=X-B:2");

        assertThat(request.over(server)).isEqualTo(read("delay=1s&status=200&header=X-B:2&fault-rate=0.5"));
        assertThat(Controls.none().over(server)).isEqualTo(server);
        assertThat(server.over(Controls.none())).isEqualTo(server);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "delay=soon|delay is not a time such as 150ms or 2s",
                "delay=-1s|delay is not a time such as 150ms or 2s",
                "delay=11s|delay is at most 10s here",
                "body-time=10001ms|body-time is at most 10s here",
                "size=1048577|size is at most 1MiB here",
                "size=9999999999MiB|size is at most 1MiB here",
                "size=x|size is not bytes, such as 500, 64KiB or 1MiB",
                "status=199|status is not 200 to 599",
                "status=600|status is not 200 to 599",
                "status=|status is not 200 to 599",
                "status|status is not 200 to 599",
                "chunked=yes|chunked is not on or off",
                "format=xml|format is not line or json",
                "fault=200|fault is not 400 to 599, reset or close",
                "fault-rate=1.1|fault-rate is not 0 to 1, such as 0.1",
                "fault-rate=NaN|fault-rate is not 0 to 1, such as 0.1",
                "fail-first=1000001|fail-first is not 0 to 1000000",
                "key=a/b|key is not 1 to 64 letters, digits, dots, hyphens and underscores",
                "seed=-1|seed is not a whole number of at most 18 digits",
                "status=200&status=200|status is given twice",
                "header=nothing|header is not a header field such as X-Name: value of at most 1024 bytes",
                "header=X-A:%0d%0aSet-Cookie:x|header has a character that no header field may have",
                "header=X%20A:b|header has a character that no header field may have",
                "header=content-TYPE:text/html|header sets a field that this server sets itself",
                "header=Content-Length:1|header sets a field that this server sets itself",
            })
    void aWrongValueIsNamedWithWhatWouldBeRight(String setting, String sentence) {
        assertThat(wrong(Asked.ofSetting(setting))).isEqualTo(sentence);
    }

    @Test
    void errorsCallAControlByTheNameOfItsPlaceAndRepeatNothingThatWasSent() {
        assertThat(wrong(Asked.ofQuery("kube-echo.fault-rate=<b>")))
                .isEqualTo("kube-echo.fault-rate is not 0 to 1, such as 0.1");
        assertThat(wrong(List.of(Asked.ofHeader("KUBE-echo-Fault-RATE", "<b>"))))
                .isEqualTo("Kube-Echo-Fault-Rate is not 0 to 1, such as 0.1");
        assertThat(wrong(Asked.ofQuery("kube-echo.<b>=1")))
                .startsWith("there is no such control; there are kube-echo.format, kube-echo.status, ")
                .doesNotContain("<b>");
    }

    @Test
    void onlyItsOwnNamesInAQueryAreControls() {
        assertThat(Asked.ofQuery("a=b&kube-echo=1&kube-echo.status=404&Kube-Echo.status=1&kube%2Decho.status=2&"))
                .containsExactly(new Asked(Asked.Place.QUERY, "status", "404"));
    }

    @Test
    void aBadPercentEncodingIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Asked.ofQuery("kube-echo.key=%zz"));
    }

    @Test
    void aLinkMayNotSetWhatABrowserActsUpon() {
        for (String field : List.of("Set-Cookie", "Location", "Refresh", "Access-Control-Allow-Origin", "Link")) {
            assertThat(wrong(List.of(new Asked(Asked.Place.QUERY, "header", field + ": x"))))
                    .contains("a link must not set", "Kube-Echo-Header");
            assertThat(reader.read(List.of(Asked.ofHeader("Kube-Echo-Header", field + ": x"))))
                    .isInstanceOf(Reading.Read.class);
        }
        assertThat(reader.read(Asked.ofQuery("kube-echo.header=Retry-After:1&kube-echo.header=x-a:1")))
                .isInstanceOf(Reading.Read.class);
    }

    @Test
    void thereAreOnlySoManyFields() {
        assertThat(reader.read(Asked.ofQuery("kube-echo.header=X-A:1&".repeat(16))))
                .isInstanceOf(Reading.Read.class);
        assertThat(wrong(Asked.ofQuery("kube-echo.header=X-A:1&".repeat(17))))
                .isEqualTo("kube-echo.header is given more than 16 times");
    }

    @Test
    void whoAsksForTheFirstToFailSaysTheFirstOfWhich() {
        assertThat(wrong(Asked.ofQuery("kube-echo.fail-first=2"))).startsWith("fail-first needs a key");
        assertThat(read("fail-first=2").failFirst()).hasValue(2);
    }
}
