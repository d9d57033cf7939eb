import LMDB
import Primitives
import Projections

/// Appends rows that come in the order of tables and keys, a transaction at a time.
struct TableFiller {
  /// A row of the transaction that is gathered: its key begins where the row before it ends.
  private struct Row {
    let table: UInt8
    let keyEnd: Int
    let end: Int
  }

  private let version: ProjectionVersion
  /// What to say of rows that cannot be.
  private let damaged: (String) -> ProjectionError

  /// By number.
  private var tables = [Table?](repeating: nil, count: 256)
  private var lastTable: UInt8 = 0
  private var lastKey: [UInt8] = []
  private var bytes: [UInt8] = []
  private var rows: [Row] = []

  /// How many rows there were.
  private(set) var taken: UInt64 = 0

  /// Bytes of a transaction.
  static let commitBytes = 16 << 20

  /// LMDB's limit.
  private static let longestKey = 511

  /// - Parameter version: whose tables are filled, and those that the runtime keeps beside them.
  init(_ version: ProjectionVersion, damaged: @escaping (String) -> ProjectionError) {
    self.version = version
    self.damaged = damaged
    for table in version.tables { tables[table.index] = version.handles[table.index] }
    for (number, table) in version.kept { tables[Int(number)] = table }
  }

  /// Takes a row that comes after all before it.
  mutating func add(_ number: UInt8, _ key: RawSpan, _ value: RawSpan) throws(ProjectionError) {
    guard tables[Int(number)] != nil else { throw damaged("it has a table \(number), which there is not") }
    guard number > lastTable || number == lastTable && lastKey.rawSpan.precedes(key) else {
      throw damaged("its rows are not in order")
    }
    guard 1...Self.longestKey ~= key.byteCount else { throw damaged("a key is longer than one can be") }
    lastTable = number
    lastKey.removeAll(keepingCapacity: true)
    lastKey.append(contentsOf: key)
    bytes.append(contentsOf: key)
    let keyEnd = bytes.count
    bytes.append(contentsOf: value)
    rows.append(Row(table: number, keyEnd: keyEnd, end: bytes.count))
    taken += 1
    if bytes.count >= Self.commitBytes { try flush() }
  }

  /// Commits what has been taken.
  mutating func flush() throws(ProjectionError) {
    let (rows, bytes, tables) = (rows, bytes, tables)
    try version.environment.write { (transaction: inout WriteTransaction) throws(ProjectionError) in
      do throws(LMDBError) {
        var start = 0
        for row in rows {
          guard let table = tables[Int(row.table)] else { preconditionFailure("rows of no table are not taken") }
          let (key, value) = (start..<row.keyEnd, row.keyEnd..<row.end)
          try transaction.append(bytes.rawSpan.extracting(value), for: bytes.rawSpan.extracting(key), in: table)
          start = row.end
        }
      } catch { throw .store(error) }
    }
    self.rows.removeAll(keepingCapacity: true)
    self.bytes.removeAll(keepingCapacity: true)
  }
}
