#ifndef LIB_BASE_VERSION_H
#define LIB_BASE_VERSION_H

#define TTLSWEEP_VERSION "0.1.0"

#endif
