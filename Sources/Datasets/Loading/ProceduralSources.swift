/// The generators that are known by name, with the settings that they have by default.
public let proceduralSources: [ProceduralSource] = [
  ProceduralSource(
    "glyphs", "stroke-drawn digits in 10 classes, 28 x 28, grey", counts: (12_000, 2_000)
  ) { try Glyphs() },
  ProceduralSource(
    "gaussians", "clusters of points whose best classifier is known", counts: (2_000, 1_000)
  ) { try Gaussians() },
  ProceduralSource(
    "moons", "points round two half circles that interlock", counts: (2_000, 1_000)
  ) { try Moons() },
  ProceduralSource(
    "thin-moons", "the same half circles with half of the noise", counts: (5_000, 2_000)
  ) { try Moons(noise: 0.05) },
  ProceduralSource(
    "rings", "points round circles inside one another", counts: (2_000, 1_000)
  ) { try Rings() },
  ProceduralSource(
    "arcs-in-space", "points on two interlocking arcs, in 100 dimensions", counts: (16, 1_000)
  ) { try CurvesInSpace(.arcs) },
  ProceduralSource(
    "rings-in-space", "points on two rings, in 100 dimensions", counts: (16, 1_000)
  ) { try CurvesInSpace(.rings) },
  ProceduralSource(
    "koch", "points on the borders of two Koch snowflakes", counts: (4_000, 1_000)
  ) { try Koch() },
  ProceduralSource(
    "shifted-copies", "points and the same points moved, in the plane", counts: (400, 200)
  ) { try ShiftedCopies() },
  ProceduralSource(
    "squares", "blank pictures and ones of a square, 35 apart, in 4096 dimensions",
    counts: (2_000, 500)
  ) { try Squares() },
  ProceduralSource(
    name: Portraits.name, summary: "faces of people who differ by known parameters"
  ) {
    try ($1.portraits ?? PortraitOptions()).dataset(
      count: $1.count, seed: $1.seed, part: $0 == .train ? .train : .test,
      standard: (4_000, 1_000))
  },
  ProceduralSource(
    "public-portraits", "faces of other people than those of portraits", counts: (10_000, 1_000)
  ) { try Portraits(pool: .public) },
  ProceduralSource(
    "large-public-portraits", "the same faces with 64 x 64 pixels", counts: (10_000, 1_000)
  ) { try Portraits(pool: .public, size: 64) },
  ProceduralSource(
    name: "portrait-attributes", summary: "faces with 9 labels, such as glasses, beard and smile"
  ) {
    try Portraits().attributeDataset(
      count: $1.count(usually: $0 == .train ? 8_000 : 2_000), seed: $1.seed,
      part: $0 == .train ? .train : .test)
  },
  ProceduralSource(
    name: CubeInSpace.name,
    summary: "points round a cube's corners, with 5 labels, in 100 dimensions"
  ) {
    try CubeInSpace().dataset(
      count: $1.count(usually: $0 == .train ? 2_000 : 1_000), seed: $1.seed,
      part: $0 == .train ? .train : .test)
  },
  ProceduralSource("papers", "a graph of papers in 3 fields that cite each other") {
    try Papers.graph(seed: $0)
  },
  ProceduralSource(name: Phrases.name, summary: "short film reviews from a grammar, in 2 classes") {
    try Phrases.dataset(
      count: $1.count ?? ($0 == .train ? 2_000 : 1_000), seed: $1.seed, part: $0)
  },
]
