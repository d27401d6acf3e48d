import Foundation

func power(_ base: Double, _ exponent: Double) -> Double { Foundation.pow(base, exponent) }

func logarithm(_ value: Double) -> Double { Foundation.log(value) }
