package io.cobrowse.bench.peers;

/** What a proxy speaks with its clients. */
enum Front {
    HTTP1,
    /** HTTP/1.1, encrypted. */
    TLS,
    /** HTTP/2 in the clear, with prior knowledge. */
    HTTP2
}
