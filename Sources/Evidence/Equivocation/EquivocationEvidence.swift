package import Primitives
package import Rollup
package import Testimony

/// An accusation as a file that stands alone: what was signed, byte for byte, and what the reader needs to judge it.
package struct EquivocationEvidence: Equatable, Sendable {
  /// EIP-155, of the L2 chain.
  package var l2ChainID: UInt64

  /// In whose name this chain's own sequencer signs; nil for chains of other stacks.
  package var domain: CommitmentDomain?

  /// One message or two, the one about the lower height first.
  package var messages: [SignedMessage]

  /// The orders between two blocks, the upper one first; or the one preimage that a single message contradicts.
  package var orders: [BlockOrder]

  /// Headers of L1, when they say something.
  package var l1: L1Segment?

  /// Records of a ledger, when they say something.
  package var log: LogExcerpt?

  package init(
    l2ChainID: UInt64, domain: CommitmentDomain?, messages: [SignedMessage], orders: [BlockOrder] = [],
    l1: L1Segment? = nil, log: LogExcerpt? = nil
  ) {
    self.l2ChainID = l2ChainID
    self.domain = domain
    self.messages = messages
    self.orders = orders
    self.l1 = l1
    self.log = log
  }

  /// What the messages say, and how that contradicts itself. One recovery of a signature each.
  package func contradiction() throws(EvidenceError) -> Contradiction {
    let reader = StatementReader(l2ChainID: l2ChainID, domain: domain)
    var statements: [Statement] = []
    for message in messages {
      do throws(StatementError) { statements.append(try reader.statement(of: message)) } catch {
        throw .badMessage(error)
      }
    }
    let contradiction: Contradiction?
    switch statements.count {
    case 1: contradiction = orders.count == 1 ? Contradiction(statements[0], preimage: orders[0]) : nil
    case 2:
      guard statements[0].signer == statements[1].signer else {
        throw .notOneSigner(statements[0].signer, statements[1].signer)
      }
      contradiction = Contradiction(statements[0], statements[1], ancestors: orders)
    default: contradiction = nil
    }
    guard let contradiction else { throw .noContradiction }
    // The file has one form: the messages stand in the order in which the contradiction names them.
    guard contradiction.statements == statements else { throw .noContradiction }
    return contradiction
  }
}

/// Why a file is no evidence.
package enum EvidenceError: Error, Equatable, Sendable {
  case tooLong(Int)
  case malformed(RLPError)
  /// The hash at the end is another than that of what stands before it.
  case wrongSeal(stated: Hash256, computed: Hash256)
  case badMessage(StatementError)
  /// Two keys have signed.
  case notOneSigner(Address, Address)
  /// What is signed can all be meant.
  case noContradiction
  /// The headers are no chain.
  case badHeaders
  case badRecord(Position, String)
  /// The ledger that the records are of is another rollup's.
  case otherRollup
  /// The headers are not of the L1 on which the rollup begins.
  case otherL1(BlockID)
  /// Neither the L1 block nor the log on which the file rests is one that the reader trusts.
  case untrusted(l1: Hash256?, log: Hash256?)
  /// The transaction's path does not lead to the order.
  case badPath(String)
}

extension EvidenceError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooLong(let count): "it has \(count) bytes, evidence at most \(EquivocationEvidence.greatestByteCount)"
    case .malformed(let error): "it is no evidence: \(error)"
    case .wrongSeal(let stated, let computed):
      "its bytes are not those that were written: their hash is \(computed), and it says \(stated)"
    case .badMessage(let error): "a signed message in it is none: \(error)"
    case .notOneSigner(let first, let second): "its messages are signed by two keys, \(first) and \(second)"
    case .noContradiction: "what was signed does not contradict itself"
    case .badHeaders: "its L1 headers are not one chain"
    case .badRecord(let position, let reason): "record \(position) in it proves nothing: \(reason)"
    case .otherRollup: "its records are of another rollup's ledger"
    case .otherL1(let origin): "its L1 headers are of a chain without block \(origin), where the rollup begins"
    case .untrusted(let l1, let log):
      "it rests on \([l1.map { "L1 block \($0)" }, log.map { "log root \($0)" }].compactMap(\.self).joined(separator: " and ")), "
        + "and none of them is trusted"
    case .badPath(let reason): "the path of the transaction leads nowhere: \(reason)"
    }
  }
}
