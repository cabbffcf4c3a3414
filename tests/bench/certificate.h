#ifndef BENCH_CERTIFICATE_H
#define BENCH_CERTIFICATE_H

struct ssl_ctx_st;

/* A server's side of TLS with a key and a certificate for 127.0.0.1 and
 * localhost, made now and signed by itself, which is written to ${path}.
 * Ends the program when that cannot be. */
struct ssl_ctx_st *certificate_make(const char *path);

#endif
