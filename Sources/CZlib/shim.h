#pragma once
#include <zlib.h>

// inflateInit2 and deflateInit2 are macros, which are not imported. 16 added to the window bits: gzip (zlib.h).
static inline int axolotly_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, 16 + MAX_WBITS); }

static inline int axolotly_deflate_init_gzip(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
}
