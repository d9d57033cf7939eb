// What a compiled module asks of the world.

import Foundation
import TestSupport

/// One rule of purity: symbols that a pure module must not ask for.
struct ForbiddenSymbols {
  let what: String

  /// Names as `nm` prints them.
  let exact: Set<String>

  /// Beginnings of names.
  let prefixes: [String]

  /// Parts of mangled Swift names.
  let parts: [String]

  func matches(_ symbol: String) -> Bool {
    exact.contains(symbol) || prefixes.contains(where: symbol.hasPrefix) || parts.contains(where: symbol.contains)
  }
}

enum Purity {
  /// Clocks and random numbers need no import in Swift, so what counts is what the linker is asked for.
  static let rules: [ForbiddenSymbols] = [
    ForbiddenSymbols(
      what: "a clock",
      exact: [
        "time", "times", "clock", "gettimeofday", "ftime", "localtime", "gmtime", "nanosleep", "usleep", "sleep",
      ],
      prefixes: ["clock_", "timer", "mktime", "strftime", "swift_get_time", "_swift_get_time", "swift_get_clock"],
      parts: ["15ContinuousClock", "15SuspendingClock", "10DispatchTime", "10Foundation4DateV"]),
    ForbiddenSymbols(
      what: "randomness",
      exact: [
        "getrandom", "getentropy", "rand", "rand_r", "srand", "random", "srandom", "drand48", "swift_stdlib_random",
      ],
      prefixes: ["arc4random"],
      parts: ["SystemRandomNumberGenerator", "6random2in", "13randomElement", "7shuffle", "8shuffled"]),
    ForbiddenSymbols(
      what: "files, sockets or terminals",
      exact: [
        "open", "open64", "openat", "creat", "read", "pread", "pread64", "write", "pwrite", "pwrite64", "close",
        "fopen",
        "fopen64", "fread", "fwrite", "fputs", "puts", "putchar", "printf", "fprintf", "stat", "fstat", "lstat",
        "ioctl",
        "mmap", "mmap64", "munmap", "fsync", "fdatasync", "rename", "unlink", "mkdir", "opendir", "readdir", "socket",
        "connect", "bind", "listen", "accept", "send", "sendto", "recv", "recvfrom", "select", "poll", "system",
        "popen",
      ],
      prefixes: ["epoll_", "io_uring", "inotify_", "exec", "posix_spawn"],
      parts: ["s5print_9separator", "s8readLine16", "s9debugPrint_9sep", "5Glibc4open", "4Musl4open", "10Foundation"]),
    ForbiddenSymbols(
      what: "the environment or the process",
      exact: ["getenv", "secure_getenv", "setenv", "environ", "getpid", "getuid", "gethostname", "uname", "setlocale"],
      prefixes: ["sysconf", "getrlimit"],
      parts: ["s11CommandLineO", "10Foundation11ProcessInfo"]),
    ForbiddenSymbols(
      what: "threads, tasks or locks",
      exact: ["fork", "vfork", "clone"],
      prefixes: [
        "pthread_", "thrd_", "swift_task_", "swift_async", "swift_taskGroup", "swift_continuation", "swift_asyncLet",
        "swift_defaultActor", "dispatch_", "sem_",
      ],
      parts: ["ScT", "15Synchronization"]),
  ]

  /// C functions that compute and do nothing else; compilers call most of them on their own account.
  static let allowedFunctions: Set<String> = [
    "memcpy", "memmove", "memset", "memcmp", "bcmp", "bzero", "strlen", "malloc", "calloc", "free", "realloc",
    "posix_memalign", "malloc_usable_size", "abort", "_GLOBAL_OFFSET_TABLE_",
  ]

  /// Beginnings of the names of the Swift runtime, of compiler support, and of the C libraries that pure modules wrap.
  static let allowedPrefixes = [
    "$s", "swift_", "_swift", "__swift", "_$s", "symbolic ", "_TMn", "__stack_chk", "__udiv", "__umod", "__div",
    "__mod", "__mul", "__cpu_", "__start_", "__stop_", "secp256k1_", "varve_",
  ]

  /// Words that no pure source has: threads and what is shared between them; hashes that are others in each process, and
  /// addresses of objects, by which an order would differ from run to run; numbers that are rounded.
  static let forbiddenWords: [(what: String, words: Set<String>)] = [
    ("threads, tasks or locks", ["async", "await", "Task", "actor", "nonisolated(unsafe)", "Mutex", "Atomic"]),
    (
      "a hash or an order of this process",
      ["Hasher(", "hashValue", "ObjectIdentifier"]
    ),
    (
      "floating point",
      ["Double", "Float", "Float16", "Float32", "Float64", "Float80", "CGFloat", "BinaryFloatingPoint", "TimeInterval"]
    ),
  ]

  /// Words that stand in a file all the same, and why no row can depend on them.
  static let allowedWords: [(path: String, word: String, reason: String)] = [
    (
      "Sources/Projections/BatchRows.swift", "Hasher(",
      "secrets of the batch's index: where a key is found, and not in which order rows come"
    )
  ]

  /// What is wrong with a pure source, line by line.
  static func violations(inSource text: String, at path: String) -> [String] {
    SwiftCode(text).lines.enumerated().flatMap { number, line in
      let place = "\(path):\(number + 1)"
      var found = words(of: line).compactMap { word -> String? in
        guard let rule = forbiddenWords.first(where: { $0.words.contains(word) }),
          !allowedWords.contains(where: { $0.path == path && $0.word == word })
        else { return nil }
        return "\(place) has '\(word)': \(rule.what)"
      }
      // A number with a fraction is one of these without saying so.
      if let range = line.range(of: #"(?<![\w.)\]$])[0-9][0-9_]*\.[0-9]"#, options: .regularExpression) {
        found.append("\(place) has '\(line[range])': floating point")
      }
      return found
    }
  }

  /// The names of a line, each as it stands and, where it is called, with its parenthesis as well.
  private static func words(of line: String) -> [String] {
    // An attribute with an argument is one word.
    let line = line.replacingOccurrences(of: "nonisolated(unsafe)", with: "\u{1}")
    var words: [String] = line.contains("\u{1}") ? ["nonisolated(unsafe)"] : []
    var word = ""
    for character in line + " " {
      if character.isLetter || character.isNumber || character == "_" {
        word.append(character)
        continue
      }
      if !word.isEmpty { words += character == "(" ? [word, word + "("] : [word] }
      word = ""
    }
    return words
  }

  /// What is wrong with a list of undefined symbols; empty for a pure object.
  static func violations(in symbols: [String]) -> [String] {
    symbols.compactMap { symbol in
      if let rule = rules.first(where: { $0.matches(symbol) }) { return "\(symbol): \(rule.what)" }
      if allowedFunctions.contains(symbol) || allowedPrefixes.contains(where: symbol.hasPrefix) { return nil }
      return "\(symbol): a function outside this package that is not known to be pure"
    }
  }

  /// The names that the object files at `paths`, together, leave for the linker to find.
  static func undefinedSymbols(of paths: [String]) throws -> [String] {
    var undefined = [String]()
    var defined: Set<String> = []
    for line in try run("nm", ["--format=posix"] + paths).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count >= 2 else { continue }
      if ["U", "w", "v"].contains(words[1]) {
        undefined.append(String(words[0]))
      } else {
        defined.insert(String(words[0]))
      }
    }
    return undefined.filter { !defined.contains($0) }
  }

  /// The object files of a module in the build that this test belongs to.
  static func objects(of module: String) throws -> [String] {
    let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let products = URL(fileURLWithPath: bundle).deletingLastPathComponent().path
    let folder = "\(products)/\(module).build"
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(".o") }.sorted().map { "\(folder)/\($0)" }
  }

  /// Runs a program of this machine and returns what it prints.
  static func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw ToolFailure(program: program, status: process.terminationStatus)
    }
    return String(decoding: data, as: UTF8.self)
  }
}

struct ToolFailure: Error {
  let program: String
  let status: Int32
}
