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

  init(_ settings: UNetSettings, imageShape: [Int]) {
    self.settings = settings
    let side = imageShape[1] / settings.patch
    channels = imageShape[0] * settings.patch * settings.patch
    embedding = settings.width * settings.embeddingMultiplier
    let sides = settings.multipliers.indices.map { side >> $0 }
    let names = sides.map { "\($0)x\($0)" }
    first = "\(names.first ?? "")_conv"
    last = names.first ?? ""
    let widths = settings.multipliers.map { $0 * settings.width }
    let attends = sides.map(settings.attention.contains)
    var (down, up): ([Block], [Block]) = ([], [])
    var (channels, skips) = (settings.width, [settings.width])
    for (level, name) in names.enumerated() {
      if level > 0 {
        down.append(
          Block(name: "\(name)_down", inputs: channels, outputs: channels, resampling: .down))
        skips.append(channels)
      }
      for index in 0..<settings.blocks {
        down.append(
          Block(
            name: "\(name)_block\(index)", inputs: channels, outputs: widths[level],
            hasAttention: attends[level]))
        channels = widths[level]
        skips.append(channels)
      }
    }
    for (level, name) in names.enumerated().reversed() {
      if level == names.count - 1 {
        up.append(
          Block(name: "\(name)_in0", inputs: channels, outputs: channels, hasAttention: true))
        up.append(Block(name: "\(name)_in1", inputs: channels, outputs: channels))
      } else {
        up.append(Block(name: "\(name)_up", inputs: channels, outputs: channels, resampling: .up))
      }
      for index in 0...settings.blocks {
        // DDPM++ attends in the last block of a level only, ADM in all.
        let attends = attends[level] && (settings.layout == .adm || index == settings.blocks)
        up.append(
          Block(
            name: "\(name)_block\(index)", inputs: channels + skips.removeLast(),
            outputs: widths[level], hasAttention: attends, takesSkip: true))
        channels = widths[level]
      }
    }
    (self.down, self.up) = (down, up)
  }

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
