// Rival: a plain LMDB loop in C, without checksum, hash or tree. Durable (default) sync, MDB_NOTLS, MDB_APPEND.
// lmdb append DIR RECORD BATCH RECORDS      lmdb touch|sum DIR TABLE RECORD
#include "common.h"
#include <lmdb.h>
#include <sys/stat.h>

static MDB_env *open_environment(const char *directory, unsigned flags) {
  MDB_env *env;
  must(mdb_env_create(&env) == 0, "mdb_env_create");
  must(mdb_env_set_mapsize(env, (size_t)64 << 30) == 0, "mdb_env_set_mapsize");
  must(mdb_env_set_maxdbs(env, 16) == 0, "mdb_env_set_maxdbs");
  must(mdb_env_open(env, directory, MDB_NOTLS | flags, 0600) == 0, "mdb_env_open");
  return env;
}

static uint64_t file_size(const char *directory) {
  char path[4096];
  struct stat info;
  snprintf(path, sizeof path, "%s/data.mdb", directory);
  must(stat(path, &info) == 0, "stat");
  return (uint64_t)info.st_size;
}

static void append(const char *directory, uint64_t record, uint64_t batch, uint64_t records) {
  MDB_env *env = open_environment(directory, 0);
  MDB_txn *txn;
  MDB_dbi table;
  must(mdb_txn_begin(env, NULL, 0, &txn) == 0, "mdb_txn_begin");
  must(mdb_dbi_open(txn, "records", MDB_CREATE, &table) == 0, "mdb_dbi_open");
  must(mdb_txn_commit(txn) == 0, "mdb_txn_commit");
  uint8_t *pool = make_pool(record);
  double start = seconds_now();
  for (uint64_t position = 0; position < records;) {
    must(mdb_txn_begin(env, NULL, 0, &txn) == 0, "mdb_txn_begin");
    for (uint64_t i = 0; i < batch; i++, position++) {
      uint64_t big_endian = __builtin_bswap64(position);
      MDB_val key = {sizeof big_endian, &big_endian};
      MDB_val value = {record, pool + position % pool_records * record};
      must(mdb_put(txn, table, &key, &value, MDB_APPEND) == 0, "mdb_put");
    }
    must(mdb_txn_commit(txn) == 0, "mdb_txn_commit");
  }
  double seconds = seconds_now() - start;
  mdb_env_close(env);
  report("append", "lmdb-c", "fdatasync", record, batch, records, seconds, file_size(directory));
}

// Adds the bytes of a value as 64-bit words.
static uint64_t sum_words(const MDB_val *value) {
  uint64_t sum = 0, word;
  const uint8_t *bytes = value->mv_data;
  for (size_t i = 0; i + sizeof word <= value->mv_size; i += sizeof word) {
    memcpy(&word, bytes + i, sizeof word);
    sum += word;
  }
  return sum;
}

// Walks a table with one cursor and reads each value: its first eight bytes, or all of it.
static void scan(const char *directory, const char *name, uint64_t record, int whole) {
  MDB_env *env = open_environment(directory, MDB_RDONLY);
  MDB_txn *txn;
  MDB_dbi table;
  MDB_cursor *cursor;
  must(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) == 0, "mdb_txn_begin");
  must(mdb_dbi_open(txn, name, 0, &table) == 0, "mdb_dbi_open");
  for (int round = 0; round < 3; round++) {
    uint64_t records = 0, sum = 0;
    MDB_val key, value;
    must(mdb_cursor_open(txn, table, &cursor) == 0, "mdb_cursor_open");
    double start = seconds_now();
    for (int code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST); code == 0;
         code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
      uint64_t word;
      memcpy(&word, value.mv_data, sizeof word);
      sum += whole ? sum_words(&value) : word;
      records++;
    }
    double seconds = seconds_now() - start;
    mdb_cursor_close(cursor);
    if (sum == 0) fprintf(stderr, "an empty table?\n");
    report(whole ? "scan-sum" : "scan-touch", "lmdb-c", "-", record, 0, records, seconds, 0);
  }
  mdb_txn_abort(txn);
  mdb_env_close(env);
}

int main(int argc, char **argv) {
  if (argc == 6 && !strcmp(argv[1], "append"))
    append(argv[2], argument(argv, 3), argument(argv, 4), argument(argv, 5));
  else if (argc == 5 && (!strcmp(argv[1], "touch") || !strcmp(argv[1], "sum")))
    scan(argv[2], argv[3], argument(argv, 4), !strcmp(argv[1], "sum"));
  else {
    fprintf(stderr, "usage: lmdb append DIR RECORD BATCH RECORDS | lmdb touch|sum DIR TABLE RECORD\n");
    return 2;
  }
  return 0;
}
