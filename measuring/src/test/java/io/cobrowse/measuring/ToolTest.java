package io.cobrowse.measuring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ToolTest {
    /** Who measures expects that a program fails, and looks then whether it is to stop. */
    @Test
    void shouldFailLikeAnyProgramWhereItsThreadIsInterrupted() {
        // It says no more, but goes on: waiting for a program that has ended cannot be interrupted.
        List<String> program = List.of("sh", "-c", "exec >&- 2>&-; exec sleep 60");
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Tool.output(program)).isInstanceOf(IOException.class);

        assertThat(Thread.interrupted()).isTrue();
    }
}
