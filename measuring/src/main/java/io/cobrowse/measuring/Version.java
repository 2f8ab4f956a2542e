package io.cobrowse.measuring;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Reads the version of a command line from its runnable jar's manifest. Made by picocli, which is why it must be public. */
public final class Version implements IVersionProvider {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        String name = spec == null ? "" : spec.root().name() + " ";
        return new String[] {name + (version == null ? "(development build)" : version)};
    }
}
