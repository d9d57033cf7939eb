/// How an environment is opened.
package struct EnvironmentOptions: Hashable, Sendable {
  /// What the environment is opened for.
  package enum Mode: Hashable, Sendable {
    /// Reads only. The file must exist, with all tables.
    case readOnly
    /// Reads and writes. The file must exist, with all tables.
    case readWrite
    /// As ``readWrite``, and the file is created if it is missing.
    case create
  }

  /// When a commit is on the disk.
  package enum Durability: Hashable, Sendable {
    /// When it returns.
    case synchronous
    /// After ``Environment/makeSynchronous()``. A power cut before that can make the file unusable, so this is only
    /// for what can be rebuilt and is not yet published: a marker file in the directory makes any later open
    /// refuse it once the machine has been restarted.
    case unsynced
  }

  /// A row with a key of eight bytes, big-endian.
  package struct Row: Hashable, Sendable {
    package var table: String
    package var key: UInt64
    package var value: [UInt8]

    package init(table: String, key: UInt64, value: [UInt8]) {
      self.table = table
      self.key = key
      self.value = value
    }
  }

  package var mode: Mode
  package var durability: Durability
  /// The names of the tables, opened once in this order.
  package var tables: [String]
  /// What a file that is created has in it from the moment at which it has its name.
  package var firstRow: Row?
  /// Bytes of address space to reserve, no disk and no memory. Halved until the system grants it.
  package var mapSize: Int
  /// Reader slots; fixed by the first process that opens the environment.
  package var maxReaders: Int
  /// How often, at most, a write frees the reader slots of processes that died.
  package var readerCheckInterval: Duration
  /// Whether the kernel reads ahead; off only for random reads of environments larger than memory.
  package var readAhead: Bool
  /// Whether to trust a network or user-space file system with the memory map and its locks.
  package var allowNetworkFileSystem: Bool
  /// Whether the data file is checked before LMDB sees it; off only to see what the check is for.
  package var checksFile: Bool

  package init(
    mode: Mode, tables: [String], firstRow: Row? = nil, durability: Durability = .synchronous, mapSize: Int = 1 << 40,
    maxReaders: Int = 1024, readerCheckInterval: Duration = .seconds(60), readAhead: Bool = true,
    allowNetworkFileSystem: Bool = false, checksFile: Bool = true
  ) {
    self.mode = mode
    self.durability = durability
    self.tables = tables
    self.firstRow = firstRow
    self.mapSize = mapSize
    self.maxReaders = maxReaders
    self.readerCheckInterval = readerCheckInterval
    self.readAhead = readAhead
    self.allowNetworkFileSystem = allowNetworkFileSystem
    self.checksFile = checksFile
  }
}
