/** Light or dark by the reader's preference. Everything is inline, so that the page can be mailed. */
export const pageStyle = `
:root { color-scheme: light dark;
  --ground:#f7f7f4; --card:#ffffff; --ink:#1d2127; --soft:#666d78; --line:#e2e2dc; --grid:#ecece7;
  --good:#1f7a4d; --good-soft:#e1f2e8; --bad:#b3261e; --bad-soft:#fbe4e2; --accent:#2f5fd0;
  --settled:#3f78d8; --pending:#e0a526; --refused:#9aa3b2; --turned:#e0703a; --silent:#c2303f; --p50:#2f5fd0; --p99:#a0489b;
  --process:#c2303f; --network:#8e5bc4; --clock:#158a8a; --bank:#d07a18; --poison:#5f8f1f; --open:#c2303f; --half:#e0a526; --on:#ffffff; }
@media (prefers-color-scheme: dark) { :root {
  --ground:#14161a; --card:#1c1f25; --ink:#e8eaee; --soft:#99a1ae; --line:#2c313a; --grid:#262a32;
  --good:#5fcf95; --good-soft:#173526; --bad:#ff8a80; --bad-soft:#43201e; --accent:#86a9ff;
  --settled:#5a90ef; --pending:#eebb4d; --refused:#6f7889; --turned:#f08a55; --silent:#ef5b6a; --p50:#86a9ff; --p99:#d58ad0;
  --process:#ef5b6a; --network:#b48ae6; --clock:#42b9b9; --bank:#f0a34a; --poison:#9ccb55; --open:#ef5b6a; --half:#eebb4d; --on:#16181c; } }
* { box-sizing: border-box; }
body { margin:0; background:var(--ground); color:var(--ink); font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif; }
main { max-width:1180px; margin:0 auto; padding:40px 28px 72px; }
h1 { font-size:30px; line-height:1.2; margin:0 0 6px; letter-spacing:-.015em; }
h2 { font-size:18px; margin:44px 0 12px; letter-spacing:-.005em; }
p { margin:0 0 10px; max-width:78ch; } .soft { color:var(--soft); } code { font:13px/1.4 ui-monospace,Menlo,Consolas,monospace; }
.card { background:var(--card); border:1px solid var(--line); border-radius:12px; padding:18px 20px; }
.verdict { display:inline-block; font-weight:650; padding:5px 13px; border-radius:999px; margin:14px 0 4px; }
.verdict.open { color:var(--soft); background:var(--grid); } .verdict.good, .mark.good { color:var(--good); background:var(--good-soft); } .verdict.bad, .mark.bad { color:var(--bad); background:var(--bad-soft); }
.tiles { display:grid; grid-template-columns:repeat(auto-fit,minmax(150px,1fr)); gap:12px; margin:22px 0 0; }
.tile { background:var(--card); border:1px solid var(--line); border-radius:12px; padding:12px 16px; }
.tile b { display:block; font-size:23px; line-height:1.25; font-weight:640; font-variant-numeric:tabular-nums; } .tile span { color:var(--soft); font-size:13px; }
table { border-collapse:collapse; width:100%; font-size:14px; } th { text-align:left; font-weight:550; color:var(--soft); font-size:12.5px; }
td, th { padding:7px 12px 7px 0; border-bottom:1px solid var(--line); vertical-align:top; } tr:last-child td { border-bottom:0; }
td.number { text-align:right; font-variant-numeric:tabular-nums; white-space:nowrap; } th.number { text-align:right; }
td.id { white-space:nowrap; font-weight:600; font-variant-numeric:tabular-nums; }
.mark { display:inline-block; flex:none; width:22px; height:22px; line-height:22px; text-align:center; border-radius:50%; font-weight:700; font-size:13px; }
.mark.none { color:var(--soft); background:var(--grid); }
.violations { margin:6px 0 0; padding-left:18px; color:var(--bad); font:12.5px/1.5 ui-monospace,Menlo,Consolas,monospace; overflow-wrap:anywhere; }
.sometimes { display:grid; grid-template-columns:repeat(auto-fill,minmax(400px,1fr)); gap:0 30px; }
.sometimes div { display:flex; gap:11px; align-items:center; padding:7px 0; border-bottom:1px solid var(--line); }
.sometimes .times { margin-left:auto; color:var(--soft); font-variant-numeric:tabular-nums; white-space:nowrap; }
.legend { display:flex; flex-wrap:wrap; gap:4px 34px; font-size:13px; color:var(--soft); margin:2px 0 16px; } .legend b { color:var(--ink); font-weight:600; margin-right:12px; } .legend span { margin-right:14px; }
.legend i { display:inline-block; width:11px; height:11px; border-radius:3px; margin-right:6px; vertical-align:-1px; }
.bar { height:9px; border-radius:5px; background:var(--accent); min-width:2px; } .bar.never { background:var(--bad); }
.columns { display:grid; grid-template-columns:repeat(auto-fit,minmax(420px,1fr)); gap:0 28px; align-items:start; }
pre { background:var(--card); border:1px solid var(--line); border-radius:12px; padding:14px 18px; overflow-x:auto; font:13px/1.5 ui-monospace,Menlo,Consolas,monospace; }
svg { display:block; width:100%; height:auto; } svg text { fill:var(--soft); font:11px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif; }
svg text.title { fill:var(--ink); font-weight:600; font-size:12.5px; } svg text.on { fill:var(--on); font-weight:550; }
svg .grid { stroke:var(--grid); } svg .healed { stroke:var(--good); stroke-dasharray:4 4; }
a { color:var(--accent); }
details summary { cursor:pointer; color:var(--soft); }
@media (max-width:640px) { main { padding:24px 14px 48px; } .columns { grid-template-columns:1fr; } }
`;
