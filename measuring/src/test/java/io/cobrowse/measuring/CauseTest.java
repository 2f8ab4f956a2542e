package io.cobrowse.measuring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CauseTest {
    @SuppressWarnings("unused") // By JUnit.
    private static Stream<Arguments> shouldTellWithoutNamesOfClasses() {
        IOException refused = new ConnectException("Connection refused");
        return Stream.of(
                Arguments.of(new IOException("Not 200 with a length"), "Not 200 with a length"),
                Arguments.of(new UncheckedIOException(refused), "Connection refused"),
                Arguments.of(new ExecutionException(new UncheckedIOException(refused)), "Connection refused"),
                Arguments.of(new IllegalStateException(refused), "Connection refused"),
                Arguments.of(new UncheckedIOException("Round 2", refused), "Round 2"),
                Arguments.of(new ConnectException(), "connection refused"),
                Arguments.of(new ConnectException().initCause(new UnresolvedAddressException()), "unknown host"),
                Arguments.of(new UnknownHostException("nowhere.test"), "unknown host nowhere.test"),
                Arguments.of(new ClosedChannelException(), "connection closed"),
                Arguments.of(new NoSuchFileException("a.json"), "there is no file a.json"),
                Arguments.of(new TimeoutException(), "timeout"));
    }

    @ParameterizedTest
    @MethodSource
    void shouldTellWithoutNamesOfClasses(Throwable failure, String text) {
        assertThat(Cause.of(failure)).isEqualTo(text);
    }
}
