// SHA-256 (FIPS 180-4) of sixteen short messages of one length, side by side in AVX-512 registers.

#include "CHashing.h"

#include <string.h>

enum { lanes = 16, block_bytes = 64, blocks = 2 };

#if defined(__x86_64__)

#define UNROLL _Pragma("clang loop unroll(full)")
#define TARGET __attribute__((target("avx512f,avx512bw")))

// One word of each message.
typedef uint32_t words __attribute__((vector_size(4 * lanes)));

static const uint32_t first_state[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

TARGET static inline __attribute__((always_inline)) words turn(words x, int count) {
  return x >> count | x << (32 - count);
}

// Section 6.2.2. `w` holds the block, and then the last sixteen words of the message schedule.
TARGET static inline __attribute__((always_inline)) void compress(words state[8], words w[16]) {
  words a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (int base = 0; base < 64; base += 16) {
    UNROLL for (int i = 0; i < 16; i++) {
      if (base > 0) {
        words early = w[(i + 1) & 15], late = w[(i + 14) & 15];
        w[i] += (turn(early, 7) ^ turn(early, 18) ^ early >> 3) + w[(i + 9) & 15] +
                (turn(late, 17) ^ turn(late, 19) ^ late >> 10);
      }
      words first = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) +
                    varve_sha256_constants[base + i] + w[i];
      words second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g, g = f, f = e, e = d + first, d = c, c = b, b = a, a = first + second;
    }
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

TARGET void varve_sha256_avx512(uint8_t prefix, const uint8_t *entries, size_t length, uint8_t *hashes) {
  uint8_t padded[lanes][blocks * block_bytes] = {{0}};
  for (size_t lane = 0; lane < lanes; lane++) {
    padded[lane][0] = prefix;
    memcpy(padded[lane] + 1, entries + length * lane, length);
    padded[lane][1 + length] = 0x80;
    padded[lane][blocks * block_bytes - 2] = (uint8_t)((1 + length) >> 5);
    padded[lane][blocks * block_bytes - 1] = (uint8_t)((1 + length) << 3);
  }
  words state[8];
  for (int i = 0; i < 8; i++) state[i] = (words){0} + first_state[i];
  for (int block = 0; block < blocks; block++) {
    words w[16];
    UNROLL for (int i = 0; i < 16; i++) {
      UNROLL for (int lane = 0; lane < lanes; lane++) {
        uint32_t word;
        memcpy(&word, padded[lane] + block_bytes * block + 4 * i, sizeof word);
        w[i][lane] = word;
      }
      w[i] = w[i] >> 24 | (w[i] >> 8 & 0xff00) | (w[i] << 8 & 0xff0000) | w[i] << 24;
    }
    compress(state, w);
  }
  for (int lane = 0; lane < lanes; lane++) {
    for (int i = 0; i < 8; i++) {
      uint32_t word = __builtin_bswap32(state[i][lane]);
      memcpy(hashes + 32 * lane + 4 * i, &word, sizeof word);
    }
  }
}

#else

// No processor of this kind reports the feature; the name exists so that callers need no conditions.
void varve_sha256_avx512(uint8_t prefix, const uint8_t *entries, size_t length, uint8_t *hashes) {
  (void)prefix, (void)entries, (void)length, (void)hashes;
  __builtin_trap();
}

#endif
