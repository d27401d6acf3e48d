/// The only script of the dashboard: it replaces the figures of a run that goes on, and takes the token out
/// of the address line once the cookie has it. Everything else works without it.
enum DashboardScript {
  static let text = """
    (function () {
      "use strict";
      var address = new URL(location.href);
      if (address.searchParams.has("token")) {
        address.searchParams.delete("token");
        history.replaceState(null, "", address);
      }
      var box = document.getElementById("figures");
      if (!box || !box.dataset.events || !window.EventSource) return;
      function parsed(text) {
        var page = new DOMParser().parseFromString(text, "text/html");
        return document.importNode(page.querySelector("figure"), true);
      }
      function known() {
        var all = {};
        box.querySelectorAll("figure[data-curve]").forEach(function (figure) {
          all[figure.dataset.curve] = figure;
        });
        return all;
      }
      function show(news) {
        var step = document.getElementById("step");
        if (step && news.step !== null) step.textContent = news.step;
        var before = known();
        news.figures.forEach(function (figure) {
          var made = parsed(figure.html);
          var old = before[figure.name];
          if (old) {
            old.replaceWith(made);
          } else {
            var place = figure.main ? null : box.querySelector("[data-others]");
            (place || box.querySelector("[data-main]")).append(made);
          }
        });
      }
      var source = new EventSource(box.dataset.events);
      source.addEventListener("curves", function (event) { show(JSON.parse(event.data)); });
      source.addEventListener("end", function () {
        source.close();
        location.reload();
      });
      addEventListener("pagehide", function () { source.close(); });
    })();

    """
}
