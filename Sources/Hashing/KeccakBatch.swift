import Primitives

/// Messages that can be lent one at a time.
protocol MessageList {
  var count: Int { get }

  func withMessage<Result>(at index: Int, _ body: (RawSpan) -> Result) -> Result
}

/// Hashes many messages, several states side by side.
///
/// Every lane of the vectors works on a message of its own. A lane whose message ends takes the next one, so messages of
/// different lengths keep all lanes busy; they may end in any order, each hash goes to its message's place. What is left
/// when the last message runs alone is finished by the scalar permutation.
@safe
struct KeccakBatch<Messages: MessageList> {
  /// The hash of each message, in order; a single one needs no lanes.
  static func hashes(of messages: Messages, backend: KeccakBackend) -> [Hash256] {
    switch messages.count {
    case 0: []
    case 1: [messages.withMessage(at: 0) { Keccak256.hash($0) }]
    default: KeccakBatch(messages, backend: backend).run()
    }
  }

  private let messages: Messages
  private let backend: KeccakBackend
  private let width: Int

  /// Word i of lane j at `width * i + j`.
  private var state: [UInt64]

  /// For each lane its message and how much of it has been absorbed; an idle lane has none.
  private var jobs: [Job?]

  /// Where each lane's message goes on, while all lanes absorb together.
  private var pointers: [UnsafePointer<UInt8>?] = unsafe []

  private var nextMessage = 0
  private var hashes: [Hash256]

  private struct Job {
    let message: Int
    var offset = 0
    var isPadded = false
  }

  init(_ messages: Messages, backend: KeccakBackend) {
    self.messages = messages
    self.backend = backend
    width = backend.width
    state = [UInt64](repeating: 0, count: 25 * width)
    jobs = [Job?](repeating: nil, count: width)
    unsafe pointers = [UnsafePointer<UInt8>?](repeating: nil, count: width)
    hashes = [Hash256](repeating: .zero, count: messages.count)
  }

  consuming func run() -> [Hash256] {
    for lane in 0..<width { start(lane) }
    while jobs.count(where: { $0 != nil }) > 1 {
      absorbWholeBlocks()
      for lane in 0..<width { absorb(lane) }
      backend.permute(&state)
      for lane in 0..<width { collect(lane) }
    }
    for lane in 0..<width { finishAlone(lane) }
    return hashes
  }

  /// Gives the lane the next message, if there is one.
  private mutating func start(_ lane: Int) {
    guard nextMessage < messages.count else {
      jobs[lane] = nil
      return
    }
    jobs[lane] = Job(message: nextMessage)
    nextMessage += 1
    let width = width
    var words = state.mutableSpan
    for word in 0..<25 { words[width &* word &+ lane] = 0 }
  }

  /// Absorbs the blocks that every lane's message still has whole: the words go from message to state without a step
  /// through memory of their own.
  private mutating func absorbWholeBlocks() {
    var blocks = Int.max
    for lane in 0..<width {
      guard let job = jobs[lane] else { return }
      let length = messages.withMessage(at: job.message) { $0.byteCount }
      blocks = min(blocks, (length - job.offset) / Keccak256.blockLength)
    }
    guard blocks > 0 else { return }
    absorb(blocks, withMessagesFrom: 0)
    for lane in 0..<width { jobs[lane]?.offset += blocks * Keccak256.blockLength }
  }

  /// Absorbs `blocks` into every lane, once the messages of the lanes from `lane` on are lent as well.
  private mutating func absorb(_ blocks: Int, withMessagesFrom lane: Int) {
    guard lane < width, let job = jobs[lane] else { return unsafe backend.absorb(blocks, from: pointers, into: &state) }
    let messages = messages
    messages.withMessage(at: job.message) { message in
      unsafe message.withUnsafeBytes { bytes in
        unsafe pointers[lane] = bytes.baseAddress?.advanced(by: job.offset).assumingMemoryBound(to: UInt8.self)
        absorb(blocks, withMessagesFrom: lane + 1)
      }
    }
  }

  /// Absorbs the lane's next block, with the padding when it is the last.
  private mutating func absorb(_ lane: Int) {
    guard let job = jobs[lane] else { return }
    let (messages, width) = (messages, width)
    messages.withMessage(at: job.message) { message in
      let length = min(Keccak256.blockLength, message.byteCount - job.offset)
      let words = length / 8
      // The block lies in the message, and the state has 17 words and more for each lane.
      unsafe message.extracting(job.offset..<job.offset + length).withUnsafeBytes { bytes in
        unsafe state.withUnsafeMutableBufferPointer { state in
          for word in 0..<words {
            unsafe state[width &* word &+ lane] ^= UInt64(
              littleEndian: bytes.loadUnaligned(fromByteOffset: 8 &* word, as: UInt64.self))
          }
        }
      }
      let offset = job.offset + 8 * words
      jobs[lane]?.offset = offset
      // A full block ends at a word's border: what remains are the message's last bytes, and the padding.
      if offset + 8 > message.byteCount && words < Keccak256.blockWords {
        state[width &* words &+ lane] ^= KeccakBatch.lastWord(of: message, from: offset)
        state[width &* (Keccak256.blockWords - 1) &+ lane] ^= 1 &<< 63
        jobs[lane]?.isPadded = true
      }
    }
  }

  /// The bytes after the message's last whole word, and the one bit that begins Keccak's padding.
  @inline(__always)
  private static func lastWord(of message: RawSpan, from offset: Int) -> UInt64 {
    var word: UInt64 = 1
    for index in (offset..<message.byteCount).reversed() {
      word = word &<< 8 | UInt64(message.byte(at: index))
    }
    return word
  }

  /// Takes the lane's hash when its message is through, and gives it the next.
  private mutating func collect(_ lane: Int) {
    guard let job = jobs[lane], job.isPadded else { return }
    hashes[job.message] = Hash256(
      state[lane].byteSwapped, state[width &+ lane].byteSwapped, state[2 &* width &+ lane].byteSwapped,
      state[3 &* width &+ lane].byteSwapped)
    start(lane)
  }

  /// Finishes a lane's message by itself.
  private mutating func finishAlone(_ lane: Int) {
    guard let job = jobs[lane] else { return }
    var hasher = Keccak256(lanes: InlineArray { state[width * $0 + lane] })
    hashes[job.message] = messages.withMessage(at: job.message) { message in
      hasher.update(message.extracting(job.offset..<message.byteCount))
      return hasher.finalize()
    }
  }
}
