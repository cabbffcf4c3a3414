#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/certificate.h"

static void
must(int ok)
{
	if (ok)
		return;
	fputs("replay: cannot make a certificate\n", stderr);
	ERR_print_errors_fp(stderr);
	exit(1);
}

static void
add_extension(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	must(e != NULL && X509_add_ext(x, e, -1));
	X509_EXTENSION_free(e);
}

SSL_CTX *
certificate_make(const char *path)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	FILE *f;

	must(key != NULL && x != NULL && tls != NULL);
	must(X509_set_version(x, X509_VERSION_3));
	must(ASN1_INTEGER_set(X509_get_serialNumber(x), 1));
	must(X509_gmtime_adj(X509_getm_notBefore(x), -86400) != NULL);
	must(X509_gmtime_adj(X509_getm_notAfter(x), 86400L * 30) != NULL);
	must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)"replay", -1, -1, 0));
	must(X509_set_issuer_name(x, name));
	must(X509_set_pubkey(x, key));
	add_extension(x, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(x, NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
	must(X509_sign(x, key, EVP_sha256()));
	must(SSL_CTX_use_certificate(tls, x) &&
	    SSL_CTX_use_PrivateKey(tls, key));
	f = fopen(path, "w");
	must(f != NULL && PEM_write_X509(f, x));
	must(fclose(f) == 0);
	X509_free(x);
	EVP_PKEY_free(key);
	return tls;
}
