import Foundation
import L1
import Node
import Primitives
import Roles
import Rollup
import StateTransition
import SystemPackage

/// What is killed: a sequencer that wants to sign blocks, other ones in each run, as its guard and its file of permissions
/// let it.
struct Signing {
  let directory: FilePath
  let seed: UInt64

  /// Whether it signs before its permission is durable, as it must not.
  let isCareless: Bool

  static let heights: ClosedRange<UInt64> = 1...3

  /// One line for each signature: the height, and the order.
  static func signatures(in directory: FilePath) -> FilePath { directory.appending("signatures") }

  func run() -> Never {
    do {
      try sign()
      exit(0)
    } catch { FaultDriver.fail("\(error)", code: 3) }
  }

  private func sign() throws {
    let configuration = DevnetGenesis.configuration
    var archive = StateArchive()
    var view = try RollupView(configuration, archive: &archive)
    let genesis = DevnetGenesis.l1.header
    var next = genesis
    (next.number, next.parentHash, next.timestamp) = (1, genesis.hash, genesis.timestamp + 12)
    try view.apply(.chainConfigured(ChainConfigured(configuration: configuration)), archive: &archive)
    for header in [genesis, next] {
      let appended = L1BlockAppended(header: header.encode(), canonicalAccBefore: .zero, completeness: .embedded)
      try view.apply(.l1BlockAppended(appended), archive: &archive)
    }
    let store = try SignerStore(directory: directory)
    let key = DevnetParty.sequencer
    var sequencer = Sequencer(key: key.address, signingGuard: SigningGuard(try store.permissions()))
    var random = SplitMix64(seed: seed)
    let out = try FileDescriptor.open(
      Self.signatures(in: directory), .writeOnly, options: [.create, .append], permissions: [.ownerReadWrite])
    for height in Self.heights {
      var transaction: [UInt8] = [2]
      transaction.append(bigEndian: random.next())
      let block = RollupBlock(
        number: height, parentOrder: configuration.rollupId, timestamp: genesis.timestamp + height,
        l1Origin: genesis.id, messagesConsumed: 0, transactions: [transaction])
      // From there on the world may have the signature.
      let line = [UInt8]("\(height) \(block.order.commitment)\n".utf8)
      if isCareless {
        guard let permission = sequencer.signingGuard.permission(for: block, view) else { continue }
        try out.writeAll(line)
        try store.append(permission)
        sequencer.note(permission)
      } else if try store.sign(block, for: &sequencer, view, privateKey: key.privateKey) != nil {
        try out.writeAll(line)
      }
    }
  }
}

/// Kills a sequencer at one system call after another, lets it start again and sign what it then may, and holds that no
/// height has two signatures.
struct SigningLoop {
  let work: FilePath
  let seed: UInt64
  let kills: Int
  let isCareless: Bool

  /// Each kind of call has its own count: strace injects at the given time that this kind is made.
  private static let calls = ["write", "openat", "lseek", "fsync", "close", "pread64", "ftruncate", "mkdir"]

  func run() throws -> Bool {
    let start = Victim.now()
    var (runs, killed, kind, time, violations) = (0, 0, 0, 1, [String]())
    var random = SplitMix64(seed: seed)
    while killed < kills {
      // Of each kind of call one time comes that is not made any more.
      guard runs < 2 * (kills + Self.calls.count) else {
        throw RecordedRun.Unusable(reason: "strace killed \(killed) of \(runs): may it trace here?")
      }
      runs += 1
      let place = work.appending("sign-\(runs)")
      try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: place.string) }
      // Every time of every kind in turn; after the last, from the first again, with other blocks.
      let name = "\(Self.calls[kind]), time \(time)"
      if try kill(at: Self.calls[kind], time, random.next(), in: place) {
        killed += 1
        time += 1
      } else {
        (kind, time) = ((kind + 1) % Self.calls.count, 1)
      }
      let again = try spawn(arguments(random.next(), in: place))
      guard wait(for: again) == (0, 0) else {
        violations.append("killed at \(name), it does not start again")
        continue
      }
      if let height = try heightWithTwoOrders(in: place) {
        violations.append("killed at \(name), height \(height) has two signatures (seed \(seed))")
      }
    }
    for violation in violations.prefix(20) { print("VIOLATION \(violation)") }
    print(
      """
      \(runs) sequencers, \(killed) of them killed at a system call, in \(Int((Victim.now() - start) / 1000)) s (seed \(seed))
      \(violations.count) violations
      """)
    return violations.isEmpty
  }

  private func arguments(_ seed: UInt64, in place: FilePath) -> [String] {
    ["sign", place.string, "\(seed)"] + (isCareless ? ["careless"] : [])
  }

  /// Whether the process made the call so often, and was killed at the last of them.
  private func kill(at call: String, _ time: Int, _ seed: UInt64, in place: FilePath) throws -> Bool {
    let silence = try FileDescriptor.open(FilePath("/dev/null"), .writeOnly)
    defer { try? silence.close() }
    let process = try spawn(
      ["-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(call):signal=SIGKILL:when=\(time)"]
        + [ProcessInfo.processInfo.arguments[0]] + arguments(seed, in: place),
      program: "/usr/bin/strace", output: silence, errors: silence)
    return wait(for: process) == (0, SIGKILL)
  }

  private func heightWithTwoOrders(in place: FilePath) throws -> String? {
    guard let data = FileManager.default.contents(atPath: Signing.signatures(in: place).string) else { return nil }
    var orders: [String: Set<String>] = [:]
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if words.count == 2 { orders[words[0], default: []].insert(words[1]) }
    }
    return orders.filter { $0.value.count > 1 }.keys.sorted().first
  }
}
