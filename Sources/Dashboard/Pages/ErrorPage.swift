import Foundation
import Reports
import Runs

/// What is shown instead of a page.
enum ErrorPage {
  /// Why a request was refused.
  static func response(_ refusal: HTTPRefusal) -> HTTPResponse {
    var response = PageFrame(title: refusal.status.phrase, lead: sentence(refusal.message))
      .response(
        "<p class=\"opening\"><a href=\"/\">All runs</a></p>\n", status: refusal.status)
    switch refusal.status {
    case .methodNotAllowed: response.fields.append(("Allow", "GET, HEAD"))
    case .unauthorized: response.fields.append(("WWW-Authenticate", "Bearer"))
    case .unavailable: response.fields.append(("Retry-After", "5"))
    default: break
    }
    return response
  }

  /// Why the store has no answer.
  static func response(_ error: StoreError) -> HTTPResponse {
    let status: HTTPStatus =
      switch error {
      case .unknownRun, .unknownSweep: .notFound
      case .ambiguousRun: .badRequest
      default: .unavailable
      }
    return response(HTTPRefusal(status, error.description))
  }

  private static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + "."
  }
}
