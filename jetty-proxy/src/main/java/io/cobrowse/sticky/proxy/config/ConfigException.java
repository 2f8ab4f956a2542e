package io.cobrowse.sticky.proxy.config;

import java.util.List;

/** An invalid configuration, with all of its errors. Immutable. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final List<String> errors;

    ConfigException(List<String> errors) {
        super(String.join(System.lineSeparator(), errors));
        this.errors = List.copyOf(errors);
    }

    /** Returns every error in the order of the file, one line each: file, line, key, value, and what is allowed. */
    public List<String> errors() {
        return errors;
    }
}
