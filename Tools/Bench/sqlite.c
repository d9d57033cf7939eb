// Rival: SQLite with a write-ahead log and full synchronisation, one prepared INSERT per record.
// sqlite append DIR RECORD BATCH RECORDS
#include "common.h"
#include <sqlite3.h>
#include <sys/stat.h>

static void run(sqlite3 *database, const char *sql) {
  must(sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

static void append(const char *directory, uint64_t record, uint64_t batch, uint64_t records) {
  char path[4096];
  snprintf(path, sizeof path, "%s/log.sqlite", directory);
  sqlite3 *database;
  sqlite3_stmt *insert;
  must(sqlite3_open(path, &database) == SQLITE_OK, "sqlite3_open");
  run(database, "PRAGMA journal_mode=WAL");
  run(database, "PRAGMA synchronous=FULL");
  run(database, "CREATE TABLE records (position INTEGER PRIMARY KEY, value BLOB NOT NULL)");
  must(sqlite3_prepare_v2(database, "INSERT INTO records VALUES (?1, ?2)", -1, &insert, NULL) == SQLITE_OK, "prepare");
  uint8_t *pool = make_pool(record);
  double start = seconds_now();
  for (uint64_t position = 0; position < records;) {
    run(database, "BEGIN");
    for (uint64_t i = 0; i < batch; i++, position++) {
      sqlite3_bind_int64(insert, 1, (sqlite3_int64)position);
      sqlite3_bind_blob(insert, 2, pool + position % pool_records * record, (int)record, SQLITE_STATIC);
      must(sqlite3_step(insert) == SQLITE_DONE, "INSERT");
      sqlite3_reset(insert);
    }
    run(database, "COMMIT");
  }
  double seconds = seconds_now() - start;
  sqlite3_finalize(insert);
  sqlite3_close(database);
  struct stat info;
  must(stat(path, &info) == 0, "stat");
  report("append", "sqlite-wal-full", "fsync per commit", record, batch, records, seconds, (uint64_t)info.st_size);
}

int main(int argc, char **argv) {
  if (argc == 6 && !strcmp(argv[1], "append"))
    append(argv[2], argument(argv, 3), argument(argv, 4), argument(argv, 5));
  else {
    fprintf(stderr, "usage: sqlite append DIR RECORD BATCH RECORDS\n");
    return 2;
  }
  return 0;
}
