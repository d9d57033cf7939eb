// SHA-256 (FIPS 180-4) by the processor's own instructions.

#include "CHashing.h"

// The constants of the 64 rounds.
const uint32_t varve_sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

#if defined(__x86_64__)

#include <immintrin.h>

#define UNROLL _Pragma("clang loop unroll(full)")
#define TARGET __attribute__((target("sha,sse4.1,ssse3")))

TARGET static inline __m128i load(const void *words) { return _mm_loadu_si128(words); }

TARGET void varve_sha256(const uint8_t *message, size_t blocks, uint8_t *hash) {
  // Turns the bytes of each of four words around.
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  // The state as the instructions have it: A, B, E, F and C, D, G, H, the first one highest.
  __m128i abef = _mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c);
  __m128i cdgh = _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19);
  for (; blocks > 0; blocks--, message += 64) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    // The last sixteen words of the message schedule, four in each; four rounds at a time.
    __m128i words[4];
    UNROLL for (int four = 0; four < 16; four++) {
      __m128i *next = &words[four & 3];
      if (four < 4) {
        *next = _mm_shuffle_epi8(load(message + 16 * four), big_endian);
      } else {
        const __m128i last = words[(four + 3) & 3], seventh = _mm_alignr_epi8(last, words[(four + 2) & 3], 4);
        *next = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(*next, words[(four + 1) & 3]), seventh), last);
      }
      const __m128i sum = _mm_add_epi32(*next, load(varve_sha256_constants + 4 * four));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1b), hgdc = _mm_shuffle_epi32(cdgh, 0x1b);
  _mm_storeu_si128((__m128i *)hash, _mm_shuffle_epi8(_mm_unpacklo_epi64(feba, hgdc), big_endian));
  _mm_storeu_si128((__m128i *)(hash + 16), _mm_shuffle_epi8(_mm_unpackhi_epi64(feba, hgdc), big_endian));
}

#else

// No processor of this kind reports the feature; the name exists so that callers need no conditions.
void varve_sha256(const uint8_t *message, size_t blocks, uint8_t *hash) {
  (void)message, (void)blocks, (void)hash;
  __builtin_trap();
}

#endif
