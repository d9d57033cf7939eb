// Rivals of Keccak-256, SHA-256, CRC-32C and sender recovery, each one line of JSON with the processor's time.
// hash MILLISECONDS
//
// Keccak-256 of one message: SHA3-256 of XKCP, the code of Keccak's authors, in C compiled for the instructions of BMI; the
// same permutation and block, another padding bit. Of many messages: the permutation written out in C with AVX2 intrinsics,
// four states side by side. SHA-256: OpenSSL, which uses the processor's SHA instructions. CRC-32C: the processor's
// instruction, one stream. Recovery: libsecp256k1 alone, on one thread and on as many as there are processors.
#include "common.h"
#include "keccak.h"
#include <SimpleFIPS202.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <secp256k1_recovery.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// The processor's time that this thread has had: what others on the machine take does not count.
static double thread_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// What is measured: `messages` of `size` bytes in one call.
struct work {
  const uint8_t *bytes;
  size_t size, messages;
  volatile uint64_t sink;
};

typedef void (*body)(struct work *);

// Calls a body for as long as told; the rate is that of the fastest part of that time.
static double best_rate(body run, struct work *work, double budget) {
  double best = 0, spent = 0;
  for (uint64_t repeats = 1; spent < budget;) {
    double start = thread_seconds();
    for (uint64_t i = 0; i < repeats; i++) run(work);
    double seconds = thread_seconds() - start;
    spent += seconds;
    if (seconds < budget / 20) {
      repeats *= 2;
      continue;
    }
    double rate = (double)(repeats * work->messages) / seconds;
    if (rate > best) best = rate;
  }
  return best;
}

static void print(const char *figure, const char *engine, const struct work *work, double rate) {
  printf("{\"figure\":\"%s\",\"engine\":\"%s\",\"messageBytes\":%zu,\"messages\":%zu,\"perSecond\":%.1f}\n", figure, engine,
         work->size, work->messages, rate);
}

static void sha256(struct work *work) {
  uint8_t out[32];
  must(EVP_Digest(work->bytes, work->size, out, NULL, EVP_sha256(), NULL) == 1, "EVP_Digest");
  work->sink += out[0];
}

static void keccak_xkcp(struct work *work) {
  uint8_t out[32];
  must(SHA3_256(out, work->bytes, work->size) == 0, "SHA3_256");
  work->sink += out[0];
}

#if defined(__x86_64__)
static void keccak_avx2(struct work *work) {
  for (size_t i = 0; i + 4 <= work->messages; i += 4)
    work->sink += keccak256_avx2(work->bytes + i * work->size, work->size);
}

__attribute__((target("sse4.2"))) static void crc_stream(struct work *work) {
  uint64_t sum = 0xffffffff;
  for (size_t i = 0; i + 8 <= work->size; i += 8) {
    uint64_t word;
    memcpy(&word, work->bytes + i, sizeof word);
    sum = _mm_crc32_u64(sum, word);
  }
  for (size_t i = work->size / 8 * 8; i < work->size; i++) sum = _mm_crc32_u8((uint32_t)sum, work->bytes[i]);
  work->sink += sum;
}
#endif

static secp256k1_context *context;
static uint8_t signatures[64][65], hashes[64][32];

static void sign_all(void) {
  context = secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY);
  for (int i = 0; i < 64; i++) {
    uint8_t key[32] = {[31] = (uint8_t)(i + 1)};
    secp256k1_ecdsa_recoverable_signature signature;
    int identifier;
    fill_record(hashes[i], 32, (uint64_t)i);
    must(secp256k1_ecdsa_sign_recoverable(context, &signature, hashes[i], key, NULL, NULL) == 1, "sign");
    secp256k1_ecdsa_recoverable_signature_serialize_compact(context, signatures[i], &identifier, &signature);
    signatures[i][64] = (uint8_t)identifier;
  }
}

static void recover(struct work *work) {
  for (size_t i = 0; i < work->messages; i++) {
    secp256k1_ecdsa_recoverable_signature signature;
    secp256k1_pubkey key;
    uint8_t out[65];
    size_t length = sizeof out;
    must(secp256k1_ecdsa_recoverable_signature_parse_compact(context, &signature, signatures[i], signatures[i][64]) == 1 &&
             secp256k1_ecdsa_recover(context, &key, &signature, hashes[i]) == 1,
         "recover");
    secp256k1_ec_pubkey_serialize(context, out, &length, &key, SECP256K1_EC_UNCOMPRESSED);
    work->sink += out[1];
  }
}

struct thread {
  pthread_t thread;
  double budget, rate;
};

static void *recover_thread(void *argument) {
  struct thread *thread = argument;
  struct work work = {NULL, 0, 64, 0};
  thread->rate = best_rate(recover, &work, thread->budget);
  return NULL;
}

// Recoveries a second of one processor, while all processors do the same.
static double recover_everywhere(double budget) {
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  struct thread *threads = calloc((size_t)count, sizeof *threads);
  double sum = 0;
  must(threads, "calloc");
  for (long i = 0; i < count; i++) {
    threads[i].budget = budget;
    must(pthread_create(&threads[i].thread, NULL, recover_thread, &threads[i]) == 0, "pthread_create");
  }
  for (long i = 0; i < count; i++) {
    pthread_join(threads[i].thread, NULL);
    sum += threads[i].rate;
  }
  free(threads);
  return sum / (double)count;
}

static void compare(const char *figure, const char *engine, body run, const uint8_t *bytes, size_t size, size_t messages,
                    double budget) {
  struct work work = {bytes, size, messages, 0};
  print(figure, engine, &work, best_rate(run, &work, budget));
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: hash MILLISECONDS\n");
    return 2;
  }
  double budget = (double)argument(argv, 1) / 1e3;
  uint8_t *bytes = make_pool(100000);
  size_t sizes[] = {64, 532, 100000};
  for (int i = 0; i < 3; i++) {
    compare("keccak-one", "xkcp", keccak_xkcp, bytes, sizes[i], 1, budget);
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
      compare("keccak-many", "c-avx2", keccak_avx2, bytes, sizes[i], pool_records, budget);
#endif
    compare("sha256", "openssl", sha256, bytes, sizes[i], 1, budget);
#if defined(__x86_64__)
    compare("crc32c", "c", crc_stream, bytes, sizes[i], 1, budget);
#endif
  }
  sign_all();
  struct work work = {NULL, 0, 64, 0};
  print("recover-one", "libsecp256k1", &work, best_rate(recover, &work, budget));
  print("recover-all", "libsecp256k1", &work, recover_everywhere(budget));
  return 0;
}
