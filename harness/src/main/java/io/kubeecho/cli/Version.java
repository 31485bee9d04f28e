package io.kubeecho.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
final class Version implements IVersionProvider {

    static String text() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("(development)");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"kube-echo " + text()};
    }
}
