package io.cobrowse.load.journey;

import io.cobrowse.load.settings.Complexity;
import io.cobrowse.load.settings.Profile;
import io.cobrowse.load.settings.Settings;
import java.net.URI;

/**
 * The task of an injector. Immutable.
 *
 * @param target the proxy's URL, without a path
 * @param injector the number of this injector, from 1
 * @param injectors the number of injectors; each makes an equal share of the load
 */
public record LoadSpec(
        URI target, Profile profile, Complexity complexity, Settings settings, int injector, int injectors) {

    /** @throws IllegalArgumentException if there is no such injector, or the target is not an HTTP URL */
    public LoadSpec {
        if (injector < 1 || injector > injectors) {
            throw new IllegalArgumentException("There is no injector " + injector + " of " + injectors);
        }
        if (target.getHost() == null || !String.valueOf(target.getScheme()).matches("https?")) {
            throw new IllegalArgumentException("'" + target + "' is not an http or https URL with a host");
        }
    }

    double share() {
        return 1.0 / injectors;
    }

    /** Returns the target for HTTP, without a slash at the end. */
    String http() {
        return target.getScheme() + "://" + target.getRawAuthority();
    }

    /** Returns the target for WebSocket. */
    String webSocket() {
        return http().replaceFirst("^http", "ws");
    }
}
