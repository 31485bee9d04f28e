package io.kubeecho.echo.http;

/**
 * Whether a path could be resolved: its percent-encodings are two hexadecimal digits and not NUL, and its {@code ..}
 * segments do not climb above the root. Nothing is decoded or normalised for the answer; nginx refuses such paths
 * before it looks for a location, so they are refused here too.
 *
 * <p>As in nginx, an encoded slash or dot counts as a slash or dot, and slashes in a row count as one
 * ({@code merge_slashes on}).
 */
final class PathRule {

    private static final int EMPTY = 0;
    private static final int DOT = 1;
    private static final int DOT_DOT = 2;
    private static final int NAME = 3;

    private PathRule() {}

    /** Whether {@code bytes[from .. to)}, a path with perhaps a query or a fragment, can be resolved. */
    static boolean resolves(byte[] bytes, int from, int to) {
        int depth = 0;
        int segment = EMPTY;
        for (int i = from; i < to; i++) {
            int c = bytes[i];
            if (c == '?' || c == '#') {
                break;
            }
            if (c == '%') {
                if (i + 2 >= to) {
                    return false;
                }
                c = (Hex.digit(bytes[i + 1]) << 4) | Hex.digit(bytes[i + 2]);
                if (c <= 0) {
                    return false;
                }
                i += 2;
            }
            if (c == '/') {
                depth = resolve(segment, depth);
                if (depth < 0) {
                    return false;
                }
                segment = EMPTY;
            } else if (c == '.' && segment < DOT_DOT) {
                segment++;
            } else {
                segment = NAME;
            }
        }
        return resolve(segment, depth) >= 0;
    }

    private static int resolve(int segment, int depth) {
        return switch (segment) {
            case DOT_DOT -> depth - 1;
            case NAME -> depth + 1;
            case EMPTY, DOT -> depth;
            default -> throw new IllegalStateException("no such kind of segment: " + segment);
        };
    }
}
