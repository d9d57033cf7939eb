import EVM
import Foundation
import Primitives
import Rollup
import StateTransition
import TestSupport
import Testing

/// Geth's answers to `debug_traceBlockByNumber`, with its struct logs, over the chain of execution-apis.
@Suite("Published traces")
struct PublishedTraceTests {
  /// A transaction's trace.
  private struct Trace: Decodable, Equatable {
    struct Line: Decodable, Equatable {
      let pc: Int
      let op: String
      let gas: Int
      let gasCost: Int
      let depth: Int
      let stack: [String]
      /// Words; nil where there are none or they were not asked for.
      let memory: [String]?
    }

    let gas: UInt64
    let failed: Bool
    let structLogs: [Line]
  }

  private struct Answer: Decodable {
    struct Entry: Decodable {
      let result: Trace
    }

    let result: [Entry]
  }

  private static let files = [
    1: ["trace-block-with-transactions", "trace-block-memory-encoding"], 2: ["trace-block-storage-snapshot-timing"],
  ]

  @Test(
    "two blocks run as geth saw them run: place, gas, cost, depth, stack and memory of each instruction",
    .enabled(if: Vectors.isExpected("execution-apis")))
  func structLogs() throws {
    guard let folder = try Vectors.directory("execution-apis"),
      let chain = try PublishedChain(
        suite: "execution-apis", genesis: "tests/genesis.json", blocks: "tests/chain.rlp")
    else { return }
    let homestead = ForkSchedule.Activation(.homestead, at: 0)
    let executor = BlockExecutor(chainID: 3_503_995_874_084_926, forks: try ForkSchedule(activations: [homestead]))
    var world = World(chain.allocation)
    var compared = 0
    try chain.forEachBlock { block in
      let number = Int(block.header.number)
      for name in Self.files[number, default: []] {
        let expected = try traces(ofFile: "\(folder)/tests/debug_traceBlockByNumber/\(name).io")
        let keepsMemory = name.contains("memory")
        let found = try traces(of: block, over: world, by: executor, keepsMemory: keepsMemory)
        try #require(found.count == expected.count)
        for (index, (ours, geths)) in zip(found, expected).enumerated() {
          #expect(ours == geths, "transaction \(index) of block \(number)")
          compared += geths.structLogs.count
        }
      }
      _ = try world.run(block, by: executor)
      return number < 2
    }
    #expect(compared == 876)
  }

  private func traces(ofFile path: String) throws -> [Trace] {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let answer = try #require(lines.first { $0.hasPrefix("<< ") })
    return try JSONDecoder().decode(Answer.self, from: Data(answer.dropFirst(3).utf8)).result.map(\.result)
  }

  private func traces(
    of block: EthereumBlock, over world: World, by executor: BlockExecutor, keepsMemory: Bool
  ) throws -> [Trace] {
    let context = BlockContext(header: block.header, chainID: executor.chainID, forks: executor.forks)
    var execution = BlockExecution(context: context, over: world)
    return try block.transactions.map { transaction in
      var lines: [Trace.Line] = []
      var tracer = StructLogTracer(keepsMemory: keepsMemory) { lines.append(Self.line($0)) }
      let outcome = try execution.apply(transaction, tracer: &tracer)
      return Trace(gas: outcome.gasUsed, failed: !outcome.succeeded, structLogs: lines)
    }
  }

  private static func line(_ entry: StructLogTracer.Entry) -> Trace.Line {
    let words = stride(from: 0, to: entry.memory.count, by: 32).map { Hex.encode(Array(entry.memory[$0..<($0 + 32)])) }
    return Trace.Line(
      pc: entry.programCounter, op: entry.name, gas: entry.gas, gasCost: entry.gasCost, depth: entry.depth,
      stack: entry.stack.map(\.hex), memory: words.isEmpty ? nil : words)
  }
}
