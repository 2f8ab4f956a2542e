package io.cobrowse.sticky.proxy.cluster.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The manifests in deploy/kubernetes, parsed with the API's own types: they contain nothing that the API does not know.
 */
class ManifestsTest {
    private static final Path DIRECTORY = Path.of("..", "deploy", "kubernetes");
    private static final KubernetesSerialization YAML = new KubernetesSerialization();
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource({
        "rbac.yaml, ServiceAccount Role RoleBinding",
        "deployment.yaml, Deployment",
        "service.yaml, Service PodDisruptionBudget",
        "autoscaling.yaml, HorizontalPodAutoscaler"
    })
    void shouldSayNothingThatTheApiDoesNotKnow(String file, String kinds) throws Exception {
        StringBuilder seen = new StringBuilder();
        for (String text : Files.readString(DIRECTORY.resolve(file)).split("(?m)^---$")) {
            HasMetadata resource = YAML.unmarshal(text);
            Map<?, ?> written = YAML.unmarshal(text, Map.class);
            assertThat(JSON.readTree(YAML.asJson(resource))).as(file).isEqualTo(JSON.readTree(YAML.asJson(written)));
            seen.append(' ').append(resource.getKind());
        }
        assertThat(seen.substring(1)).isEqualTo(kinds);
    }

    @Test
    void shouldGiveTheProxyTheTimeThatItsDrainTakes() throws Exception {
        Deployment deployment = YAML.unmarshal(Files.readString(DIRECTORY.resolve("deployment.yaml")));
        var pod = deployment.getSpec().getTemplate().getSpec();
        var preStop = pod.getContainers().get(0).getLifecycle().getPreStop().getExec();
        Duration wait = Duration.ofSeconds(Long.parseLong(preStop.getCommand().get(1)));
        var config = ConfigReader.read(DIRECTORY.resolve("proxy.yaml"), Map.of("ADMIN_TOKEN", "secret")::get)
                .config();
        assertThat(wait.plus(config.timeouts().drain()))
                .isLessThan(Duration.ofSeconds(pod.getTerminationGracePeriodSeconds()));
    }
}
