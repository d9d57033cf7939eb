import EventStore
import StateTransition

extension ImportError: CustomStringConvertible {
  package var description: String {
    let place = source.map { "\($0.path), byte \($0.offset)" }
    let name = block.map { "block \($0)" } ?? (source?.offset == 0 ? "the first block" : nil)
    let subject = [name, place.map { "(\($0))" }].compactMap { $0 }.joined(separator: " ")
    let what = subject.isEmpty ? explanation : "\(subject): \(explanation)"
    return remedy.map { "\(what); \($0)" } ?? what
  }

  /// What is wrong, without where.
  package var explanation: String {
    switch reason {
    case .genesisMismatch(let file, let genesis):
      "the file begins with block \(file), the genesis file makes \(genesis)"
    case .otherChain(let stored, let given):
      "the store was made for the chain with configuration \(stored), the genesis file gives \(given)"
    case .emptyFile: "the file is empty"
    case .malformed(let error): "it is no block: \(error)"
    case .body(let error): "\(error)"
    case .header(let error): "\(error.violation)"
    case .block(let error): "\(error)"
    case .unlinked(let hash, let next, let parentHash):
      "its hash is \(hash), and block \(next) names \(parentHash) as its parent: one of the two is damaged, or they are of "
        + "different branches"
    case .outOfSequence(let found): "block \(found) stands where it belongs"
    case .conflict(let stored, let given): "the store has \(stored) here, and it is final; the file has \(given)"
    case .headMismatch(let hash, let head): "the file ends with block hash \(hash), --head names \(head)"
    case .file(let error): error.explanation
    case .directory(let error): "\(error)"
    case .open(let error): "\(error)"
    case .append(let error): "\(error)"
    case .read(let error): "\(error)"
    case .foreignRecord(let position, let text): "the record at position \(position) \(text)"
    case .cancelled: "the import was stopped"
    }
  }

  /// What to do; nil where the explanation ends with it.
  private var remedy: String? {
    switch reason {
    case .genesisMismatch: "give the genesis file of this chain"
    case .otherChain: "import into another --data-dir, or give the genesis file that the store was made with"
    case .emptyFile: "get the file anew"
    case .malformed, .body, .header, .block, .unlinked, .file:
      "everything before it is stored; get the file anew and import again, which goes on from there"
    case .outOfSequence:
      "give the files in the order of their blocks, beginning at block 0, at 1, or where the store ends"
    case .conflict: "the file is of another branch than the store: check it against a trusted block hash"
    case .headMismatch: "everything before it is stored; check --head, or get the file anew"
    case .foreignRecord: "import into another --data-dir"
    case .cancelled: "run it again to go on"
    case _ where isDamage:
      "`varve log repair`; if that finds a record lost, import anew from a good file with --replace-damaged; both move the "
        + "damaged log aside and delete nothing"
    case .directory, .open, .append, .read: nil
    }
  }
}
