import EventStore
import Primitives
import Rollup
import StoreFiles
import SystemPackage

/// A store that is ready for a chain's blocks: the ledger open for writing, with the chain's configuration and block 0.
struct OpenedStore {
  let log: EventLog

  /// After the newest block.
  let recorder: LedgerRecorder

  /// The newest block.
  let tip: BlockID

  /// The newest block that is final: block 0 at least, for which the genesis file vouches.
  let finalized: BlockID

  /// Opens or makes the store in `directory`. One that was made for another chain is refused, and nothing is changed.
  init(_ directory: DataDirectory, chain: ChainConfiguration) throws(ImportError) {
    let configured = NewRecord(.chainConfigured(ChainConfigured(configuration: chain)), at: .block(0))
    let chainHash = chain.hash
    let manifest = try OpenedStore.manifest(of: directory, for: chainHash)
    log = try OpenedStore.openLog(directory)
    let log = log
    try OpenedStore.checkChain(of: log, against: configured, chainHash)
    if manifest == nil {
      do { try directory.makeStore(for: chainHash, of: log) } catch { throw ImportError(.directory(error)) }
    }
    if try reading({ () throws(ReadError) in try log.newestBlock() }) == nil {
      try OpenedStore.writeGenesis(chain, configured, to: log)
    }
    guard let newest = try reading({ () throws(ReadError) in try log.newestBlock() }) else {
      throw ImportError(.foreignRecord(.zero, "is followed by no block"))
    }
    tip = newest.id
    recorder = try reading { () throws(ReadError) in try LedgerRecorder(after: newest, in: log) }
    finalized = try reading { () throws(ReadError) in try log.finalizedBlock() } ?? chain.genesisHeader.id
  }

  private static func manifest(
    of directory: DataDirectory, for chainHash: Hash256
  ) throws(ImportError) -> StoreManifest? {
    let manifest: StoreManifest?
    do { manifest = try directory.manifestIfPresent() } catch { throw ImportError(.directory(error)) }
    if let stored = manifest?.chainConfigurationHash, stored != chainHash {
      throw ImportError(.otherChain(stored: stored, given: chainHash))
    }
    return manifest
  }

  private static func openLog(_ directory: DataDirectory) throws(ImportError) -> EventLog {
    do {
      return try EventLog.open(directory.ledger, mode: .create)
    } catch {
      throw ImportError(.open(error))
    }
  }

  /// Holds position 0 against the chain's configuration.
  private static func checkChain(
    of log: EventLog, against configured: NewRecord, _ chainHash: Hash256
  ) throws(ImportError) {
    guard try reading({ () throws(ReadError) in try log.head() }).size > 0 else { return }
    let first = try reading { () throws(ReadError) in try log.record(at: .zero) }
    guard first.header.payloadHash != configured.payloadHash else { return }
    guard case .chainConfigured(let event) = try reading({ () throws(ReadError) in try first.event() }) else {
      throw ImportError(.foreignRecord(.zero, "is no chain configuration: this log is no import"))
    }
    throw ImportError(.otherChain(stored: event.configuration.hash, given: chainHash))
  }

  /// Position 0, unless it is there, and block 0.
  private static func writeGenesis(
    _ chain: ChainConfiguration, _ configured: NewRecord, to log: EventLog
  ) throws(ImportError) {
    var recorder = LedgerRecorder()
    let genesis = recorder.recordGenesis(ImportedBlock(genesis: chain.genesisBlock), configuration: configured)
    do {
      if try log.head().size == 0 { try log.append([configured]) }
      try log.appendBlocks([genesis])
    } catch let error as AppendError {
      throw ImportError(.append(error), block: 0)
    } catch let error as ReadError {
      throw ImportError(.read(error))
    } catch {
      preconditionFailure("no other error is thrown above")
    }
  }
}
