/// The blocks of a U-Net by name, before there are weights.
struct UNetPlan {
  /// How a block changes the size of images, before its first convolution.
  enum Resampling {
    case down
    case up
  }

  /// One block.
  struct Block {
    let name: String
    let inputs: Int
    let outputs: Int
    var resampling: Resampling?
    var hasAttention = false
    /// Whether features of the way down are joined to its input.
    var takesSkip = false
  }

  /// The name of the first convolution.
  let first: String
  /// The channels that go in and out.
  let channels: Int
  /// The channels of the embedding.
  let embedding: Int
  /// The blocks of the way down.
  let down: [Block]
  /// The blocks of the way up.
  let up: [Block]
  /// The name of the last level.
  let last: String
  private let settings: UNetSettings

  /// One resolution.
  private struct Level {
    let name: String
    let width: Int
    let attends: Bool
  }

  init(_ settings: UNetSettings, imageShape: [Int]) {
    self.settings = settings
    channels = imageShape[0] * settings.patch * settings.patch
    embedding = settings.width * settings.embeddingMultiplier
    let levels = settings.multipliers.enumerated().map { index, multiplier in
      let side = (imageShape[1] / settings.patch) >> index
      return Level(
        name: "\(side)x\(side)", width: multiplier * settings.width,
        attends: settings.attention.contains(side))
    }
    last = levels.first?.name ?? ""
    first = "\(last)_conv"
    down = Self.down(levels, settings)
    let skips = [settings.width] + down.map(\.outputs)
    up = Self.up(levels, skips, settings)
  }

  private static func down(_ levels: [Level], _ settings: UNetSettings) -> [Block] {
    var (blocks, channels): ([Block], Int) = ([], settings.width)
    for (depth, level) in levels.enumerated() {
      if depth > 0 {
        blocks.append(
          Block(
            name: "\(level.name)_down", inputs: channels, outputs: channels, resampling: .down))
      }
      for index in 0..<settings.blocks {
        blocks.append(
          Block(
            name: "\(level.name)_block\(index)", inputs: channels, outputs: level.width,
            hasAttention: level.attends))
        channels = level.width
      }
    }
    return blocks
  }

  /// - Parameter skips: the channels of what the way down leaves behind, in its order.
  private static func up(
    _ levels: [Level], _ skips: [Int], _ settings: UNetSettings
  ) -> [Block] {
    var (blocks, skips, channels): ([Block], [Int], Int) = ([], skips, skips.last ?? 0)
    for (depth, level) in levels.enumerated().reversed() {
      func same(_ suffix: String, _ change: (inout Block) -> Void = { _ in }) -> Block {
        var block = Block(name: "\(level.name)_\(suffix)", inputs: channels, outputs: channels)
        change(&block)
        return block
      }
      blocks +=
        depth == levels.count - 1
        ? [same("in0") { $0.hasAttention = true }, same("in1")]
        : [same("up") { $0.resampling = .up }]
      for index in 0...settings.blocks {
        // DDPM++ attends in the last block of a level only, ADM in all.
        let attends = level.attends && (settings.layout == .adm || index == settings.blocks)
        blocks.append(
          Block(
            name: "\(level.name)_block\(index)", inputs: channels + skips.removeLast(),
            outputs: level.width, hasAttention: attends, takesSkip: true))
        channels = level.width
      }
    }
    return blocks
  }

  /// The share of units that are dropped while training.
  var dropout: Double { settings.dropout }

  /// The heads of attention over some channels.
  func heads(_ channels: Int) -> Int { settings.layout == .song ? 1 : channels / 64 }

  /// Groups of at least four channels, at most 32.
  static func groups(_ channels: Int) -> Int { min(32, channels / 4) }

  /// Checks that groups and heads divide channels.
  func validate() throws(DiffusionError) {
    for (part, blocks) in [("enc", down), ("dec", up)] {
      for block in blocks {
        for (norm, channels) in [("norm0", block.inputs), ("norm1", block.outputs)] {
          let groups = Self.groups(channels)
          guard groups > 0, channels % groups == 0 else {
            throw .groups(
              layer: "\(part).\(block.name).\(norm)", channels: channels, groups: groups)
          }
        }
        let heads = heads(block.outputs)
        if block.hasAttention, heads == 0 || block.outputs % heads != 0 || misfits(block.outputs) {
          throw .heads(layer: "\(part).\(block.name)", channels: block.outputs, headWidth: 64)
        }
      }
    }
  }

  private func misfits(_ channels: Int) -> Bool {
    settings.layout == .adm && channels % 64 != 0
  }
}
