import Datasets
import Foundation
import Testing

@Suite struct ProceduralPortraitsTests {
  static func identity(
    _ traits: [PortraitIdentity.Trait: Double] = [:], glasses: Bool = false, beard: Bool = false
  ) throws -> PortraitIdentity {
    try PortraitIdentity(
      traits: PortraitIdentity.Trait.allCases.map { traits[$0] ?? 0 }, hasGlasses: glasses,
      hasBeard: beard)
  }

  /// The mean absolute difference of two grey pictures within a box given in shares of the side.
  static func change(
    _ a: [Float], _ b: [Float], size: Int, rows: ClosedRange<Double>, columns: ClosedRange<Double>
  ) -> Float {
    var (sum, count) = (Float(0), 0)
    for place in 0..<size * size {
      let y = (Double(place / size) + 0.5) / Double(size)
      let x = (Double(place % size) + 0.5) / Double(size)
      guard rows.contains(y), columns.contains(x) else { continue }
      sum += abs(a[place] - b[place])
      count += 1
    }
    return sum / Float(count)
  }

  @Test func identitiesKeepTheirDistance() throws {
    let set = try Portraits(privateIdentities: 30, publicIdentities: 60, minimumDistance: 2)
    let population = try set.population(seed: 15)
    #expect(population[.private].count == 30 && population[.public].count == 60)
    let all = population[.private] + population[.public]
    for i in all.indices {
      for j in 0..<i { #expect(all[i].distance(to: all[j]) >= 2) }
      #expect(all[i].vector.count == PortraitIdentity.names.count)
      #expect(all[i].traits.allSatisfy { (-1...1).contains($0) })
    }
    let larger = try Portraits(
      privateIdentities: 30, publicIdentities: 90, minimumDistance: 2
    ).population(seed: 15)
    #expect(larger.privateIdentities == population.privateIdentities)
    #expect(Array(larger.publicIdentities.prefix(60)) == population.publicIdentities)
    #expect(try set.population(seed: 16) != population)
  }

  @Test func impossibleDistancesThrow() throws {
    let set = try Portraits(privateIdentities: 40, publicIdentities: 40, minimumDistance: 6)
    let error = #expect(throws: ProceduralError.self) { try set.draw(1, seed: 1) }
    #expect(error?.errorDescription?.contains("of 80 identities fit") == true)
  }

  @Test func distanceIsThatOfTheVectors() throws {
    let plain = try Self.identity()
    let other = try Self.identity([.skin: 0.6, .jaw: -0.8], glasses: true)
    #expect(abs(plain.distance(to: other) - (2.0).squareRoot()) < 1e-15)
    #expect(other[.skin] == 0.6 && other.vector.suffix(2) == [1, 0])
    #expect(throws: ProceduralError.self) {
      try PortraitIdentity(traits: [0], hasGlasses: false, hasBeard: false)
    }
  }

  @Test func labelsNameTheIdentities() throws {
    for pool in PortraitPopulation.Pool.allCases {
      let set = try Portraits(privateIdentities: 5, publicIdentities: 8, pool: pool, size: 16)
      let people = try set.population(seed: 17)[pool]
      for part in ProceduralPart.allCases {
        let sample = try set.draw(24, seed: 17, part: part)
        for (label, truth) in zip(sample.labels, sample.truth) {
          #expect(truth.identity == people[label])
          #expect(abs(truth.nuisance.yaw) <= 0.5 && (0...1).contains(truth.nuisance.background))
          #expect(truth.attributes.count == Portraits.attributeNames.count)
          #expect(truth.attributes[0] == people[label].hasGlasses)
          #expect(truth.attributes[2] == (truth.nuisance.expression > 0.25))
        }
        #expect(sample.inputs.allSatisfy { (0...1).contains($0) })
      }
    }
  }

  @Test func glassesChangeTheEyesAndBeardsTheChin() throws {
    let set = try Portraits(size: 64)
    let frontal = PortraitNuisance()
    let plain = try set.picture(of: Self.identity(), frontal)
    let glasses = try set.picture(of: Self.identity(glasses: true), frontal)
    let beard = try set.picture(of: Self.identity(beard: true), frontal)
    let eyes = (rows: 0.36...0.6, columns: 0.2...0.8)
    let chin = (rows: 0.68...0.9, columns: 0.3...0.7)
    func change(_ a: [Float], _ box: (rows: ClosedRange<Double>, columns: ClosedRange<Double>))
      -> Float
    { Self.change(plain, a, size: 64, rows: box.rows, columns: box.columns) }
    #expect(change(glasses, eyes) > 0.05)
    #expect(change(glasses, chin) == 0)
    #expect(change(beard, chin) > 0.05)
    #expect(change(beard, (0...0.5, 0...1)) == 0)
  }

  @Test(arguments: PortraitIdentity.Trait.allCases)
  func everyTraitIsVisible(trait: PortraitIdentity.Trait) throws {
    let set = try Portraits(size: 32)
    let pictures = try [-1.0, 1].map { value in
      // Brows and hair need a tone that the skin does not have.
      var traits: [PortraitIdentity.Trait: Double] = [.hairTone: -0.8, .skin: 0.5]
      traits[trait] = value
      return try set.picture(of: Self.identity(traits), PortraitNuisance())
    }
    let change = Self.change(pictures[0], pictures[1], size: 32, rows: 0...1, columns: 0...1)
    #expect(change > 0.003, "\(trait) changes pixels by \(change)")
  }

  @Test func backgroundAndExpressionChangeTheirPlaces() throws {
    let set = try Portraits(size: 64)
    let person = try Self.identity()
    let base = set.picture(of: person, PortraitNuisance())
    let dark = set.picture(of: person, PortraitNuisance(background: 0))
    #expect(Self.change(base, dark, size: 64, rows: 0...0.2, columns: 0...0.1) > 0.4)
    #expect(Self.change(base, dark, size: 64, rows: 0.3...0.8, columns: 0.35...0.65) == 0)
    let smile = set.picture(of: person, PortraitNuisance(expression: 1))
    #expect(Self.change(base, smile, size: 64, rows: 0.65...0.85, columns: 0.3...0.7) > 0.02)
    #expect(Self.change(base, smile, size: 64, rows: 0...0.35, columns: 0...1) == 0)
  }

  /// A face is symmetric, so looking the other way under mirrored light mirrors the picture.
  @Test func mirroredCircumstancesMirrorThePicture() throws {
    let set = try Portraits(size: 32)
    let person = try Self.identity([.jaw: 0.7, .browAngle: -0.5], glasses: true, beard: true)
    let right = set.picture(
      of: person, PortraitNuisance(yaw: 0.4, roll: 0.1, light: SIMD2(0.5, -0.3)))
    let left = set.picture(
      of: person, PortraitNuisance(yaw: -0.4, roll: -0.1, light: SIMD2(-0.5, -0.3)))
    for place in right.indices {
      #expect(abs(right[place] - left[place / 32 * 32 + 31 - place % 32]) < 1e-4)
    }
  }

  @Test func greyIsTheLumaOfColour() throws {
    let person = try Self.identity([.skin: 0.3], glasses: true)
    let nuisance = PortraitNuisance(yaw: 0.2, light: SIMD2(-0.4, 0), background: 0.3)
    let grey = try Portraits(size: 24).picture(of: person, nuisance)
    let colour = try Portraits(size: 24, isColor: true).picture(of: person, nuisance)
    #expect(colour.count == 3 * grey.count)
    for place in grey.indices {
      let luma =
        0.299 * colour[place] + 0.587 * colour[576 + place] + 0.114 * colour[1152 + place]
      #expect(abs(luma - grey[place]) < 1e-3)
    }
  }

  @Test func picturesOfOnePersonAreMoreAlike() throws {
    let set = try Portraits(privateIdentities: 12, publicIdentities: 1, size: 32)
    let sample = try set.draw(60, seed: 18)
    var (same, other) = ([Float](), [Float]())
    for i in 0..<60 {
      for j in 0..<i {
        let change = Self.change(
          Array(sample.example(i)), Array(sample.example(j)), size: 32, rows: 0.25...0.85,
          columns: 0.3...0.7)
        if sample.labels[i] == sample.labels[j] {
          same.append(change)
          #expect(sample.truth[i].identity.distance(to: sample.truth[j].identity) == 0)
        } else {
          other.append(change)
          #expect(sample.truth[i].identity.distance(to: sample.truth[j].identity) >= 1.5)
        }
      }
    }
    let means = (same.reduce(0, +) / Float(same.count), other.reduce(0, +) / Float(other.count))
    #expect(means.0 < 0.8 * means.1, "\(means)")
  }

  @Test func pixelsAreSmoothInTheCircumstances() throws {
    let set = try Portraits(size: 32)
    let person = try Self.identity(glasses: true, beard: true)
    let base = set.picture(of: person, PortraitNuisance(yaw: 0.2, roll: 0.05))
    let moved = set.picture(of: person, PortraitNuisance(yaw: 0.2005, roll: 0.05))
    #expect(zip(base, moved).allSatisfy { abs($0 - $1) < 0.02 })
  }
}
