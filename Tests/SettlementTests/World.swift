import Hashing
import Primitives
import Rollup
import Settlement
import Signatures
import StateTrie
import Testing

/// A contract with an L1 of nothing but numbers, times and hashes around it. After every call, refused or not, value is
/// counted; after a refused one the contract must be what it was.
struct World {
  let chain: ChainConfiguration
  private(set) var contract: RollupContract

  /// The L1 block that holds the next call.
  var number: UInt64 = 1
  var time: UInt64 = 1000

  /// Hashes of L1 blocks before it.
  private(set) var hashes: [Hash256] = [World.l1Hash(0)]

  /// What each account paid in less what it was paid.
  private(set) var spent: [Address: UInt256] = [:]
  private(set) var received: [Address: UInt256] = [:]

  /// All that the contract said.
  var events: [Event] = []

  var verifier: TruthVerifier

  static let guardian = Address(1, 1, 1)
  static let poster = Address(2, 2, 2)
  static let alice = Address(3, 3, 3)
  static let bob = Address(4, 4, 4)
  static let carol = Address(5, 5, 5)

  init(_ change: (inout RollupConfiguration) -> Void = { _ in }) {
    var rollup = World.configuration
    change(&rollup)
    chain = World.chain(rollup)
    contract = RollupContract(configuration: chain)
    verifier = TruthVerifier(truth: Truth(seed: 0))
  }

  static let configuration = RollupConfiguration(
    l1ChainID: 900, contract: Address(9, 9, 9), genesisOrigin: BlockID(number: 0, hash: l1Hash(0)),
    guardian: guardian, sequencer: Key.first.address, batchPoster: poster, challengePeriod: 1000,
    maxClockDuration: 1000, clockExtension: 50, splitDepth: 2, maxDepth: 6, sequencingWindow: 100,
    forceInclusionBlocks: 10, forceInclusionTime: 120, maxDrift: 60, slashingWindow: 50,
    bonds: BondSchedule(output: 1000, claim: 10, sequencer: 5000), gasLimit: 30_000_000,
    fees: FeeParameters(feeRecipient: Address(7, 7, 7)))

  static func chain(_ rollup: RollupConfiguration) -> ChainConfiguration {
    let header = BlockHeader(
      parentHash: .zero, ommersHash: .zero, beneficiary: .zero, stateRoot: Trie.emptyRoot,
      transactionsRoot: Trie.emptyRoot, receiptsRoot: Trie.emptyRoot, logsBloom: .empty, difficulty: .zero, number: 0,
      gasLimit: 30_000_000, gasUsed: 0, timestamp: 900, extraData: [], mixHash: .zero, nonce: 0)
    guard let forks = try? ForkSchedule(activations: []) else { fatalError("no forks are in order") }
    return ChainConfiguration(chainID: 901, forks: forks, genesisHeader: header, allocation: [], rollup: rollup)
  }

  /// What the first outputs extend.
  static let genesisLineage = RollupContract(configuration: chain(configuration)).genesis.lineage

  static func l1Hash(_ number: UInt64, branch: UInt64 = 0) -> Hash256 { Hash256(0x11, branch, 0, number + 1) }

  var context: L1Context { L1Context(number: number, timestamp: time, ancestors: hashes) }

  func l1(_ number: UInt64) -> BlockID { BlockID(number: number, hash: hashes[Int(number)]) }

  var l1Head: BlockID { l1(number - 1) }

  /// Goes on by L1 blocks, with 12 seconds each, and more time if wanted.
  mutating func advance(blocks: UInt64 = 1, seconds: UInt64 = 0) {
    for _ in 0..<blocks {
      hashes.append(World.l1Hash(number))
      number += 1
      time += 12
    }
    time += seconds
  }

  /// Carries out a call that must succeed, or throws its refusal; what it said.
  @discardableResult
  mutating func call(
    _ call: ContractCall, from sender: Address, value: UInt256 = .zero, isContract: Bool = false,
    at location: SourceLocation = #_sourceLocation
  ) throws(Revert) -> [Event] {
    let before = contract
    do throws(Revert) {
      let result = try contract.call(
        call, from: Caller(sender, isContract: isContract), value: value, at: context, verifier: verifier)
      spent[sender, default: .zero] += value
      if let payout = result.payout { received[payout.beneficiary, default: .zero] += payout.amount }
      events += result.events
      checkValue(location)
      return result.events
    } catch {
      #expect(contract == before, "a refused call changes nothing", sourceLocation: location)
      #expect(!error.description.isEmpty && error.description != "refused", sourceLocation: location)
      throw error
    }
  }

  /// The refusal of a call; nil when it was carried out.
  mutating func revert(
    _ call: ContractCall, from sender: Address, value: UInt256 = .zero,
    at location: SourceLocation = #_sourceLocation
  ) -> Revert? {
    do throws(Revert) {
      try self.call(call, from: sender, value: value, at: location)
      return nil
    } catch {
      return error
    }
  }

  /// What went in is what came out and what is there, and each wei there is for something.
  private func checkValue(_ location: SourceLocation) {
    #expect(contract.isConserved, sourceLocation: location)
    let paid = spent.values.reduce(UInt256.zero, +)
    let out = received.values.reduce(UInt256.zero, +)
    #expect(paid - out == contract.bonds.balance, sourceLocation: location)
  }

  /// How much richer an account is than at the start, its credit counted; nil when it is poorer.
  func gain(of account: Address) -> UInt256? {
    let (income, cost) = balance(of: [account])
    return income >= cost ? income - cost : nil
  }

  /// How much poorer accounts are together than at the start, their credit counted; nil when they are not.
  func loss(of accounts: [Address]) -> UInt256? {
    let (income, cost) = balance(of: accounts)
    return income < cost ? cost - income : nil
  }

  private func balance(of accounts: [Address]) -> (income: UInt256, cost: UInt256) {
    accounts.reduce((UInt256.zero, UInt256.zero)) { sums, account in
      let income = (received[account] ?? .zero) + (contract.bonds.credits[account] ?? .zero)
      return (sums.0 + income, sums.1 + (spent[account] ?? .zero))
    }
  }
}

/// Keys that sequencers sign with.
enum Key {
  case first, second

  var secret: Hash256 { self == .first ? Hash256(1, 2, 3, 4) : Hash256(5, 6, 7, 8) }

  var address: Address {
    guard let address = try? Secp256k1.address(of: secret) else { fatalError("the secret is a key") }
    return address
  }

  func sign(_ commitment: SequencerCommitment, in domain: CommitmentDomain) -> SignedCommitment {
    guard let signature = try? Secp256k1.sign(commitment.digest(in: domain), privateKey: secret) else {
      fatalError("the secret is a key")
    }
    return SignedCommitment(commitment: commitment, signature: signature.walletBytes)
  }
}
