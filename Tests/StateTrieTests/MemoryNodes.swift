import Primitives
import StateTrie

/// Stored nodes in a dictionary, with a count of what is read.
final class MemoryNodes: NodeReader {
  var nodes: [NibblePath: [UInt8]] = [:]
  private(set) var readPaths: [NibblePath] = []

  func node(at path: NibblePath) throws(TrieError) -> [UInt8]? {
    readPaths.append(path)
    return nodes[path]
  }

  func forgetReads() {
    readPaths = []
  }

  func apply(_ update: TrieUpdate) {
    for change in update.nodeChanges {
      nodes[change.path] = change.node
    }
  }
}

/// The root and the nodes, in the order given out, that a builder makes of `world`.
func build(_ world: [NibblePath: [UInt8]]) -> (root: Hash256, nodes: [(path: NibblePath, node: [UInt8])]) {
  var builder = TrieBuilder()
  var nodes: [(path: NibblePath, node: [UInt8])] = []
  for (key, value) in world.sorted(by: { $0.key < $1.key }) {
    builder.append(key, value) { nodes.append(($0, $1)) }
  }
  return (builder.finish { nodes.append(($0, $1)) }, nodes)
}

/// A store filled by a builder.
func stored(_ world: [NibblePath: [UInt8]]) -> (root: Hash256, reader: MemoryNodes) {
  let (root, nodes) = build(world)
  let reader = MemoryNodes()
  reader.nodes = Dictionary(uniqueKeysWithValues: nodes.map { ($0.path, $0.node) })
  return (root, reader)
}
