# The proxy in an image: mvn -DskipTests package -pl dist -am && docker build -t cobrowse-proxy .
# The configuration is mounted at /etc/cobrowse-proxy/proxy.yaml; nothing is written to the file system.
FROM eclipse-temurin:25-jre-noble

# Unpacked and run once, so that starts find their classes prepared (JEP 514); .ci/try-packages does the same.
RUN --mount=type=bind,source=dist/target,target=/dist \
    mkdir /opt/cobrowse-proxy \
    && tar -xzf /dist/cobrowse-proxy-*.tar.gz -C /opt/cobrowse-proxy --strip-components=1 --exclude='*/cobrowse-node.jar' \
    && /opt/cobrowse-proxy/bin/cobrowse-proxy prepare

USER 10001:10001
ENV JAVA_OPTS="-XX:MaxRAMPercentage=70"
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/cobrowse-proxy/bin/cobrowse-proxy"]
CMD ["run", "--config", "/etc/cobrowse-proxy/proxy.yaml"]
