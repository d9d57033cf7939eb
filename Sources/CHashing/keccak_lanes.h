// keccak-f[1600] (FIPS 202, section 3) on WIDTH states at once, the absorbing of whole blocks, and whole hashes. Included once for
// each width and processor, with
//   WIDTH    how many states stand side by side in one vector
//   TARGET   the attribute that names the processor
//   NAME     what the functions' names end with
// All loops over lanes have fixed bounds and are unrolled, so that the indices into the tables vanish.
//
// A round goes from one array to another, plane by plane: a plane of the result needs five lanes of the state and is
// done with them at once, and its part of the next round's parity is added on the way. So a lane is loaded and stored
// once a round, and what is computed in between fits into sixteen registers.

#define JOIN_(left, right) left##right
#define JOIN(left, right) JOIN_(left, right)
#define VECTOR JOIN(vector_, NAME)
#define ROUND JOIN(round_, NAME)
#define PERMUTE JOIN(varve_keccak_permute_, NAME)
#define ABSORB_BLOCK JOIN(absorb_block_, NAME)
#define ABSORB JOIN(varve_keccak_absorb_, NAME)
#define HASH JOIN(varve_keccak_hash_, NAME)

typedef uint64_t VECTOR __attribute__((vector_size(8 * WIDTH)));

// `parity` holds the columns' parities: of `a` before, of `b` after.
TARGET static inline __attribute__((always_inline)) void ROUND(
    const VECTOR *restrict a, VECTOR *restrict b, VECTOR *parity, uint64_t constant) {
  VECTOR mix[5], lane[5], sum[5];
  UNROLL for (int x = 0; x < 5; x++) {
    VECTOR right = parity[(x + 1) % 5];
    mix[x] = parity[(x + 4) % 5] ^ (right << 1 | right >> 63);
  }
  UNROLL for (int y = 0; y < 5; y++) {
    // Rho and pi: lane (x, y) comes from (x + 3y, x), and is turned on the way.
    UNROLL for (int x = 0; x < 5; x++) {
      int column = (x + 3 * y) % 5, from = column + 5 * x;
      VECTOR mixed = a[from] ^ mix[column];
      lane[x] = rotations[from] ? mixed << rotations[from] | mixed >> (64 - rotations[from]) : mixed;
    }
    UNROLL for (int x = 0; x < 5; x++) {
      VECTOR out = lane[x] ^ (~lane[(x + 1) % 5] & lane[(x + 2) % 5]);
      if (x + y == 0) out ^= constant;
      sum[x] = y ? sum[x] ^ out : out;
      b[5 * y + x] = out;
    }
  }
  UNROLL for (int x = 0; x < 5; x++) parity[x] = sum[x];
}

TARGET void PERMUTE(uint64_t *lanes) {
  VECTOR a[25], b[25], parity[5];
  memcpy(a, lanes, sizeof a);
  UNROLL for (int x = 0; x < 5; x++) parity[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
  for (int round = 0; round < 24; round += 2) {
    ROUND(a, b, parity, round_constants[round]);
    ROUND(b, a, parity, round_constants[round + 1]);
  }
  memcpy(lanes, a, sizeof a);
}

TARGET static inline void ABSORB_BLOCK(uint64_t *lanes, const uint8_t *const *messages, size_t block) {
  for (int word = 0; word < block_words; word++) {
    VECTOR state, input = {0};
    UNROLL for (int lane = 0; lane < WIDTH; lane++) {
      uint64_t bytes;
      memcpy(&bytes, messages[lane] + 8 * (block_words * block + (size_t)word), sizeof bytes);
      input[lane] = bytes;
    }
    memcpy(&state, lanes + WIDTH * word, sizeof state);
    state ^= input;
    memcpy(lanes + WIDTH * word, &state, sizeof state);
  }
  PERMUTE(lanes);
}

TARGET void ABSORB(uint64_t *lanes, const uint8_t *const *messages, size_t blocks) {
  for (size_t block = 0; block < blocks; block++) ABSORB_BLOCK(lanes, messages, block);
}

#if WIDTH > 1
TARGET void HASH(
    const uint8_t *const *messages, const size_t *lengths, size_t blocks, size_t ahead, uint64_t *hashes) {
  uint64_t lanes[25 * WIDTH] = {0};
  uint8_t last[WIDTH][8 * block_words] = {{0}};
  const uint8_t *ends[WIDTH];
  for (size_t block = 0; block + 1 < blocks; block++) {
    prefetch_blocks(messages + WIDTH, lengths + WIDTH, ahead, block, block + 1);
    ABSORB_BLOCK(lanes, messages, block);
  }
  prefetch_blocks(messages + WIDTH, lengths + WIDTH, ahead, blocks - 1, most_blocks);
  for (int lane = 0; lane < WIDTH; lane++) {
    size_t before = 8 * block_words * (blocks - 1), rest = lengths[lane] - before;
    if (rest > 0) memcpy(last[lane], messages[lane] + before, rest);
    last[lane][rest] ^= 0x01;
    last[lane][8 * block_words - 1] ^= 0x80;
    ends[lane] = last[lane];
  }
  ABSORB_BLOCK(lanes, ends, 0);
  for (int lane = 0; lane < WIDTH; lane++)
    for (int word = 0; word < 4; word++) hashes[4 * lane + word] = lanes[WIDTH * word + lane];
}
#endif

#undef WIDTH
#undef TARGET
#undef NAME
#undef VECTOR
#undef ROUND
#undef PERMUTE
#undef ABSORB_BLOCK
#undef ABSORB
#undef HASH
#undef JOIN
#undef JOIN_
