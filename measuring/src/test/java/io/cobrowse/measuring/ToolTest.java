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
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Tool.output(List.of("true"))).isInstanceOf(IOException.class);

        assertThat(Thread.interrupted()).isTrue();
    }
}
