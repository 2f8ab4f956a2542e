package io.cobrowse.sticky.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainPathTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a",
                "/a/",
                "/a/b.c/d..e/...",
                "/..a/.b",
                "/a;b=c",
                "/a;b=c;d",
                "/a;",
                "/a%20b/%41%7E%3D",
                "/%c2%80%df%bf/%e0%a0%80%ed%9f%bf%ee%80%80%ef%bf%bf/%f0%90%80%80%f4%8f%bf%bf",
                "/a|b{c}[d]^\"<>`",
                "/a+b:@!$&'()*,=~_-",
            })
    void shouldTakeWhatAllReadAlike(String path) {
        assertThat(PlainPath.is(path, path)).isTrue();
        assertThat(PlainPath.is(path + "?../%2e;/\\", path)).isTrue();
        assertThat(PlainPath.is("http://p.example:80" + path, path)).isTrue();
        assertThat(PlainPath.is("https://[::1]" + path + "?", path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "*",
                "//",
                "//a",
                "/a//",
                "/a//b",
                "/.",
                "/..",
                "/./",
                "/../",
                "/a/.",
                "/a/..",
                "/a/./b",
                "/a/../b",
                "/.;a",
                "/..;a",
                "/a/..;",
                "/..;/a",
                "/a;/b",
                "/a;b=c/d",
                "/;/a",
                "/\\",
                "/a\\b",
                "/a\u0000",
                "/a b",
                "/a\tb",
                "/a\u007f",
                "/a\u00e9",
                "/\uff0e\uff0e/a",
                "/%2e",
                "/%2E%2e/a",
                "/a%2fb",
                "/a%2F",
                "/a%5cb",
                "/%5C",
                "/a%25",
                "/%252e",
                "/a%3bb",
                "/a%3F",
                "/a%23",
                "/a%00",
                "/a%0a",
                "/a%7f",
                "/%",
                "/%2",
                "/a%zz",
                "/%u002e",
                "/% 2",
                "/%c0%ae",
                "/%c1%9c",
                "/%80",
                "/%bf",
                "/%c2",
                "/%c2a",
                "/%c2%41",
                "/%c2%c2",
                "/%e0%80%af",
                "/%e0%9f%bf",
                "/%ed%a0%80",
                "/%e2%82",
                "/%f0%80%80%af",
                "/%f0%8f%bf%bf",
                "/%f4%90%80%80",
                "/%f5%80%80%80",
                "/%ff",
                "/\uff05\uff12\uff11",
                "/%\uff12\uff11"
            })
    void shouldRefuseWhatSomeReadDifferently(String path) {
        assertThat(PlainPath.is(path, path)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/a/b, /a",
        "/a, /b",
        "/a#b, /a",
        "http:/a, /a",
        "http:///a, /a",
        "http://p, /",
        "http://u@p/a, /a",
        "http://p\\b/a, /a",
        "http://p?b/a, /a",
        "http://p/b/a, /a",
        "ftp://p/a, /a",
        "x:/a, /a",
        "HTTP//p/a, /a",
        "http://p/a;b/c, /a;b/c",
    })
    void shouldRefuseATargetWhosePathIsInDoubt(String target, String path) {
        assertThat(PlainPath.is(target, path)).isFalse();
    }
}
