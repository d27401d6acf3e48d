import CTorch
import Foundation

/// Keys and values that all processes of a job see: c10d's `TCPStore`.
///
/// A connection does one thing at a time, so that whoever must not wait for others has one of its own.
final class KeyValueStore: @unchecked Sendable {
  private let handle: OpaquePointer
  private let prefix: String

  /// Serves keys and values, or connects to whoever does.
  ///
  /// - Parameter seconds: how long to try.
  init(host: String, port: UInt16, isServer: Bool, prefix: String, seconds: Double) throws {
    var result: OpaquePointer?
    let message = ct_store_open(host, port, isServer, Int64(seconds * 1000), &result)
    if let error = TorchError(taking: message, in: "store") { throw error }
    guard let result else { throw TorchError("libtorch made no store") }
    handle = result
    self.prefix = prefix
  }

  deinit { ct_store_release(handle) }

  var opaque: OpaquePointer { handle }
  var port: UInt16 { ct_store_port(handle) }

  func set(_ key: String, _ value: Data) throws {
    let bytes = [UInt8](value)
    try check(ct_store_set(handle, prefix + key, bytes, Int64(bytes.count)), key)
  }

  func set(_ key: String, _ value: String) throws { try set(key, Data(value.utf8)) }

  /// Waits for a key.
  func get(_ key: String) throws -> Data {
    var bytes: UnsafeMutablePointer<UInt8>?
    var count: Int64 = 0
    try check(ct_store_get(handle, prefix + key, &bytes, &count), key)
    defer { free(bytes) }
    return bytes.map { Data(bytes: $0, count: Int(count)) } ?? Data()
  }

  func text(_ key: String) throws -> String { String(decoding: try get(key), as: UTF8.self) }

  /// Adds to a number, which is 0 at first, and says what it is then.
  @discardableResult
  func add(_ key: String, _ amount: Int = 1) throws -> Int {
    var result: Int64 = 0
    try check(ct_store_add(handle, prefix + key, Int64(amount), &result), key)
    return Int(result)
  }

  func has(_ key: String) throws -> Bool {
    var result = false
    try check(ct_store_has(handle, prefix + key, &result), key)
    return result
  }

  func remove(_ key: String) throws { try check(ct_store_remove(handle, prefix + key), key) }

  private func check(_ message: UnsafeMutablePointer<CChar>?, _ key: String) throws {
    if let error = TorchError(taking: message, in: "the key \(key)") { throw error }
  }
}
