package io.cobrowse.bench.peers;

/** The protocol between a proxy and its clients. */
enum Front {
    HTTP1,
    /** HTTP/1.1, encrypted. */
    TLS,
    /** HTTP/2 in the clear, with prior knowledge. */
    HTTP2
}
