[description]
Adds the sticky proxy for Genesys Co-browse to the server, with the listeners and nodes of a configuration file.

[environment]
ee11

[tags]
proxy

[depend]
server
client
security
ee11-servlet

[files]
basehome:modules/cobrowse-sticky/cobrowse-sticky.yaml|etc/cobrowse-sticky.yaml

[lib]
lib/jetty-ee11-proxy-${jetty.version}.jar
lib/jetty-alpn-server-${jetty.version}.jar
lib/jetty-alpn-java-server-${jetty.version}.jar
lib/http2/jetty-http2-common-${jetty.version}.jar
lib/http2/jetty-http2-hpack-${jetty.version}.jar
lib/http2/jetty-http2-server-${jetty.version}.jar
lib/cobrowse-sticky/sticky-filter.jar
lib/cobrowse-sticky/sticky-jetty-proxy.jar
lib/cobrowse-sticky/HdrHistogram.jar
lib/cobrowse-sticky/jctools-core.jar
lib/cobrowse-sticky/snakeyaml-engine.jar

[xml]
etc/cobrowse-sticky.xml

[ini-template]
## The configuration file; a relative path is taken from JETTY_BASE.
# cobrowse.sticky.config=etc/cobrowse-sticky.yaml

## The context path of the proxy. What is outside is left to the other contexts of the server.
# cobrowse.sticky.context=/
