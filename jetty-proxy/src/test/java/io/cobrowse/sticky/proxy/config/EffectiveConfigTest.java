package io.cobrowse.sticky.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.sticky.proxy.TestIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EffectiveConfigTest {
    @TempDir
    Path directory;

    @Test
    void shouldPrintAllDefaults() throws Exception {
        assertThat(EffectiveConfig.toYaml(read("nodes: [{id: 1, cookie: node-1, url: 'http://a'}]")))
                .isEqualTo("""
                        listeners:
                          - name: public
                            address: 0.0.0.0:8080
                            trusted-peers: []
                            proxy-protocol: false
                            limits:
                              connections: 20000
                              connections-per-client: 500
                              requests-per-client: 0
                              head-timeout: 10s
                              body-rate: 100
                              header-bytes: 32KiB
                              target-bytes: 8KiB
                              body-bytes: 1GiB
                              header-count: 200
                              http2-streams: 256
                              http2-events: 200
                        admin:
                          address: 127.0.0.1:8081
                        stickiness:
                          cookie: gcbSessionServer
                          query-parameter: co-browse-node-id
                          route-suffix: false
                          on-node-down: notify
                          on-unknown-node: reject
                          session-start:
                            - POST /cobrowse/rest/live/sessions
                            - POST /cobrowse/rest/chat/sessions
                            - POST /cobrowse/cometd/handshake
                          cookie-path: /
                          expose-route: false
                          referer: false
                        any-node:
                          - GET /cobrowse/js/**
                          - GET /cobrowse/rest/live/sessions/*
                        cors:
                          errors: reflect
                        balance: round-robin
                        nodes:
                          - id: '1'
                            cookie: node-1
                            url: http://a
                            weight: 1
                            backup: false
                        health:
                          path: /cobrowse/health
                          interval: 2s
                          timeout: 1s
                          rise: 2
                          fall: 3
                          expect: 200-299
                          drain-on-404: false
                          observe: 0
                          slow-start: 0s
                        timeouts:
                          connect: 2s
                          response: 75s
                          idle: 1m
                          tunnel-idle: 10m
                          drain: 35s
                        tunnels:
                          close-per-second: 100
                        upstream-tls:
                          verify-host: true
                        access-log:
                          format: json
                          max-size: 100MiB
                          files: 10
                          secrets: false
                        metrics:
                          enabled: true
                        audit:
                          enabled: false
                          sessions: 100000
                        """);
    }

    @Test
    void shouldReadBackAsTheSameConfigurationButForSecrets() throws Exception {
        TestIdentity.create(directory);
        String masked = ConfigReaderTest.EVERY_KEY.replace("s3cret", "'***'");
        String yaml = EffectiveConfig.toYaml(read(ConfigReaderTest.EVERY_KEY));
        assertThat(yaml).doesNotContain("s3cret");
        assertThat(read(yaml)).isEqualTo(read(masked));
    }

    private ProxyConfig read(String yaml) throws Exception {
        return ConfigReader.read(Files.writeString(directory.resolve("proxy.yaml"), yaml), name -> null)
                .config();
    }
}
