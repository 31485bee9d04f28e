package io.kubeecho.cluster;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.Context;
import io.fabric8.kubernetes.api.model.ExecConfig;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kubeecho.lab.LabException;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files that say how a cluster is reached, looked through before the library gets them. They hold keys and tokens, and
 * may be some other file altogether; so what is wrong with one is said by its name, and nothing that stands in it is.
 */
final class Kubeconfig {

    /** Clusters and users by the thousand fit; what is larger is something else. */
    private static final long LARGEST = 16L << 20;

    /** What the parser says about the place; the rest of its message may be of the file. */
    private static final Pattern PLACE = Pattern.compile("line: (\\d{1,9}), column: (\\d{1,9})");

    /** RFC 6750: what a bearer token is made of; anything else would not survive as a header. */
    private static final Pattern TOKEN = Pattern.compile("[!-~]+");

    private static final Pattern PRIVATE_KEY = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----");

    private final List<Part> parts;

    /** One file and what it says. */
    private record Part(Path file, Config content) {}

    private Kubeconfig(List<Part> parts) {
        this.parts = parts;
    }

    /**
     * Reads files that are merged as kubectl merges those of {@code KUBECONFIG}: what comes first holds.
     *
     * @throws LabException if one is no kubeconfig
     */
    static Kubeconfig read(List<Path> files) {
        return new Kubeconfig(
                files.stream().map(file -> new Part(file, parse(file))).toList());
    }

    /**
     * Looks whether a context says how to reach a cluster, and as whom.
     *
     * @param wanted empty for the current one
     * @throws LabException saying what is missing or wrong
     */
    void require(Optional<String> wanted) {
        Path first = parts.get(0).file();
        String name = wanted.or(this::current)
                .orElseThrow(() -> wrong(first, "has no current context; choose one with --context"));
        Named<Context> context = named(Config::getContexts, NamedContext::getName, NamedContext::getContext, name)
                .orElseThrow(() -> wrong(
                        first,
                        wanted.isPresent()
                                ? "has no context '" + name + "'"
                                : "lacks the context that is its current"));
        Path file = context.file();
        Named<Cluster> cluster = named(
                        Config::getClusters,
                        NamedCluster::getName,
                        NamedCluster::getCluster,
                        context.content().getCluster())
                .orElseThrow(() -> wrong(file, "lacks the cluster that its context names"));
        requireReachable(cluster);
        String user = context.content().getUser();
        if (user != null && !user.isEmpty()) {
            requireUsable(named(Config::getUsers, NamedAuthInfo::getName, NamedAuthInfo::getUser, user)
                    .orElseThrow(() -> wrong(file, "lacks the user that its context names")));
        }
    }

    private static Config parse(Path file) {
        String text = text(file);
        if (text.isBlank()) {
            throw wrong(file, "is empty");
        }
        Config config;
        try {
            config = Serialization.unmarshal(text, Config.class);
        } catch (RuntimeException | StackOverflowError e) {
            // not as the cause either: its message quotes the file
            throw wrong(file, "is not a kubeconfig" + place(e));
        }
        if (config == null || !(config.getKind() == null || config.getKind().equals("Config"))) {
            throw wrong(file, "is not a kubeconfig");
        }
        return config;
    }

    private static String text(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new LabException("cannot read the kubeconfig " + file + ": it is a folder");
            }
            if (Files.size(file) > LARGEST) {
                throw wrong(file, "is not a kubeconfig, it is too large");
            }
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw wrong(file, "is not a kubeconfig, it is not text");
        } catch (NoSuchFileException e) {
            throw new LabException("cannot read the kubeconfig " + file + ": there is no such file");
        } catch (IOException e) {
            throw new LabException("cannot read the kubeconfig " + file + ": "
                    + (Files.isReadable(file) ? e.getClass().getSimpleName() : "permission denied"));
        }
    }

    private static String place(Throwable parsing) {
        return Stream.iterate(parsing, e -> e != null, Throwable::getCause)
                .limit(10)
                .map(e -> PLACE.matcher(String.valueOf(e.getMessage())))
                .filter(Matcher::find)
                .findFirst()
                .map(m -> ": see line %s, column %s".formatted(m.group(1), m.group(2)))
                .orElse("");
    }

    private Optional<String> current() {
        return parts.stream()
                .map(part -> part.content().getCurrentContext())
                .filter(name -> name != null && !name.isEmpty())
                .findFirst();
    }

    /** What has a name in a file. */
    private record Named<T>(Path file, T content) {}

    private <N, T> Optional<Named<T>> named(
            Function<Config, @Nullable List<N>> list,
            Function<N, @Nullable String> name,
            Function<N, @Nullable T> content,
            @Nullable String wanted) {
        for (Part part : parts) {
            List<N> all = list.apply(part.content());
            for (N each : all == null ? List.<N>of() : all) {
                T found =
                        each != null && wanted != null && wanted.equals(name.apply(each)) ? content.apply(each) : null;
                if (found != null) {
                    return Optional.of(new Named<>(part.file(), found));
                }
            }
        }
        return Optional.empty();
    }

    private static void requireReachable(Named<Cluster> named) {
        Cluster cluster = named.content();
        if (!isUrl(cluster.getServer())) {
            throw wrong(named.file(), "has a cluster whose server is no http or https URL");
        }
        requireCertificateFile(named.file(), "certificate-authority", cluster.getCertificateAuthority());
        requireCertificateData(named.file(), "certificate-authority-data", cluster.getCertificateAuthorityData());
    }

    private static void requireUsable(Named<AuthInfo> named) {
        AuthInfo user = named.content();
        Path file = named.file();
        requireCertificateFile(file, "client-certificate", user.getClientCertificate());
        requireCertificateData(file, "client-certificate-data", user.getClientCertificateData());
        if (isGiven(user.getClientKey()) && !isKey(bytes(file, "client-key", user.getClientKey()))) {
            throw wrong(file, "names a client-key that is no private key in PEM");
        }
        if (isGiven(user.getClientKeyData()) && !isKey(decoded(file, "client-key-data", user.getClientKeyData()))) {
            throw wrong(file, "has client-key-data that is no private key in PEM");
        }
        boolean certificate = isGiven(user.getClientCertificate()) || isGiven(user.getClientCertificateData());
        boolean key = isGiven(user.getClientKey()) || isGiven(user.getClientKeyData());
        if (certificate != key) {
            throw wrong(file, "has a user with only one of client certificate and client key");
        }
        if (isGiven(user.getToken()) && !TOKEN.matcher(user.getToken()).matches()) {
            throw wrong(file, "has a user whose token has characters that no token has");
        }
        if (isGiven(user.getTokenFile())) {
            String token = new String(bytes(file, "tokenFile", user.getTokenFile()), StandardCharsets.UTF_8).strip();
            if (!TOKEN.matcher(token).matches()) {
                throw wrong(file, "names a tokenFile that holds no token");
            }
        }
        if (user.getExec() != null) {
            requireCommand(file, user.getExec());
        }
    }

    private static boolean isGiven(@Nullable String value) {
        return value != null && !value.isEmpty();
    }

    private static boolean isUrl(@Nullable String server) {
        try {
            URI uri = new URI(server == null ? "" : server);
            return uri.getHost() != null
                    && uri.getScheme() != null
                    && uri.getScheme().matches("(?i)https?");
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static void requireCertificateFile(Path file, String field, @Nullable String path) {
        if (path != null && !path.isEmpty() && !isCertificates(bytes(file, field, path))) {
            throw wrong(file, "names a " + field + " that is no certificate in PEM");
        }
    }

    private static void requireCertificateData(Path file, String field, @Nullable String data) {
        if (data != null && !data.isEmpty() && !isCertificates(decoded(file, field, data))) {
            throw wrong(file, "has " + field + " that is no certificate in PEM");
        }
    }

    private static boolean isCertificates(byte[] pem) {
        try {
            return !CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem))
                    .isEmpty();
        } catch (CertificateException e) {
            return false;
        }
    }

    private static boolean isKey(byte[] pem) {
        return PRIVATE_KEY.matcher(new String(pem, StandardCharsets.ISO_8859_1)).find();
    }

    private static byte[] decoded(Path file, String field, String data) {
        try {
            return Base64.getDecoder().decode(data);
        } catch (IllegalArgumentException e) {
            throw wrong(file, "has " + field + " that is not base64");
        }
    }

    private static byte[] bytes(Path file, String field, String path) {
        try {
            Path beside = beside(file, path);
            if (Files.size(beside) <= LARGEST) {
                return Files.readAllBytes(beside);
            }
        } catch (IOException | RuntimeException e) {
            // nor is the path told: people paste keys where files are to be named
        }
        throw wrong(file, "names a " + field + " that cannot be read");
    }

    private static Path beside(Path file, String path) {
        return file.toAbsolutePath().resolveSibling(path);
    }

    /** A command with a slash is a file, of which a relative one is looked for beside the kubeconfig; others are on the PATH. */
    private static void requireCommand(Path file, ExecConfig exec) {
        String command = exec.getCommand();
        if (!isGiven(command)) {
            throw wrong(file, "has a user whose exec plugin has no command");
        }
        Stream<String> places = command.contains("/")
                ? Stream.of(command)
                : Arrays.stream(Optional.ofNullable(System.getenv("PATH"))
                                .orElse("")
                                .split(File.pathSeparator, -1))
                        .map(folder -> folder + "/" + command);
        if (places.noneMatch(place -> isExecutable(file, place))) {
            throw wrong(file, "has a user whose exec plugin is not there; install it, or choose another user");
        }
    }

    private static boolean isExecutable(Path file, String place) {
        try {
            Path command = beside(file, place);
            return Files.isRegularFile(command) && Files.isExecutable(command);
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static LabException wrong(Path file, String what) {
        return new LabException("the kubeconfig " + file + " " + what);
    }
}
