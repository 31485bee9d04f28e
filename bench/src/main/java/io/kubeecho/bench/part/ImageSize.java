package io.kubeecho.bench.part;

import io.kubeecho.bench.report.Figure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The size of the image: unpacked as the engine counts it, compressed as a registry would store it, each layer by gzip
 * at level 6.
 */
final class ImageSize implements Part {

    private static final int REGISTRY_LEVEL = 6;
    private static final double MB = 1e6;

    @Override
    public List<Figure> measure(Bench bench) throws IOException, InterruptedException {
        return List.of(
                Figure.of("image/unpacked", "image, unpacked", "MB", List.of(unpacked(bench.image()) / MB))
                        .withGoal(100, 75),
                Figure.of("image/compressed", "image, compressed", "MB", List.of(compressed(bench.image()) / MB))
                        .withGoal(50, 38));
    }

    private static long unpacked(String image) throws IOException, InterruptedException {
        Process inspect = new ProcessBuilder("docker", "image", "inspect", "--format", "{{.Size}}", image)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String size = new String(inspect.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (inspect.waitFor() != 0) {
            throw new IOException("no image " + image);
        }
        return Long.parseLong(size);
    }

    private static long compressed(String image) throws IOException, InterruptedException {
        Process save = new ProcessBuilder("docker", "save", image)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long sum = 0;
        try (TarArchiveInputStream archive = new TarArchiveInputStream(save.getInputStream())) {
            TarArchiveEntry entry = archive.getNextEntry();
            while (entry != null) {
                // layers are LAYER/layer.tar, or blobs/sha256/… beside small JSON files in the layout of later engines
                boolean layer = entry.getName().endsWith("/layer.tar")
                        || (entry.getName().startsWith("blobs/") && entry.getSize() > 100_000);
                if (layer) {
                    sum += gzipped(archive);
                }
                entry = archive.getNextEntry();
            }
        }
        save.waitFor();
        if (sum == 0) {
            throw new IOException("no layers in " + image);
        }
        return sum;
    }

    private static long gzipped(InputStream layer) throws IOException {
        var count = new OutputStream() {
            long bytes;

            @Override
            public void write(int oneByte) {
                bytes++;
            }

            @Override
            public void write(byte[] source, int from, int length) {
                bytes += length;
            }
        };
        try (GZIPOutputStream gzip = new GZIPOutputStream(count, 1 << 16) {
            {
                def.setLevel(REGISTRY_LEVEL);
            }
        }) {
            layer.transferTo(gzip);
        }
        return count.bytes;
    }
}
