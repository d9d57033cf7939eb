/// One of the two meta pages of an LMDB 0.9 data file on a 64-bit machine.
///
/// Page header (16 bytes): page number 8, padding 2, flags 2, bounds 4. Then: magic 4, version 4, map address 8,
/// map size 8, the root records of the free list and of the main table (48 each), last page 8, transaction 8. Integers
/// are in the machine's order. A commit writes the bytes from `map size` on.
struct MetaPage: Equatable {
  /// The root record of a table, LMDB's `MDB_db`.
  struct Root: Equatable {
    static let size = 48
    /// No page: the table is empty.
    static let none = UInt64.max

    let padding: UInt32
    let flags: UInt16
    let depth: UInt16
    let branchPages: UInt64
    let leafPages: UInt64
    let overflowPages: UInt64
    let entries: UInt64
    let page: UInt64

    init(_ bytes: RawSpan, at offset: Int) {
      padding = bytes.integer(at: offset)
      flags = bytes.integer(at: offset + 4)
      depth = bytes.integer(at: offset + 6)
      branchPages = bytes.integer(at: offset + 8)
      leafPages = bytes.integer(at: offset + 16)
      overflowPages = bytes.integer(at: offset + 24)
      entries = bytes.integer(at: offset + 32)
      page = bytes.integer(at: offset + 40)
    }
  }

  static let headerSize = 16
  static let magicOffset = headerSize
  static let versionOffset = magicOffset + 4
  static let addressOffset = versionOffset + 4
  static let mapSizeOffset = addressOffset + 8
  static let freeOffset = mapSizeOffset + 8
  static let mainOffset = freeOffset + Root.size
  static let lastPageOffset = mainOffset + Root.size
  static let transactionOffset = lastPageOffset + 8
  static let end = transactionOffset + 8

  static let magic: UInt32 = 0xBEEF_C0DE
  static let version: UInt32 = 1
  /// `P_META` of the page header.
  static let pageFlag: UInt16 = 0x08
  /// The flags of the free list: `MDB_INTEGERKEY`.
  static let freeListFlags: UInt16 = 0x08

  let number: UInt64
  let flags: UInt16
  let magic: UInt32
  let version: UInt32
  let address: UInt64
  let free: Root
  let main: Root
  let lastPage: UInt64
  let transaction: UInt64

  /// The page size, which LMDB keeps in the free list's root record.
  var pageSize: UInt32 { free.padding }

  /// Reads the fields of a page of at least ``end`` bytes.
  init(_ bytes: RawSpan) {
    number = bytes.integer(at: 0)
    flags = bytes.integer(at: 10)
    magic = bytes.integer(at: Self.magicOffset)
    version = bytes.integer(at: Self.versionOffset)
    address = bytes.integer(at: Self.addressOffset)
    free = Root(bytes, at: Self.freeOffset)
    main = Root(bytes, at: Self.mainOffset)
    lastPage = bytes.integer(at: Self.lastPageOffset)
    transaction = bytes.integer(at: Self.transactionOffset)
  }
}

extension RawSpan {
  /// The integer at `offset`, in the machine's order.
  func integer<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> T {
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: T.self)
  }
}
