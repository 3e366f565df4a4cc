/// SHA-256 (FIPS 180-4), for these tests alone: the edge gets its hash handed in.
enum SHA256 {
  static func digest(_ message: [UInt8]) -> [UInt8] {
    var state = initial
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    padded += (0..<8).map { UInt8(truncatingIfNeeded: (message.count * 8) >> (56 - 8 * $0)) }
    for start in stride(from: 0, to: padded.count, by: 64) { compress(Array(padded[start..<(start + 64)]), &state) }
    return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
  }

  /// What `check` XORs: the first 8 bytes, the first highest.
  static func first64(_ message: [UInt8]) -> UInt64 { digest(message).prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }

  private static func compress(_ block: [UInt8], _ state: inout [UInt32]) {
    var w = (0..<16).map { i in (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(block[4 * i + $1]) } }
    for t in 16..<64 {
      let s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ (w[t - 15] >> 3)
      let s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ (w[t - 2] >> 10)
      w.append(w[t - 16] &+ s0 &+ w[t - 7] &+ s1)
    }
    var v = state
    for t in 0..<64 {
      let s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)
      let t1 = v[7] &+ s1 &+ ((v[4] & v[5]) ^ (~v[4] & v[6])) &+ constants[t] &+ w[t]
      let s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)
      let t2 = s0 &+ ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]))
      v = [t1 &+ t2, v[0], v[1], v[2], v[3] &+ t1, v[4], v[5], v[6]]
    }
    for i in 0..<8 { state[i] = state[i] &+ v[i] }
  }

  private static func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { x >> n | x << (32 - n) }

  private static let primes: [UInt64] = (2...311).filter { n in !(2..<n).contains { n % $0 == 0 } }
  private static let initial = primes.prefix(8).map { root($0, power: 2) }
  private static let constants = primes.prefix(64).map { root($0, power: 3) }

  /// The first 32 bits behind the point of the square or cube root: the largest r with r^power ≤ n · 2^(32·power).
  private static func root(_ n: UInt64, power: Int) -> UInt32 {
    var r: UInt64 = 0
    for bit in (0..<36).reversed() where isAtMost(r | 1 << bit, power, n) { r |= 1 << bit }
    return UInt32(truncatingIfNeeded: r)
  }

  private static func isAtMost(_ r: UInt64, _ power: Int, _ n: UInt64) -> Bool {
    let wide = UInt128(r)
    return power == 2 ? wide * wide <= UInt128(n) << 64 : wide * wide * wide <= UInt128(n) << 96
  }
}
