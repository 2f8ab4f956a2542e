package io.cobrowse.sticky.proxy.cli;

import picocli.CommandLine.IVersionProvider;

/** The version from the manifest of the jar. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"cobrowse-proxy " + (version == null ? "(development build)" : version)};
    }
}
