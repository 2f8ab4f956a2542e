package io.cobrowse.measuring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InstructionCounterTest {
    @Test
    void shouldReadWhatPerfHasCounted() {
        assertThat(InstructionCounter.parse("123456789,,instructions,1000000,100.00,1.5,insn per cycle\n"))
                .hasValue(123456789);
        assertThat(InstructionCounter.parse("42,,instructions:u,1000,100.00,,\n"))
                .hasValue(42);
    }

    @Test
    void shouldHaveNothingWhereTheMachineDoesNotCount() {
        assertThat(InstructionCounter.parse("<not supported>,,instructions,0,100.00,,\n"))
                .isEmpty();
        assertThat(InstructionCounter.parse("event syntax error: 'instructions'\n"))
                .isEmpty();
    }
}
