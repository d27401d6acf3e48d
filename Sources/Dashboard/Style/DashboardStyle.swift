import Reports

/// The style sheet of the dashboard: that of reports, and what only the dashboard has.
enum DashboardStyle {
  static let sheet = HTMLStyle.sheet + own

  private static let own = """

    header nav{display:flex;gap:20px;align-items:baseline;margin:0 0 20px;font-size:14px}
    header nav .brand{margin:0;text-decoration:none}
    a{color:var(--series-1);text-underline-offset:2px}
    a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible{
    outline:2px solid var(--series-1);outline-offset:2px}
    .filters{display:flex;flex-wrap:wrap;gap:12px 16px;align-items:end;margin:24px 0 20px}
    .filters label{display:grid;gap:4px;font-size:13px;color:var(--muted)}
    .filters .grow{flex:1 1 200px;max-width:420px}
    input[type=search],select,button,.button{font:inherit;font-size:15px;line-height:1.4;
    color:var(--ink);background:var(--card);border:1px solid var(--line);border-radius:5px;
    padding:6px 10px;min-height:36px}
    input[type=search]{width:100%}
    select{max-width:100%}
    button,.button{cursor:pointer;font-weight:600;text-decoration:none;display:inline-block}
    button:hover,.button:hover{border-color:var(--series-1)}
    .buttons{display:flex;flex-wrap:wrap;gap:10px;margin:20px 0 0}
    .runs thead th:first-child{width:auto}
    .runs tbody th{overflow-wrap:anywhere;position:relative}
    .card>.picks tbody th:first-child{padding-left:54px}
    .card>.picks thead th:first-child{padding-left:54px}
    .pick{position:absolute;left:10px;top:3px;padding:10px}
    .pick input{display:block;width:18px;height:18px;accent-color:var(--series-1);margin:0}
    .runs td small,.side td small{display:block;font-weight:400;font-size:13px;
    color:var(--muted)}
    .runs td small{max-width:22ch;white-space:normal;margin-left:auto}
    .side th code{display:block;font-weight:400;color:var(--muted);font-size:12px;
    overflow-wrap:anywhere}
    .results.side tbody :is(th,td):first-child{min-width:150px}
    .below{display:flex;flex-wrap:wrap;gap:12px 24px;align-items:center;
    justify-content:space-between;margin:16px 0 0}
    .pager{display:flex;gap:18px;align-items:baseline;color:var(--muted);font-size:14px}
    main>.card:first-child,main>form:first-child{margin-top:24px}
    .state{margin:20px 0 0}
    .state .meta{margin-left:10px}
    .why{margin:12px 0 0;color:var(--bad);overflow-wrap:anywhere}
    .others{margin-top:24px}
    .others .plots{margin-top:16px}
    .others .split{margin-top:16px}
    .others .lead code{overflow-wrap:anywhere}
    .files td{overflow-wrap:anywhere;padding-top:7px;padding-bottom:7px}
    .gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,240px),1fr));
    gap:16px}
    .gallery figure{padding:12px}
    .gallery img{display:block;width:100%;height:auto;border-radius:3px}
    .gallery figcaption{margin-top:8px;font-size:13px;color:var(--muted);
    overflow-wrap:anywhere}
    figure h3{overflow-wrap:anywhere}
    figure[data-values]>div{position:relative}
    .pointer{stroke:var(--muted);stroke-width:1;pointer-events:none}
    .readout{position:absolute;top:8px;margin:0 10px;padding:6px 10px;font-size:13px;
    pointer-events:none;background:var(--card);border:1px solid var(--line);border-radius:5px;
    color:var(--muted);max-width:70%}
    .readout div{color:var(--ink);overflow-wrap:anywhere}
    @media(max-width:720px){.runs td small{display:inline;margin:0 0 0 8px}
    .card>.picks tbody th:first-child{padding:0 40px 0 0}.pick{left:auto;right:-10px;top:-10px}
    .side th code{display:none}.results.side tbody :is(th,td):first-child{min-width:100px}
    .results.side :is(th,td){padding:8px 6px}.filters label,.filters .grow{flex:1 1 45%;max-width:none}
    .filters select{width:100%}}

    """
}
