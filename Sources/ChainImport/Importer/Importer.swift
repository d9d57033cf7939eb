import EventStore
package import Primitives
package import Rollup
import StateTransition
package import StoreFiles

/// Brings chain files into a store's ledger: reads, checks, records.
///
/// A block is stored when something vouches for it: the next block, which names its hash as parent, or `Options.head`. The
/// last block, if nothing does, is stored all the same, and a later import may replace it. Whatever has been stored stays,
/// an import that is interrupted goes on where it was, and one that has nothing new changes nothing.
package struct Importer: ~Copyable {
  package struct Options: Sendable {
    /// Hash of the last block of the last file, known from elsewhere.
    package var head: Hash256?

    /// How many blocks share one commit, and how many bytes of blocks.
    package var blocksPerCommit = 512
    package var bytesPerCommit = 8 << 20

    package init(head: Hash256? = nil) {
      self.head = head
    }
  }

  /// Whether to go on. An import that is told to stop ends at once with `cancelled`.
  package typealias ProgressFunction = (ImportProgress) -> Bool

  let log: EventLog
  let options: Options
  let rules: HeaderRules
  let shouldContinue: ProgressFunction
  var progress: ImportProgress

  /// What the recorder needs of the blocks recorded so far, `group` included.
  var recorder: LedgerRecorder

  /// The newest block that is stored.
  var tip: BlockID

  /// The newest block that is final in the ledger.
  var finalized: BlockID

  /// The newest block that something vouches for.
  var anchored: BlockID

  /// Blocks that are vouched for and not stored yet, and their bytes.
  var group: [NewBlock] = []
  var groupBytes = 0

  /// The newest block of the files.
  var followed: FollowedBlock?

  /// The blocks up to `followed`, the newest first: as many of the files' as uncles are held against.
  var ancestors: [UncleRules.Ancestor] = []

  var report = ImportReport()

  init(
    store: OpenedStore, forks: ForkSchedule, options: Options, bytesInAll: Int64,
    shouldContinue: @escaping ProgressFunction
  ) {
    log = store.log
    self.options = options
    rules = HeaderRules(forks: forks)
    self.shouldContinue = shouldContinue
    recorder = store.recorder
    tip = store.tip
    finalized = store.finalized
    anchored = store.finalized
    progress = ImportProgress(block: 0, storedBlocks: 0, bytesRead: 0, bytesInAll: bytesInAll)
  }

  /// Where the chain of the files stands: a block of them, or the stored block on which they build.
  struct FollowedBlock {
    let header: BlockHeader
    let hash: Hash256
    let source: ImportError.Source?

    /// What is to be stored; nil when the block is in the store.
    let unstored: ImportedBlock?

    var id: BlockID { BlockID(number: header.number, hash: hash) }
  }
}

extension Importer {
  /// Imports files in order into the store in `directory`, which is made when there is none.
  ///
  /// The first block is looked at before anything is made, so that a file of another chain leaves nothing behind.
  package static func run(
    files: [String], chain: ChainConfiguration, into directory: DataDirectory, options: Options = Options(),
    progress: @escaping ProgressFunction = { _ in true }
  ) throws(ImportError) -> ImportReport {
    var bytesInAll: Int64 = 0
    for (index, path) in files.enumerated() {
      bytesInAll += try checkBeginning(of: path, chain: chain, isFirst: index == 0)
    }
    let store = try OpenedStore(directory, chain: chain)
    var importer = Importer(
      store: store, forks: chain.forks, options: options, bytesInAll: bytesInAll, shouldContinue: progress)
    do {
      for path in files { try importer.read(path) }
    } catch {
      try importer.keepWhatIsSound(after: error)
    }
    return try importer.finish()
  }

  /// Holds the first block of a file against the genesis block. Returns the size of the file.
  private static func checkBeginning(
    of path: String, chain: ChainConfiguration, isFirst: Bool
  ) throws(ImportError) -> Int64 {
    let (first, byteCount) = try firstBlock(of: path)
    guard let first else { throw ImportError(.emptyFile, source: ImportError.Source(path: path, offset: 0)) }
    guard isFirst else { return byteCount }
    let block = try ImportedBlock(first, path: path, expected: nil)
    let genesis = chain.genesisHeader.hash
    if block.number == 0, block.hash != genesis {
      throw ImportError(.genesisMismatch(file: block.hash, genesis: genesis), block: 0, source: block.source)
    }
    if block.number == 1, block.header.parentHash != genesis {
      throw ImportError(
        .genesisMismatch(file: block.header.parentHash, genesis: genesis), block: 1, source: block.source)
    }
    return byteCount
  }

  private static func firstBlock(of path: String) throws(ImportError) -> (ChainFile.RawBlock?, byteCount: Int64) {
    do {
      var file = try ChainFile(path: path)
      return (try file.next(), file.byteCount)
    } catch {
      throw ImportError(error)
    }
  }
}

extension ImportError {
  /// - Parameter block: the number of the block that should stand there.
  init(_ error: ChainFileError, block: UInt64? = nil) {
    self.init(.file(error), block: block, source: Source(path: error.path, offset: error.offset))
  }
}
