internal import Glibc
internal import SystemPackage

/// Reads a data file before LMDB does and refuses what LMDB would take for sound.
///
/// LMDB opens a file of zero bytes as a new environment, opens a truncated file and then dies of SIGBUS, and with a
/// flipped transaction number silently drops the last commit. All of this is visible in the two meta pages and the
/// file's length.
///
/// A writer in another process may commit between two reads here, so a fault counts only if it stays.
struct Preflight {
  /// Reads of the meta pages before a fault is believed, and the pause between them: together longer than a commit's
  /// meta page write, and short enough not to delay a refusal.
  static let attempts = 3
  static let pauseMicroseconds: UInt32 = 500

  let file: FilePath

  /// Throws if the file must not be opened.
  ///
  /// - Complexity: a few page reads per table, whatever the size of the file.
  static func check(_ file: FilePath) throws(OpenError) {
    let preflight = Preflight(file: file)
    var fault: PreflightError.Fault?
    for attempt in 0..<attempts {
      if attempt > 0 { usleep(pauseMicroseconds) }
      fault = try preflight.fault()
      if fault == nil { return }
    }
    if let fault { throw .preflight(PreflightError(file: file, fault: fault)) }
  }

  /// What is wrong at this moment.
  private func fault() throws(OpenError) -> PreflightError.Fault? {
    let pages = try PageFile(file)
    guard pages.isRegular else { return .notAFile }
    guard pages.length > 0 else { return .empty }
    let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    guard pages.length >= 2 * pageSize else { return .truncated(length: pages.length, needed: 2 * pageSize) }
    let metas = try Self.metas(of: pages, pageSize)
    if let fault = Self.fault(in: metas, pageSize: pageSize) { return fault }
    let (older, newer) = Self.byAge(metas)
    let probe = TreeProbe(file: pages, pageSize: pageSize, newer: newer, older: older)
    guard let fault = try probe.fault() else { return nil }
    // A commit since then may have reused the pages that were read: then a live writer vouches for the file.
    return try Self.metas(of: PageFile(file), pageSize) == metas ? fault : nil
  }

  private static func metas(of pages: borrowing PageFile, _ pageSize: Int) throws(OpenError) -> [MetaPage] {
    let bytes = try pages.read(page: 0, size: pageSize, count: 2)
    return [MetaPage(bytes.raw), MetaPage(bytes.raw.extracting(pageSize..<2 * pageSize))]
  }

  /// The two meta pages, the one that LMDB would use last.
  private static func byAge(_ metas: [MetaPage]) -> (older: MetaPage, newer: MetaPage) {
    metas[0].transaction > metas[1].transaction ? (metas[1], metas[0]) : (metas[0], metas[1])
  }

  /// The rules on the meta pages alone.
  private static func fault(in metas: [MetaPage], pageSize: Int) -> PreflightError.Fault? {
    for (slot, meta) in metas.enumerated() {
      if let fault = fault(in: meta, slot: slot, pageSize: pageSize) { return fault }
    }
    let (page0, page1) = (metas[0].transaction, metas[1].transaction)
    let isFresh = page0 == 0 && page1 == 0 && metas.allSatisfy { $0.main.page == MetaPage.Root.none }
    let isSuccessive = page0 % 2 == 0 && page1 % 2 == 1 && (page0 &+ 1 == page1 || page1 &+ 1 == page0)
    guard isFresh || isSuccessive else { return .transactions(page0: page0, page1: page1) }
    let (older, newer) = byAge(metas)
    if let fault = rootFault(in: newer) { return fault }
    guard older.lastPage <= newer.lastPage else {
      return .field(
        page: Int(newer.number), name: "last page", value: newer.lastPage, expected: "\(older.lastPage) or more")
    }
    return nil
  }

  /// The rules on one meta page.
  private static func fault(in meta: MetaPage, slot: Int, pageSize: Int) -> PreflightError.Fault? {
    func field(_ name: String, _ value: some BinaryInteger, _ expected: String) -> PreflightError.Fault {
      .field(page: slot, name: name, value: UInt64(clamping: value), expected: expected)
    }
    if meta.number != UInt64(slot) { return field("page number", meta.number, "\(slot)") }
    if meta.flags != MetaPage.pageFlag { return field("page flags", meta.flags, "\(MetaPage.pageFlag)") }
    if meta.magic != MetaPage.magic { return field("magic", meta.magic, "\(MetaPage.magic)") }
    if meta.version != MetaPage.version { return field("version", meta.version, "\(MetaPage.version)") }
    if meta.address != 0 { return field("map address", meta.address, "0") }
    if meta.pageSize != UInt32(pageSize) { return field("page size", meta.pageSize, "\(pageSize)") }
    if meta.free.flags != MetaPage.freeListFlags {
      return field("free list flags", meta.free.flags, "\(MetaPage.freeListFlags)")
    }
    if meta.main.padding != 0 { return field("main table padding", meta.main.padding, "0") }
    if meta.main.flags != 0 { return field("main table flags", meta.main.flags, "0") }
    for (name, root) in [("free list", meta.free), ("main table", meta.main)] {
      if (root.page == MetaPage.Root.none) != (root.depth == 0) {
        return field("\(name) depth", root.depth, "0 when empty, only then")
      }
      if root.page < 2 { return field("\(name) root", root.page, "2 or more") }
    }
    return nil
  }

  /// Whether the roots of the page that LMDB will use lie in the file.
  private static func rootFault(in newer: MetaPage) -> PreflightError.Fault? {
    for (name, root) in [("free list", newer.free), ("main table", newer.main)] where newer.isBeyondEnd(root) {
      return .field(
        page: Int(newer.number), name: "\(name) root", value: root.page, expected: "2 to \(newer.lastPage)")
    }
    return nil
  }
}

extension MetaPage {
  /// Whether a root lies behind the page that is said to be the last one.
  func isBeyondEnd(_ root: Root) -> Bool { root.page != Root.none && root.page > lastPage }
}
