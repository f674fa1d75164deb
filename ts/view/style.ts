/** What the pages have beside the style of a report. */
export const viewStyle = `
body.view{display:block}
.view-head,.view-main{max-width:1360px;margin:0 auto;padding:0 24px}
.view-head{padding-top:24px}.view-main{padding-bottom:64px}
.view h2{margin-top:36px}
.view-lead p{margin:6px 0}.view-head p{max-width:none}
.live-state{float:right}
.view table{min-width:0}
.view td.left,.view th.left{text-align:left}
.view td.words{text-align:left;white-space:normal;min-width:16em;max-width:60ch}
.view td.name{white-space:nowrap}
.card{border:1px solid var(--line);border-radius:8px;padding:10px 16px;margin:12px 0}
.card p{margin:4px 0;max-width:none}
progress{width:100%;height:10px;accent-color:var(--accent);display:block;margin:6px 0}
.numbers{font-variant-numeric:tabular-nums}
.stages{columns:22em;column-gap:32px;list-style:none;padding:0;font-size:.875rem;margin:8px 0}
.stages li{break-inside:avoid;padding:1px 0;max-width:none;font-variant-numeric:tabular-nums}
.stages .sign{display:inline-block;width:1.4em;text-align:center}
.stages .under{font-weight:600}
.actions{display:flex;flex-wrap:wrap;gap:8px 20px;margin:12px 0;padding:0;list-style:none}
.actions a.main{font-weight:600}
.compare-form{display:flex;flex-wrap:wrap;gap:8px 14px;align-items:end}
.compare-form label{display:flex;flex-direction:column;gap:3px;font-size:.8rem;color:var(--quiet);min-width:0;max-width:100%}
.compare-form select{font:inherit;font-size:.875rem;color:var(--ink);background:var(--surface);border:1px solid var(--edge);border-radius:6px;padding:5px 8px;min-height:34px;max-width:100%}
.compare-form button{min-height:34px}
.view figure{margin:12px 0 20px}.view figure svg{min-width:min(100%,560px)}
.view .tiles h2{font-size:.95rem;margin:2px 0 4px;padding:0;border:0}.view .tiles svg{min-width:0}
.view .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,560px),1fr));gap:0 32px}
.view .charts .wide{grid-column:1/-1}
.badge.running{background:var(--accent);color:var(--surface)}
.came-out{font-size:1.1rem}
.problem{color:var(--wrong)}
td.clear{color:var(--accent);font-weight:600}
@media(max-width:640px){.view figure svg{min-width:520px}
.runs,.runs tbody,.runs tr,.runs th,.runs td{display:block}.runs thead{display:none}.runs tr{border-bottom:1px solid var(--line);padding:8px 0}
.runs th[scope=row],.runs td{border:0;padding:1px 0;text-align:left}.runs td.number{display:none}.runs td.words{max-width:none;min-width:0}.runs td:empty{display:none}
.view-head,.view-main{padding-left:16px;padding-right:16px}}
`.trim();
