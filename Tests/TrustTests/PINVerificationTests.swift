import AgentCore
import Testing
import Trust

@Suite struct PINVerificationTests {
  static let salt = "c2FsdHNhbHRzYWx0c2FsdA"

  /// RFC 7914 §12, and the bounds of `spec/policy.md` §1 as another implementation of scrypt computes them.
  static let verifiers: [(pin: String, verifier: Profile.PINVerifier)] = [
    (
      "pleaseletmein",
      Profile.PINVerifier(
        n: 16_384, r: 8, p: 1, salt: "U29kaXVtQ2hsb3JpZGU",
        hash: "cCO9yzr9c0hGHAbNgf046_2o-7qQT44-qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw")
    ),
    ("4711", Profile.PINVerifier(n: 2, r: 1, p: 1, salt: salt, hash: "3MdPxNPIzJyNRLIrUNBknjkpf5GVHndcW_yH5sTRzRs")),
    (
      "4711",
      Profile.PINVerifier(n: 1_024, r: 8, p: 2, salt: salt, hash: "qC5h-0KlQ0XRX0JTVpN7gn7QWQ5Rtnp9X9Xfev7pJ70")
    ),
    (
      "4711",
      Profile.PINVerifier(n: 32_768, r: 8, p: 4, salt: salt, hash: "22y44dJaDQNCQt3AQPT8yb0FIbocdPTcmHbZtj4jyl0")
    ),
  ]

  @Test(arguments: verifiers) func `matches, a known verifier, holds for its PIN alone`(
    _ row: (pin: String, verifier: Profile.PINVerifier)
  ) {
    #expect(PINVerification.matches(pin: row.pin, verifier: row.verifier))
    #expect(!PINVerification.matches(pin: row.pin + "1", verifier: row.verifier))
  }

  @Test func `make, a PIN, gives a verifier within the bounds that matches it`() throws {
    let verifier = try PINVerification.make(pin: "0000")
    #expect(PINVerification.matches(pin: "0000", verifier: verifier))
    #expect(!PINVerification.matches(pin: "0001", verifier: verifier))
    #expect(try PINVerification.make(pin: "0000").salt != verifier.salt)
  }

  /// Emptiness would be a null pointer to the library beneath.
  @Test func `make and matches, an empty PIN, refuse`() throws {
    #expect(throws: TrustError.self) { try PINVerification.make(pin: "") }
    #expect(!PINVerification.matches(pin: "", verifier: Self.verifiers[1].verifier))
  }

  static let broken: [@Sendable (inout Profile.PINVerifier) -> Void] = [
    { $0.n = 0 }, { $0.n = 1 }, { $0.n = 3 }, { $0.n = -2 }, { $0.n = 65_536 }, { $0.n = .max }, { $0.n = .min },
    { $0.r = 0 }, { $0.r = 9 }, { $0.r = -1 }, { $0.p = 0 }, { $0.p = 5 }, { $0.salt = "" }, { $0.salt += "=" },
    { $0.hash = "" }, { $0.hash = "A" }, { $0.hash = String(repeating: "A", count: 100) },
  ]

  @Test(arguments: broken) func `matches, a verifier out of bounds, is false`(
    _ change: @Sendable (inout Profile.PINVerifier) -> Void
  ) {
    var verifier = Self.verifiers[1].verifier
    change(&verifier)
    #expect(!PINVerification.matches(pin: "4711", verifier: verifier))
  }
}
