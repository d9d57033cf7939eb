package import Primitives

/// What of a rollup's configuration can change while it runs, and its new value.
package enum ConfigUpdate: Hashable, Sendable {
  /// The key that may sign the order; zero is nobody's, as after a slashing.
  case sequencer(Address)
  /// Who may post batches.
  case batchPoster(Address)
  /// In seconds of L1 time.
  case challengePeriod(UInt64)
  /// In L1 blocks.
  case sequencingWindow(UInt64)
  /// In L1 blocks, and in seconds of L1 time.
  case forceInclusionWindow(blocks: UInt64, seconds: UInt64)
  case bonds(BondSchedule)
  /// Of an L2 block.
  case gasLimit(UInt64)
  case fees(FeeParameters)
  /// A fork of the L2 chain, and the L2 time from which on it holds.
  case upgrade(Fork, at: UInt64)

  /// Numbers of the cases in RLP.
  package enum UpdateType: UInt64, CaseIterable, Sendable {
    case sequencer = 0
    case batchPoster = 1
    case challengePeriod = 2
    case sequencingWindow = 3
    case forceInclusionWindow = 4
    case bonds = 5
    case gasLimit = 6
    case fees = 7
    case upgrade = 8
  }

  package var updateType: UpdateType {
    switch self {
    case .sequencer: .sequencer
    case .batchPoster: .batchPoster
    case .challengePeriod: .challengePeriod
    case .sequencingWindow: .sequencingWindow
    case .forceInclusionWindow: .forceInclusionWindow
    case .bonds: .bonds
    case .gasLimit: .gasLimit
    case .fees: .fees
    case .upgrade: .upgrade
    }
  }
}

extension ConfigUpdate {
  /// Reads the next two items: type and data.
  package init(_ fields: inout RLPReader) throws(RLPError) {
    let type: UpdateType = try fields.readChoice("updateType is a number from 0 to 8")
    var data = try fields.readList()
    self =
      switch type {
      case .sequencer: .sequencer(try data.readAddress())
      case .batchPoster: .batchPoster(try data.readAddress())
      case .challengePeriod: .challengePeriod(try data.readUInt64())
      case .sequencingWindow: .sequencingWindow(try data.readUInt64())
      case .forceInclusionWindow:
        .forceInclusionWindow(blocks: try data.readUInt64(), seconds: try data.readUInt64())
      case .bonds: .bonds(try BondSchedule(&data))
      case .gasLimit: .gasLimit(try data.readUInt64())
      case .fees: .fees(try FeeParameters(&data))
      case .upgrade: .upgrade(try data.readChoice("a fork is a number from 0 to 22"), at: try data.readUInt64())
      }
    try data.finish()
  }

  /// Appends two items: the type, and a list of what the type has.
  package func append(to fields: inout RLPWriter) {
    fields.append(updateType.rawValue)
    fields.list { (data) in appendData(to: &data) }
  }

  private func appendData(to data: inout RLPWriter) {
    switch self {
    case .sequencer(let address), .batchPoster(let address): data.append(address)
    case .challengePeriod(let number), .sequencingWindow(let number), .gasLimit(let number): data.append(number)
    case .forceInclusionWindow(let blocks, let seconds):
      data.append(blocks)
      data.append(seconds)
    case .bonds(let bonds): bonds.append(to: &data)
    case .fees(let fees): fees.append(to: &data)
    case .upgrade(let fork, let start):
      data.append(fork.rawValue)
      data.append(start)
    }
  }
}
