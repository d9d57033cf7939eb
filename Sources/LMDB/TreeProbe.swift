/// Holds the two meta pages against the trees they name.
///
/// A commit replaces the roots of the main table and of the free list, and puts the replaced ones on the free list
/// under its own transaction number. So the newer meta page is the one whose free list ends with its own number and
/// holds the older one's roots; a flipped root or transaction number breaks that. The tables' last pages, which a log
/// writes last, must lie in the file.
///
/// A sound file may end before the last page that its meta page counts: what a transaction takes at the end of the file
/// and gives back LMDB counts, and does not write. All that is missing is then on the free list.
struct TreeProbe: ~Copyable {
  /// Why a probe ends early.
  enum Failure: Error {
    case fault(PreflightError.Fault)
    case file(OpenError)
  }

  /// Pages of the free list that are read at most; a longer list is searched that far.
  static let freeListLimit = 256
  /// Bytes of free list entries that are read at most: two million page numbers. A file may say of itself that it has
  /// gigabytes of them, and take no room on the disk for that.
  static let freeListByteLimit = 16 << 20
  /// No sound tree is deeper: LMDB's `CURSOR_STACK`.
  static let depthLimit = 32

  let file: PageFile
  let pageSize: Int
  let newer: MetaPage
  let older: MetaPage

  /// So many whole pages are in the file: two at least.
  private var end: UInt64 { UInt64(file.length / pageSize) }

  /// What is wrong with the trees; nil if nothing.
  borrowing func fault() throws(OpenError) -> PreflightError.Fault? {
    do throws(Failure) {
      try checkRoots()
      let lists = try freeLists()
      try checkFreeList(lists)
      try checkEnd(lists)
      try checkTables()
      return nil
    } catch {
      switch error {
      case .fault(let fault): return fault
      case .file(let error): throw error
      }
    }
  }

  private borrowing func checkRoots() throws(Failure) {
    for (name, root) in [("free list", newer.free), ("main table", newer.main)] {
      guard root.page != MetaPage.Root.none else { continue }
      let path = try lastPath(from: root.page)
      if path.count != Int(root.depth) {
        throw fault(root.page, "\(name) depth", UInt64(root.depth), "\(path.count)")
      }
    }
  }

  private borrowing func checkFreeList(_ lists: [FreeList]) throws(Failure) {
    let replaced = [older.main.page, older.free.page].filter { $0 != MetaPage.Root.none }
    if let last = lists.last, last.transaction > newer.transaction {
      throw fault(newer.free.page, "transaction of the free list", last.transaction, "\(newer.transaction) at most")
    }
    let own = lists.last.flatMap { $0.transaction == newer.transaction ? $0 : nil }
    // Of a list that is too long to be read, nothing can be said.
    if own?.isWhole != false, !olderMayBeTakenBack(newerHasOwnList: own != nil) {
      let freed = own?.pages ?? []
      for page in replaced where !freed.contains(page) {
        throw fault(
          page, "pages freed by transaction \(newer.transaction)", UInt64(freed.count), "among them the old root")
      }
    }
    for root in [newer.main.page, newer.free.page]
    where lists.contains(where: { $0.isWhole && $0.pages.contains(root) }) {
      throw fault(root, "root", root, "a page that is not free")
    }
  }

  /// Each page behind the end of the file is free. Of a list that is too long to be read the first numbers count, which are
  /// the greatest.
  private borrowing func checkEnd(_ lists: [FreeList]) throws(Failure) {
    guard newer.lastPage >= end else { return }
    let behind = end...newer.lastPage
    var free: Set<UInt64> = []
    for list in lists { free.formUnion(list.pages.lazy.filter(behind.contains)) }
    guard free.count <= behind.upperBound - behind.lowerBound, var page = behind.last else { return }
    while free.contains(page) { page -= 1 }
    throw truncation(before: page, count: 1)
  }

  private borrowing func truncation(before page: UInt64, count: Int) -> Failure {
    let (needed, isTooMuch) = (page &+ UInt64(count)).multipliedReportingOverflow(by: UInt64(pageSize))
    return .fault(.truncated(length: file.length, needed: isTooMuch ? .max : Int(clamping: needed)))
  }

  /// Whether the older page may be what LMDB leaves of a commit whose meta page could not be written: over what may have
  /// reached the disk it writes the last page and the transaction of the commit before the last one, and leaves the roots.
  /// Nothing is read by such a page, and the next commit replaces it.
  ///
  /// The page of the last commit with a damaged transaction number looks alike, but for its last page: what is counted
  /// never gets less, so it is not smaller than the other page's. And the page that then passes for the newer one has no free list
  /// of its own transaction, without which none is taken for the newer one, unless there is no free list at all yet: that
  /// is so after the first commit alone, before which the file ended where no root can lie.
  private borrowing func olderMayBeTakenBack(newerHasOwnList isOwn: Bool) -> Bool {
    let isFirstCommit = newer.free.page == MetaPage.Root.none
    let isBeyondEnd = older.isBeyondEnd(older.free) || older.isBeyondEnd(older.main)
    return isOwn && older.lastPage < newer.lastPage || (isOwn || isFirstCommit) && isBeyondEnd
  }

  /// The main table holds nothing but tables, and their last pages are in the file.
  private borrowing func checkTables() throws(Failure) {
    guard newer.main.page != MetaPage.Root.none else { return }
    guard let leaf = try lastPath(from: newer.main.page).last else { return }
    for index in 0..<leaf.nodeCount {
      guard let node = leaf.node(index) else { continue }
      guard node.flags == TreePage.Node.tableFlag, node.valueSize == MetaPage.Root.size else {
        throw fault(leaf.number, "entry \(index) of the main table", UInt64(node.flags), "a table")
      }
      let root = MetaPage.Root(leaf.bytes.raw, at: node.key.upperBound)
      guard root.page != MetaPage.Root.none else { continue }
      let path = try lastPath(from: root.page)
      if path.count != Int(root.depth) { throw fault(root.page, "table depth", UInt64(root.depth), "\(path.count)") }
      try checkLastValue(of: path)
    }
  }

  private borrowing func checkLastValue(of path: [TreePage]) throws(Failure) {
    guard let leaf = path.last, let node = leaf.node(leaf.nodeCount - 1) else { return }
    if node.flags & TreePage.Node.overflowFlag != 0 { _ = try overflowPages(leaf, node) }
  }

  /// The pages from a root down to the last leaf.
  private borrowing func lastPath(from root: UInt64) throws(Failure) -> [TreePage] {
    var path = [try page(root)]
    while let top = path.last, top.isBranch, let node = top.node(top.nodeCount - 1) {
      if path.count == Self.depthLimit { throw fault(root, "depth", UInt64(path.count), "less") }
      path.append(try page(node.child & 0xFFFF_FFFF_FFFF))
    }
    return path
  }

  /// What one transaction freed; of more than is read, the numbers on the first page of it, which are the greatest.
  private typealias FreeList = (transaction: UInt64, pages: Set<UInt64>, isWhole: Bool)

  /// The free list's entries in ascending order: the pages that each transaction freed. Of a list longer than the
  /// limit, the first ones and the last.
  private borrowing func freeLists() throws(Failure) -> [FreeList] {
    guard newer.free.page != MetaPage.Root.none else { return [] }
    var leaves: [TreePage] = []
    var level = [try page(newer.free.page)]
    var pagesRead = 1
    while let first = level.first {
      for page in level where page.isLeaf != first.isLeaf {
        throw fault(page.number, "page flags", UInt64(page.flags), "\(first.flags), as the others of its level")
      }
      if first.isLeaf { leaves = level; break }
      var below: [TreePage] = []
      for branch in level {
        for index in 0..<branch.nodeCount where pagesRead < Self.freeListLimit {
          guard let node = branch.node(index) else { continue }
          below.append(try page(node.child & 0xFFFF_FFFF_FFFF))
          pagesRead += 1
        }
      }
      level = below
    }
    if let last = try lastPath(from: newer.free.page).last, leaves.last?.number != last.number { leaves.append(last) }
    var lists: [FreeList] = []
    var bytesLeft = Self.freeListByteLimit
    // From the last one, which says most, back.
    for leaf in leaves.reversed() {
      for index in (0..<leaf.nodeCount).reversed() {
        guard let node = leaf.node(index) else { continue }
        lists.append(try freeList(leaf, node, reading: &bytesLeft))
      }
    }
    return lists.reversed()
  }

  /// One entry: the key is a transaction, the value a count and as many page numbers.
  private borrowing func freeList(
    _ leaf: TreePage, _ node: TreePage.Node, reading bytesLeft: inout Int
  ) throws(Failure) -> FreeList {
    guard node.key.count == 8, node.valueSize % 8 == 0, node.valueSize >= 8 else {
      throw fault(leaf.number, "size of a free list entry", UInt64(node.valueSize), "whole page numbers")
    }
    let transaction: UInt64 = leaf.bytes.raw.integer(at: node.key.lowerBound)
    let isInline = node.flags & TreePage.Node.overflowFlag == 0
    guard isInline || node.valueSize <= bytesLeft else {
      let page = try overflowPages(leaf, node).page.bytes
      let count: UInt64 = page.raw.integer(at: TreePage.headerSize)
      let places = stride(from: TreePage.headerSize + 8, to: pageSize, by: 8).prefix(Int(clamping: count))
      return (transaction, Set(places.map { page.raw.integer(at: $0) }), false)
    }
    if !isInline { bytesLeft -= node.valueSize }
    let value = isInline ? leaf.value(of: node) : try overflowValue(leaf, node)
    let count: UInt64 = value.raw.integer(at: 0)
    guard count < UInt64(value.count / 8) else {
      throw fault(leaf.number, "length of a free list entry", count, "less than \(value.count / 8)")
    }
    let pages = (0..<Int(count)).map { value.raw.integer(at: 8 + 8 * $0) as UInt64 }
    return (transaction, Set(pages), true)
  }

  /// A value that lies on pages of its own.
  private borrowing func overflowValue(_ leaf: TreePage, _ node: TreePage.Node) throws(Failure) -> [UInt8] {
    let (first, count, _) = try overflowPages(leaf, node)
    return Array(try read(first, count: count)[TreePage.headerSize..<TreePage.headerSize + node.valueSize])
  }

  /// Where a value lies that has pages of its own, how many these are, and the first of them. One page read, however long it is.
  private borrowing func overflowPages(
    _ leaf: TreePage, _ node: TreePage.Node
  ) throws(Failure) -> (first: UInt64, count: Int, page: TreePage) {
    let first: UInt64 = leaf.bytes.raw.integer(at: node.key.upperBound)
    let count = (TreePage.headerSize + node.valueSize + pageSize - 1) / pageSize
    try checkRange(first, count: count)
    let page = TreePage(bytes: try read(first, count: 1))
    guard page.number == first, page.flags == TreePage.overflowFlag, page.overflowPages >= UInt32(count) else {
      throw fault(first, "header of an overflow page", page.number, "\(first), \(count) pages")
    }
    return (first, count, page)
  }

  private borrowing func page(_ number: UInt64) throws(Failure) -> TreePage {
    try checkRange(number, count: 1)
    let page = TreePage(bytes: try read(number, count: 1))
    guard page.number == number else { throw fault(number, "page number", page.number, "\(number)") }
    guard page.isBranch || page.isLeaf else { throw fault(number, "page flags", UInt64(page.flags), "branch or leaf") }
    guard page.isSound else { throw fault(number, "nodes", UInt64(page.bytes.count), "within the page") }
    return page
  }

  private borrowing func checkRange(_ page: UInt64, count: Int) throws(Failure) {
    guard page >= 2, page <= newer.lastPage, UInt64(count - 1) <= newer.lastPage - page else {
      throw fault(page, "page number", page, "2 to \(newer.lastPage)")
    }
    guard page < end, UInt64(count) <= end - page else { throw truncation(before: page, count: count) }
  }

  private borrowing func read(_ page: UInt64, count: Int) throws(Failure) -> [UInt8] {
    do throws(OpenError) {
      return try file.read(page: Int(page), size: pageSize, count: count)
    } catch {
      throw .file(error)
    }
  }

  private borrowing func fault(_ page: UInt64, _ name: String, _ value: UInt64, _ expected: String) -> Failure {
    .fault(.field(page: Int(clamping: page), name: name, value: value, expected: expected))
  }
}
