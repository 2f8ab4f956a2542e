package io.cobrowse.node;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The role in which a user joins a session, with its code on the wire. */
enum Role {
    CUSTOMER(1),
    AGENT(2),
    CONTROLLER(3);

    private final int code;

    Role(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /** Returns the role for a JSON number, or null if there is none. */
    static @Nullable Role of(@Nullable Object code) {
        if (code instanceof Number number) {
            for (Role role : values()) {
                if (role.code == number.doubleValue()) {
                    return role;
                }
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
