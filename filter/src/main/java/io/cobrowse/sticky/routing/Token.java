package io.cobrowse.sticky.routing;

import java.util.regex.Pattern;

/** Tokens of RFC 9110 section 5.6.2, such as the names of fields, cookies and methods. */
final class Token {
    static final String ALLOWED = "a name of letters, digits and !#$%&'*+.^_`|~- (a token of RFC 9110 section 5.6.2)";

    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private Token() {}

    static boolean isToken(String text) {
        return TOKEN.matcher(text).matches();
    }
}
