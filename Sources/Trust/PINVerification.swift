import AgentCore
import Crypto
import CryptoExtras

/// Checks and makes the verifiers of PINs (`spec/policy.md` §1): scrypt (RFC 7914), which is slow on purpose.
///
/// A check at the largest parameters takes 32 MiB and some tenths of a second: never on the loop.
package enum PINVerification {
  /// The bounds of `spec/policy.md` §1; a verifier beyond them matches nothing.
  package static let costs = 2...32_768
  package static let blockSizes = 1...8
  package static let lanes = 1...4
  /// The longest hash that is derived, bytes.
  package static let hashBytes = 1...64
  /// The parameters of a new verifier: 16 MiB, some tens of milliseconds.
  private static let (newCost, newBlockSize, newLanes) = (16_384, 8, 1)

  /// Whether the PIN is the one that the verifier was made of; an empty PIN or salt matches nothing.
  package static func matches(pin: String, verifier: Profile.PINVerifier) -> Bool {
    guard !pin.isEmpty, costs.contains(verifier.n), verifier.n & (verifier.n - 1) == 0, blockSizes.contains(verifier.r),
      lanes.contains(verifier.p), let salt = Base64URL.decode(verifier.salt), !salt.isEmpty,
      let hash = Base64URL.decode(verifier.hash), hashBytes.contains(hash.count),
      let derived = try? derive(pin, salt, verifier.n, verifier.r, verifier.p, count: hash.count)
    else { return false }
    return SecretComparison.areEqual(derived, hash)
  }

  /// A verifier for a PIN that is not empty, with a new salt of 16 bytes; throws `derivation_failed`.
  package static func make(pin: String) throws(TrustError) -> Profile.PINVerifier {
    guard !pin.isEmpty else { throw TrustError(.derivationFailed, "a PIN has at least one character") }
    let salt = SecureRandom.bytes(count: 16)
    let hash = try derive(pin, salt, newCost, newBlockSize, newLanes, count: 32)
    return Profile.PINVerifier(
      n: newCost, r: newBlockSize, p: newLanes, salt: Base64URL.encode(salt), hash: Base64URL.encode(hash))
  }

  private static func derive(
    _ pin: String, _ salt: [UInt8], _ n: Int, _ r: Int, _ p: Int, count: Int
  ) throws(TrustError) -> [UInt8] {
    do {
      let key = try KDF.Scrypt.deriveKey(
        from: Array(pin.utf8), salt: salt, outputByteCount: count, rounds: n, blockSize: r, parallelism: p)
      return unsafe key.withUnsafeBytes { unsafe Array($0) }
    } catch { throw TrustError(.derivationFailed, "scrypt with n \(n), r \(r), p \(p) failed", cause: error) }
  }
}
