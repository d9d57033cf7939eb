/// A disk that keeps what was synced, and of the rest whatever it pleases.
///
/// What a file was written since it was last synced may be there after a power cut or not, each sector or page for itself;
/// so may each name that was made, moved or removed since its directory was synced. A write on a descriptor that makes writes
/// durable is kept whole once it has returned, and says nothing about writes before it.
struct DiskModel {
  /// Something that a power cut may take away.
  private enum Change {
    case bytes(offset: Int, ArraySlice<UInt8>)
    case size(Int)
  }

  private struct File {
    var bytes: [UInt8] = []
    var pending: [Change] = []
  }

  private enum Node {
    case file(UInt64)
    case directory
  }

  /// A file that gets a name is there whatever becomes of its other names.
  private enum NameChange {
    case make(String, Node)
    case move(String, String, Node)
    case exchange(String, String)
    case remove(String)
  }

  /// Bytes of a file that reach the disk or not as one.
  let grain: Int

  /// A fault of the disk: what a store would come to that did not sync.
  enum Deafness: String {
    /// Every sync counts.
    case none
    /// No sync does anything.
    case toEverySync = "ignore-sync"
    /// Those between a meta page that could not be written and the next page of data do nothing.
    case afterFailedMeta = "ignore-sync-after-failure"
    /// Those of files do nothing. Writes that are durable when they return are, as those of meta pages.
    case toFiles = "ignore-data-sync"
    /// Those of directories do nothing.
    case toDirectories = "ignore-sync-of-directory"
    /// Those of what lies below one directory do nothing.
    case ofSigner = "ignore-sync-of-signer"
    case ofTiles = "ignore-sync-of-tiles"
    case ofCopy = "ignore-sync-of-copy"
    case ofProjections = "ignore-sync-of-projections"
    case ofRepair = "ignore-sync-of-repair"

    /// The directory, of those that are one's.
    var directory: String? {
      switch self {
      case .none, .toEverySync, .afterFailedMeta, .toFiles, .toDirectories: nil
      case .ofSigner: "signer"
      case .ofTiles: "tiles"
      case .ofCopy: "copy"
      case .ofProjections: "projections"
      case .ofRepair: "repair"
      }
    }
  }

  let deafness: Deafness

  /// Whether syncing works at this moment.
  private var honoursSync: Bool

  private var files: [UInt64: File] = [:]
  private var names: [String: Node] = [:]

  /// As the running process sees it.
  private var currentNames: [String: Node] = [:]
  private var pendingNames: [NameChange] = []

  init(grain: Int, deafness: Deafness = .none) {
    self.grain = grain
    self.deafness = deafness
    honoursSync = deafness != .toEverySync
  }

  /// How many things a power cut now may take away or leave, each for itself.
  var uncertainties: Int { pendingNames.count + files.values.reduce(0) { $0 + $1.pending.count } }

  /// Takes the next operation; the model is then as after it has returned.
  mutating func apply(_ operation: Recording.Operation) {
    switch operation {
    case .write(let file, let offset, let bytes, let isDurable):
      begin(operation)
      if isDurable, honoursSync(of: file) { settle(lastWriteOf: file, offset: offset, length: bytes.count) }
    case .sync(let file): if deafness != .toFiles, honoursSync(of: file) { settle(file) }
    case .syncDirectory(let directory):
      if deafness != .toDirectories, honoursSync(below: directory) { settleNames { $0 == directory } }
    case .syncAll:
      for file in files.keys where honoursSync(of: file) { settle(file) }
      settleNames(honoursSync(below:))
    case .failedWrite:
      begin(operation)
      if deafness == .afterFailedMeta { honoursSync = false }
    case .resize, .makeFile, .makeDirectory, .rename, .exchange, .link, .remove: begin(operation)
    case .acknowledge: break
    }
  }

  /// Bytes of a data file before its first page of data.
  private static let metaBytes = 8192

  /// Takes an operation that is on its way: what it does may have happened in part.
  mutating func begin(_ operation: Recording.Operation) {
    switch operation {
    case .write(let file, let offset, let bytes, _):
      if deafness == .afterFailedMeta, offset >= Self.metaBytes { honoursSync = true }
      beginWrite(bytes, offset: offset, to: file)
    case .failedWrite(let file, let offset, let bytes): beginWrite(bytes, offset: offset, to: file)
    case .resize(let file, let size): files[file, default: File()].pending.append(.size(size))
    case .makeFile(let name, let file):
      files[file] = File()
      begin(.make(name, .file(file)))
    case .makeDirectory(let name): begin(.make(name, .directory))
    case .rename(let old, let new): if let node = currentNames[old] { begin(.move(old, new, node)) }
    case .exchange(let one, let other): begin(.exchange(one, other))
    case .link(let old, let new): if let node = currentNames[old] { begin(.make(new, node)) }
    case .remove(let name): begin(.remove(name))
    case .sync, .syncDirectory, .syncAll, .acknowledge: break
    }
  }

  /// Whether a sync of what has this name does anything at this moment.
  private func honoursSync(below name: String) -> Bool {
    honoursSync
      && (deafness.directory == nil || name.split(separator: "/").first.map(String.init) != deafness.directory)
  }

  private func honoursSync(of number: UInt64) -> Bool {
    guard honoursSync, deafness.directory != nil else { return honoursSync }
    return currentNames.allSatisfy { name, node in
      guard case .file(number) = node else { return true }
      return honoursSync(below: name)
    }
  }

  private mutating func beginWrite(_ bytes: [UInt8], offset: Int, to file: UInt64) {
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, (offset + start) / grain * grain + grain - offset)
      files[file, default: File()].pending.append(.bytes(offset: offset + start, bytes[start..<end]))
      start = end
    }
  }

  private mutating func begin(_ change: NameChange) {
    Self.apply(change, to: &currentNames)
    pendingNames.append(change)
  }

  /// What is on the disk when power fails now. `keeps` is asked once for everything uncertain, in a fixed order.
  func image(_ keeps: () -> Bool) -> [(name: String, content: [UInt8]?)] {
    var names = self.names
    for change in pendingNames where keeps() { Self.apply(change, to: &names) }
    var contents: [UInt64: [UInt8]] = [:]
    for (number, file) in files.sorted(by: { $0.key < $1.key }) {
      var bytes = file.bytes
      for change in file.pending where keeps() { Self.apply(change, to: &bytes) }
      contents[number] = bytes
    }
    return names.sorted { $0.key < $1.key }.map { name, node in
      switch node {
      case .directory: (name, nil)
      case .file(let number): (name, contents[number] ?? [])
      }
    }
  }

  private mutating func settle(_ number: UInt64) {
    guard var file = files[number] else { return }
    for change in file.pending { Self.apply(change, to: &file.bytes) }
    file.pending = []
    files[number] = file
  }

  /// The pieces of the write that was begun last are on the disk, whatever became of those before.
  private mutating func settle(lastWriteOf number: UInt64, offset: Int, length: Int) {
    guard var file = files[number] else { return }
    var left = length
    while left > 0, case .bytes(let place, let bytes)? = file.pending.popLast() {
      Self.apply(.bytes(offset: place, bytes), to: &file.bytes)
      left -= bytes.count
    }
    files[number] = file
  }

  private mutating func settleNames(_ isSynced: (String) -> Bool) {
    var left: [NameChange] = []
    for change in pendingNames {
      guard Self.parents(of: change).contains(where: isSynced) else {
        left.append(change)
        continue
      }
      Self.apply(change, to: &names)
      // What is uncertain stays with its directory, whatever that is called now.
      left = left.map { Self.renamed($0, by: change) }
    }
    pendingNames = left
  }

  /// The directories of which any one, when it is synced, makes the change durable. An exchange is one for both.
  private static func parents(of change: NameChange) -> [String] {
    let names =
      switch change {
      case .make(let name, _), .remove(let name), .move(_, let name, _): [name]
      case .exchange(let one, let other): [one, other]
      }
    return names.map { $0.split(separator: "/").dropLast().joined(separator: "/") }
  }

  /// What something below a directory is called once that has changed its name.
  private static func name(_ name: String, after change: NameChange) -> String {
    func moved(from old: String, to new: String) -> String? {
      name.hasPrefix(old + "/") ? new + name.dropFirst(old.count) : nil
    }
    return switch change {
    case .make, .remove: name
    case .move(let old, let new, _): moved(from: old, to: new) ?? name
    case .exchange(let one, let other): moved(from: one, to: other) ?? moved(from: other, to: one) ?? name
    }
  }

  private static func renamed(_ change: NameChange, by other: NameChange) -> NameChange {
    switch change {
    case .make(let name, let node): .make(Self.name(name, after: other), node)
    case .move(let old, let new, let node): .move(Self.name(old, after: other), Self.name(new, after: other), node)
    case .exchange(let one, let two): .exchange(Self.name(one, after: other), Self.name(two, after: other))
    case .remove(let name): .remove(Self.name(name, after: other))
    }
  }

  private static func apply(_ change: Change, to bytes: inout [UInt8]) {
    switch change {
    case .bytes(let offset, let new):
      if bytes.count < offset + new.count {
        bytes.append(contentsOf: repeatElement(0, count: offset + new.count - bytes.count))
      }
      bytes.replaceSubrange(offset..<offset + new.count, with: new)
    case .size(let size):
      if size < bytes.count { bytes.removeLast(bytes.count - size) }
      bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
    }
  }

  private static func apply(_ change: NameChange, to names: inout [String: Node]) {
    switch change {
    case .make(let name, let node): names[name] = node
    case .move(let old, let new, let node):
      names[old] = nil
      follow(change, in: &names)
      names[new] = node
    case .exchange(let one, let other):
      follow(change, in: &names)
      (names[one], names[other]) = (names[other], names[one])
    case .remove(let name): names[name] = nil
    }
  }

  /// What is in a directory goes with it.
  private static func follow(_ change: NameChange, in names: inout [String: Node]) {
    var moved: [(name: String, node: Node)] = []
    for (old, node) in names {
      let new = name(old, after: change)
      guard new != old else { continue }
      names[old] = nil
      moved.append((new, node))
    }
    for (name, node) in moved { names[name] = node }
  }
}
