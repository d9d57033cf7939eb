import EventStore
import StateTransition

extension ImportError: CustomStringConvertible {
  package var description: String {
    let what = subject.isEmpty ? explanation : "\(subject): \(explanation)"
    return remedy.map { "\(what); \($0)" } ?? what
  }

  /// The block and the place in a file; of a file that cannot be read at all, the file.
  private var subject: String {
    if let source, source.offset == 0, isOfWholeFile { return source.path }
    let place = source.map { "(\($0.path), byte \($0.offset))" }
    let name = block.map { "block \($0)" } ?? (source?.offset == 0 ? "the first block" : nil)
    return [name, place].compactMap { $0 }.joined(separator: " ")
  }

  private var isOfWholeFile: Bool {
    switch reason {
    case .emptyFile: true
    case .file(let error): !error.isDisagreement
    default: false
    }
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
    case _ where damage != nil: damage?.summary ?? ""
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
    case .file where isOfWholeFile && source?.offset == 0: "check the path and the permissions; \(stored)"
    case .emptyFile, .malformed, .body, .header, .block, .unlinked, .file:
      "\(stored); get the file anew and import again" + (storedTip == nil ? "" : ", which goes on from there")
    case .outOfSequence:
      "give the files in the order of their blocks, beginning at block 0, at 1, or where the store ends"
    case .conflict: "the file is of another branch than the store: check it against a trusted block hash"
    case .headMismatch: "\(stored); check --head, or get the file anew"
    case .foreignRecord: "import into another --data-dir"
    case .cancelled: "run it again to go on"
    case _ where isDamage:
      "`varve log repair`; if that finds a record lost, import anew from a good file with --replace-damaged; both move the "
        + "damaged log aside and delete nothing"
    case .directory, .open, .append, .read: nil
    }
  }

  /// What the store has. The block before a bad one is not there if nothing else vouches for it.
  private var stored: String {
    switch storedTip {
    case nil: "nothing was stored"
    case 0: "block 0 alone is stored"
    case let tip?: "blocks 0 to \(tip) are stored"
    }
  }
}
