import EventStore
import LMDB
import MerkleLog
import Primitives
import Rollup
import SystemPackage
import TestSupport
import Testing

@Suite("Tree")
struct TreeTests {
  @Test("at every size to 600 the head has the root of all leaves, and a log opened there has it too")
  func everySize() throws {
    try withLog { log, directory in
      var leaves: [Hash256] = []
      for size in 1...600 {
        let appended = try log.append([plain(pattern(size % 50))])
        leaves.append(try log.leafHash(at: Position(UInt64(size - 1))))
        #expect(appended.head.root == MerkleTree.root(ofLeaves: leaves))
        #expect(appended.head.lastLeafHash == leaves.last)
        // Opening rebuilds the frontier from the stored rows and compares roots.
        let reader = try EventLog.open(directory, mode: .readOnly)
        #expect(try reader.head() == appended.head)
      }
      try compareRows(directory, leaves)
    }
  }

  @Test("the tree does not depend on how records were gathered into commits")
  func batches() throws {
    let records = (0..<300).map { plain(pattern($0)) }
    let roots = try [1, 7, 8, 64, 300].map { batch in
      try withLog { log, _ in
        for start in stride(from: 0, to: records.count, by: batch) {
          try log.append(Array(records[start..<min(start + batch, records.count)]))
        }
        return try log.head().root
      }
    }
    #expect(Set(roots).count == 1)
  }

  @Test("a log that is closed at any size goes on with the same tree")
  func reopenAtEverySize() throws {
    let records = (0..<70).map { plain(pattern($0)) }
    var root: Hash256?
    try withLog { log, _ in
      try log.append(records)
      root = try log.head().root
    }
    try withTemporaryDirectory { path in
      let directory = FilePath(path)
      for record in records {
        try EventLog.open(directory, mode: .create).append([record])
      }
      #expect(try EventLog.open(directory, mode: .readOnly).head().root == root)
      try requireSound(directory)
    }
  }

  /// Holds every stored row against subtrees that are computed from the leaves alone.
  private func compareRows(_ directory: FilePath, _ leaves: [Hash256]) throws {
    try tamper(directory) { (transaction, tables) throws(LMDBError) in
      #expect(try transaction.count(of: tables("tree")) == leaves.count / 8)
      for group in 0..<leaves.count / 8 {
        var expected: [UInt8] = []
        let end = (group + 1) * 8
        var width = 8
        while end.isMultiple(of: width) {
          expected += MerkleTree.root(ofLeaves: leaves[end - width..<end]).bytes
          width *= 2
        }
        let row = try transaction.get(UInt64(group), in: tables("tree"))?.bytes
        #expect(row == expected)
      }
    }
  }
}
