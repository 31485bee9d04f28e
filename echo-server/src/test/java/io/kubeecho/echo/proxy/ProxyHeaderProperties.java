package io.kubeecho.echo.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.echo.log.ErrorLog;
import io.kubeecho.echo.log.Mishaps;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** What holds for the header of a connection whatever is sent. */
class ProxyHeaderProperties {

    private static final byte[] REST = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @Property(tries = 1000)
    void aHeaderIsReadAsItWasMeantHoweverItIsCut(
            @ForAll("headers") Sent sent, @ForAll @Size(max = 6) List<Integer> cuts) {
        Connection connection = new Connection();
        byte[] all = concat(sent.bytes(), REST);
        int from = 0;
        for (int cut :
                cuts.stream().map(c -> Math.floorMod(c, all.length)).sorted().toList()) {
            connection.send(Arrays.copyOfRange(all, from, cut));
            from = cut;
        }
        connection.send(Arrays.copyOfRange(all, from, all.length));
        assertThat(connection.headers).containsExactly(sent.meaning());
        assertThat(connection.rest()).isEqualTo(REST);
        connection.close();
    }

    @Property(tries = 2000)
    void wrongBytesNeverDoMoreThanCloseTheConnection(
            @ForAll("headers") Sent sent, @ForAll @Size(min = 1, max = 6) List<Integer> places, @ForAll byte wrong) {
        byte[] mutated = sent.bytes();
        for (int place : places) {
            mutated[Math.floorMod(place, mutated.length)] = wrong;
        }
        Connection connection = new Connection();
        connection.send(concat(mutated, REST));
        assertThat(connection.headers).hasSizeLessThanOrEqualTo(1);
        if (connection.headers.isEmpty()) {
            assertThat(connection.rest()).isEmpty();
        }
        connection.close();
        assertThat(connection.headers).as("after the end, too").hasSizeLessThanOrEqualTo(1);
    }

    @Property(tries = 2000)
    void anyBytesAreRefusedAtOnceUnlessTheyBeginAHeader(@ForAll @Size(min = 1, max = 64) byte[] bytes) {
        Connection connection = new Connection();
        connection.send(bytes);
        boolean mayBecomeOne = (bytes[0] == 'P' && (bytes.length == 1 || bytes[1] == 'R'))
                || (bytes[0] == '\r' && (bytes.length == 1 || bytes[1] == '\n'));
        if (!mayBecomeOne) {
            assertThat(connection.channel.isOpen()).isFalse();
            assertThat(connection.traffic.malformed()).isEqualTo(1);
        }
        connection.close();
    }

    /**
     * A header, and what it means.
     *
     * @param text one character for each byte
     */
    record Sent(String text, ProxyHeader meaning) {

        static Sent of(byte[] bytes, ProxyHeader meaning) {
            return new Sent(new String(bytes, StandardCharsets.ISO_8859_1), meaning);
        }

        byte[] bytes() {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    @Provide
    Arbitrary<Sent> headers() {
        Arbitrary<Integer> ports = Arbitraries.integers().between(1, 65_535);
        Arbitrary<byte[]> tlvs = Combinators.combine(
                        Arbitraries.bytes().between((byte) 1, (byte) 0x1f),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(40))
                .as(ProxyHeaderProperties::tlv)
                .list()
                .ofMaxSize(3)
                .map(list -> concat(list.toArray(byte[][]::new)));
        Arbitrary<Sent> addressed = Arbitraries.of(4, 16)
                .flatMap(length -> Combinators.combine(
                                Arbitraries.bytes().array(byte[].class).ofSize(length),
                                Arbitraries.bytes().array(byte[].class).ofSize(length),
                                ports,
                                ports,
                                tlvs,
                                Arbitraries.of(1, 2))
                        .as((source, destination, sourcePort, destinationPort, values, version) -> {
                            ProxyHeader.Addresses addresses = new ProxyHeader.Addresses(
                                    address(source, sourcePort), address(destination, destinationPort));
                            ProxyHeader meaning =
                                    new ProxyHeader(version, ProxyHeader.Command.PROXY, Optional.of(addresses));
                            return Sent.of(
                                    version == 1
                                            ? version1(addresses, length)
                                            : version2(source, destination, sourcePort, destinationPort, values),
                                    meaning);
                        }));
        Arbitrary<Sent> local = tlvs.map(values -> Sent.of(
                concat(signature(0x20, 0x00, values.length), values),
                new ProxyHeader(2, ProxyHeader.Command.LOCAL, Optional.empty())));
        return Arbitraries.oneOf(addressed, local);
    }

    private static byte[] tlv(byte type, byte[] value) {
        return ByteBuffer.allocate(3 + value.length)
                .put(type)
                .putShort((short) value.length)
                .put(value)
                .array();
    }

    private static byte[] version1(ProxyHeader.Addresses addresses, int length) {
        return "PROXY %s %s %s %d %d\r\n"
                .formatted(
                        length == 4 ? "TCP4" : "TCP6",
                        literal(addresses.source(), length),
                        literal(addresses.destination(), length),
                        addresses.source().getPort(),
                        addresses.destination().getPort())
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String literal(InetSocketAddress address, int length) {
        String text = address.getAddress().getHostAddress();
        return length == 16 && text.indexOf(':') < 0 ? "::ffff:" + text : text;
    }

    private static byte[] version2(
            byte[] source, byte[] destination, int sourcePort, int destinationPort, byte[] values) {
        byte[] ports = ByteBuffer.allocate(4)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .array();
        int length = 2 * source.length + 4 + values.length;
        return concat(signature(0x21, source.length == 4 ? 0x11 : 0x21, length), source, destination, ports, values);
    }

    private static byte[] signature(int versionAndCommand, int family, int length) {
        return ByteBuffer.allocate(16)
                .put("\r\n\r\n\0\r\nQUIT\n".getBytes(StandardCharsets.US_ASCII))
                .put((byte) versionAndCommand)
                .put((byte) family)
                .putShort((short) length)
                .array();
    }

    private static InetSocketAddress address(byte[] bytes, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] concat(byte[]... parts) {
        ByteBuffer all =
                ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    /** A connection without a socket, behind whose header nothing is but what keeps the rest. */
    private static final class Connection {

        final EmbeddedChannel channel = new EmbeddedChannel();
        final ProxyTraffic traffic = new ProxyTraffic();
        final List<ProxyHeader> headers = new ArrayList<>();

        Connection() {
            ProxyHeaderReader.await(
                    channel.pipeline(),
                    Duration.ofHours(1),
                    traffic,
                    new Mishaps(new ErrorLog(line -> {})),
                    headers::add);
        }

        void send(byte[] bytes) {
            if (channel.isOpen()) {
                channel.writeInbound(channel.alloc().directBuffer().writeBytes(bytes));
                channel.checkException();
            }
        }

        byte[] rest() {
            byte[] rest = {};
            for (ByteBuf read = channel.readInbound(); read != null; read = channel.readInbound()) {
                byte[] bytes = new byte[read.readableBytes()];
                read.readBytes(bytes);
                rest = concat(rest, bytes);
                read.release();
            }
            return rest;
        }

        void close() {
            channel.finishAndReleaseAll();
            channel.checkException();
        }
    }
}
