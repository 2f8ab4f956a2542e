package io.cobrowse.load.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cobrowse.load.record.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    private Path directory;

    private Settings read(String yaml) throws Exception {
        return Settings.read(Files.writeString(directory.resolve("own.yaml"), yaml));
    }

    @Test
    void shouldHaveAllProfilesAndComplexities() {
        assertThat(Settings.defaults().profiles())
                .containsOnlyKeys("smoke", "steady", "peak", "burst", "failover", "drain", "soak");
        assertThat(Settings.defaults().complexity()).containsOnlyKeys("average", "high");
        assertThat(Settings.defaults().serviceLevels())
                .containsOnlyKeys(Arrays.stream(Step.values()).map(Step::key).toArray(String[]::new));
    }

    @Test
    void shouldTakeSingleValuesFromAFile() throws Exception {
        Settings settings = read("journey: { websocket: 0.25 }\nprofiles: { steady: { sessions: 7 } }\n");

        assertThat(settings.journey().websocket()).isEqualTo(0.25);
        assertThat(settings.journey().chats())
                .isEqualTo(Settings.defaults().journey().chats());
        assertThat(settings.profile("steady").sessions()).isEqualTo(7);
        assertThat(settings.profile("steady").hold()).isEqualTo(Duration.ofMinutes(3));
    }

    @Test
    void shouldSayWhichKeyIsUnknown() {
        assertThatThrownBy(() -> read("journey: { websockets: 1 }\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("own.yaml")
                .hasMessageContaining("websockets");
    }

    @Test
    void shouldSayWhichValueIsOutOfRange() {
        assertThatThrownBy(() -> read("profiles: { steady: { sessions: 0 } }\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sessions: 0 is not above 0");
        assertThatThrownBy(() -> read("journey: { chats: 1.5 }\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1.5 is not within 0 to 1");
    }

    @Test
    void shouldNameTheProfilesThatThereAre() {
        assertThatThrownBy(() -> Settings.defaults().profile("stedy"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("burst, drain, failover, peak, smoke, soak, steady");
    }
}
