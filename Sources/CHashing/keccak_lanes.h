// keccak-f[1600] (FIPS 202, section 3) on WIDTH states at once. Included once for each width and processor, with
//   WIDTH    how many states stand side by side in one vector
//   TARGET   the attribute that names the processor
//   PERMUTE  the function's name
// All loops have fixed bounds and are unrolled, so that the indices into the tables below vanish.

TARGET void PERMUTE(uint64_t *lanes) {
  typedef uint64_t vector __attribute__((vector_size(8 * WIDTH)));
  vector a[25], b[25], parity[5], mix[5];
  memcpy(a, lanes, sizeof a);
  for (int round = 0; round < 24; round++) {
    UNROLL for (int x = 0; x < 5; x++) parity[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    UNROLL for (int x = 0; x < 5; x++) {
      vector right = parity[(x + 1) % 5];
      mix[x] = parity[(x + 4) % 5] ^ (right << 1 | right >> 63);
    }
    // Rho and pi: lane (x, y) turns and goes to (y, 2x + 3y).
    UNROLL for (int i = 0; i < 25; i++) {
      int x = i % 5, y = i / 5;
      vector lane = a[i] ^ mix[x];
      b[y + 5 * ((2 * x + 3 * y) % 5)] = rotations[i] ? lane << rotations[i] | lane >> (64 - rotations[i]) : lane;
    }
    UNROLL for (int i = 0; i < 25; i++) {
      int x = i % 5, row = i - x;
      a[i] = b[i] ^ (~b[row + (x + 1) % 5] & b[row + (x + 2) % 5]);
    }
    a[0] ^= round_constants[round];
  }
  memcpy(lanes, a, sizeof a);
}

#undef WIDTH
#undef TARGET
#undef PERMUTE
