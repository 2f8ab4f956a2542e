package io.cobrowse.load.journey;

import io.cobrowse.load.settings.Complexity;
import io.cobrowse.load.settings.Profile;
import io.cobrowse.load.settings.Settings;
import java.net.URI;

/**
 * What an injector is to do. Immutable.
 *
 * @param target the proxy's URL, without a path
 * @param injector which one this is, from 1
 * @param injectors how many there are; each makes an equal share
 */
public record LoadSpec(
        URI target, Profile profile, Complexity complexity, Settings settings, int injector, int injectors) {

    /** @throws IllegalArgumentException if there is no such injector, or the target is no HTTP URL */
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

    /** The target for HTTP, without a slash at the end. */
    String http() {
        return target.getScheme() + "://" + target.getRawAuthority();
    }

    /** The target for WebSocket. */
    String webSocket() {
        return http().replaceFirst("^http", "ws");
    }
}
