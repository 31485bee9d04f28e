package io.kubeecho.echo.certificate;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One block of a PEM file (RFC 7468); what is outside of blocks is commentary.
 *
 * @param label such as {@code CERTIFICATE}
 * @param content what the base64 stands for; of an old-style encrypted key, which has header fields in the block, empty
 */
@SuppressWarnings("ArrayRecordComponent") // not compared
record PemBlock(String label, byte[] content) {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    /**
     * The blocks in their order.
     *
     * @throws IllegalArgumentException if one is not base64
     */
    static List<PemBlock> read(byte[] file) {
        List<PemBlock> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(new String(file, StandardCharsets.ISO_8859_1));
        while (block.find()) {
            String content = block.group(2);
            byte[] decoded =
                    content.contains(":") ? new byte[0] : Base64.getDecoder().decode(content.replaceAll("\\s", ""));
            blocks.add(new PemBlock(block.group(1), decoded));
        }
        return blocks;
    }
}
