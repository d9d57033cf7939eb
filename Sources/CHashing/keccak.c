// Keccak on vectors: several independent states, one in each lane of a vector.

#include "CHashing.h"

#include <string.h>

#define UNROLL _Pragma("clang loop unroll(full)")

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a word of a message is read as the processor has it");

// Words that a block of Keccak-256 has: 1088 bits; and more blocks than a message that is asked for ahead has.
enum { block_words = 17, most_blocks = 1 << 20 };

// Rho's rotations, lane (x, y) at index x + 5y.
static const int rotations[25] = {
    0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14,
};

// Iota's constants, one for each round.
static const uint64_t round_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

// Asks for the blocks from `first` to before `end` of each of `count` messages to be brought near.
static inline void prefetch_blocks(
    const uint8_t *const *messages, const size_t *lengths, size_t count, size_t first, size_t end) {
  for (size_t index = 0; index < count; index++) {
    size_t start = 8 * block_words * first, stop = 8 * block_words * end;
    if (stop > lengths[index]) stop = lengths[index];
    if (start < stop) varve_prefetch(messages[index], stop - start, start);
  }
}

#if defined(__x86_64__)

#define WIDTH 8
#define TARGET __attribute__((target("avx512f")))
#define NAME avx512
#include "keccak_lanes.h"

#define WIDTH 4
#define TARGET __attribute__((target("avx2")))
#define NAME avx2
#include "keccak_lanes.h"

#define WIDTH 1
#define TARGET __attribute__((target("bmi,bmi2")))
#define NAME bmi
#include "keccak_lanes.h"

#else

// No processor of this kind reports these features; the names exist so that callers need no conditions.
#define WIDTH 8
#define TARGET
#define NAME avx512
#include "keccak_lanes.h"

#define WIDTH 4
#define TARGET
#define NAME avx2
#include "keccak_lanes.h"

#define WIDTH 1
#define TARGET
#define NAME bmi
#include "keccak_lanes.h"

#endif

#define WIDTH 2
#define TARGET
#define NAME portable
#include "keccak_lanes.h"
